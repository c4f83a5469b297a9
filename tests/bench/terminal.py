"""A program on a terminal of its own: each byte it writes is stamped, then drawn on a screen."""

from __future__ import annotations

import os
import pty
import select
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.bench.screen import COLUMNS, LINES, Screen

ROOT = Path(__file__).parents[2]
ANSWERS = {b"\x1b[?2026$p": b"\x1b[?2026;2$y"}
"""What the terminal is asked and says: that it can hold frames back until they are complete."""
_LEFT_OUT = ("NO_COLOR", "FORCE_COLOR", "PYTHONDONTWRITEBYTECODE", "COLUMNS", "LINES")
_DEFAULTS = {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LC_ALL": "C.UTF-8"}


class Gone(Exception):
    """The program has ended, or does not do what it is measured at."""


class Terminal:
    """Runs a module of Python on a terminal of 120×40. Times are of ``time.monotonic``, seconds.

    What is written is stamped as it arrives and drawn only in lulls: drawing takes long, and a
    program whose terminal is not read has to wait.
    """

    def __init__(self, *arguments: str, environ: Mapping[str, str] | None = None) -> None:
        self._ours, theirs = pty.openpty()
        termios.tcsetwinsize(theirs, (LINES, COLUMNS))
        kept = {k: v for k, v in os.environ.items() if k not in _LEFT_OUT and "TEXTUAL" not in k}
        self.screen = Screen()
        self.spawned = time.monotonic()
        self._process = subprocess.Popen(
            [sys.executable, "-m", *arguments],
            env=kept | _DEFAULTS | dict(environ or {}),
            cwd=ROOT,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
        )
        os.close(theirs)
        self._undrawn: list[tuple[float, bytes]] = []
        self._asked = b""
        self.written = 0
        """How many bytes have arrived in all."""
        self.last = self.spawned
        """When the last of them did."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType
    ) -> None:
        self.close()

    @property
    def pid(self) -> int:
        """The number of the process."""
        return self._process.pid

    def close(self) -> None:
        """End the program in order, or kill it where it does not end within two seconds."""
        self._process.send_signal(signal.SIGCONT)
        self._process.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + 2
        while self._process.poll() is None and time.monotonic() < deadline:
            self.take(0.05)
        self._process.kill()
        self._process.wait()
        os.close(self._ours)

    def hold(self, still: bool) -> None:
        """Hold the program as it is, or let it go on."""
        self._process.send_signal(signal.SIGSTOP if still else signal.SIGCONT)

    def send(self, keys: str) -> float:
        """Type keys; return the time just before."""
        at = time.monotonic()
        os.write(self._ours, keys.encode())
        return at

    def take(self, patience: float) -> bytes:
        """Return what is there to be read within so many seconds, and remember it."""
        if not select.select([self._ours], [], [], max(0.0, patience))[0]:
            return b""
        try:
            data = os.read(self._ours, 1 << 16)
        except OSError:  # the terminal has no other end any more
            data = b""
        at = time.monotonic()
        if not data:
            # Nobody can write there any more, so selecting would return at once for ever.
            time.sleep(min(patience, 0.01))
            return b""
        self._undrawn.append((at, data))
        self.written += len(data)
        self.last = at
        self._answer(data)
        return data

    def lull(self, gap: float, limit: float = 20.0, also: Sequence[int] = ()) -> bool:
        """Read until nothing has come for ``gap`` seconds; tell whether that was in time.

        Ends early when one of the file descriptors ``also`` can be read.
        """
        quiet = time.monotonic() + gap
        deadline = time.monotonic() + limit
        while (now := time.monotonic()) < min(quiet, deadline):
            ready = select.select([self._ours, *also], [], [], min(quiet, deadline) - now)[0]
            if any(other in ready for other in also):
                break
            if self.take(0.0):
                quiet = time.monotonic() + gap
        return time.monotonic() >= quiet

    def settle(self, gap: float, limit: float = 20.0) -> float:
        """Read until a lull, draw it all, and return when the last byte came."""
        self.lull(gap, limit)
        self.draw()
        return self.last

    def draw(self) -> None:
        """Draw what has been read and not been drawn."""
        for _, data in self._undrawn:
            self.screen.feed(data)
        self._undrawn.clear()

    def wait(
        self, shown: Callable[[Screen], bool], *, limit: float = 10.0, gap: float = 0.04
    ) -> float | None:
        """Return when the screen first showed what is waited for; None if that took too long.

        It is looked at in lulls of ``gap`` seconds, as it was after each piece that arrived.
        """
        deadline = time.monotonic() + limit
        if not self._undrawn and shown(self.screen):
            return self.last
        while True:
            self.lull(gap, deadline - time.monotonic())
            while self._undrawn:
                at, data = self._undrawn.pop(0)
                self.screen.feed(data)
                if self.screen.complete and shown(self.screen):
                    return at
            if time.monotonic() >= deadline:
                return None
            if self._process.poll() is not None:
                raise Gone(f"the program has ended:\n{self.screen}")

    def _answer(self, data: bytes) -> None:
        self._asked += data
        for question, answer in ANSWERS.items():
            for _ in range(self._asked.count(question)):
                os.write(self._ours, answer)
            if question in self._asked:
                self._asked = self._asked.rpartition(question)[2]
        self._asked = self._asked[-16:]
