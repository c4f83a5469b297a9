"""A terminal of any size for a program; what is written is counted, and drawn only when asked."""

from __future__ import annotations

import codecs
import os
import pty
import re
import select
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from tests.bench.terminal import ANSWERS, ROOT
from tests.screens import TerminalScreen
from tests.terminals import OURS_ALONE
from zos_monitor.reports.places import ENVIRONMENT

SIZE = (120, 40)
NOTED = "noted"
"""The folder for what the program notes of faults of its own."""
ONE_ARENA = {"MALLOC_ARENA_MAX": "1"}
"""Else glibc keeps memory for each thread apart, up to eight times the cores: no leak, but MB."""
_SEQUENCES = re.compile("\x1b(?:\\[[0-?]*[ -/]*[@-~]|\\][^\x07\x1b]*(?:\x07|\x1b\\\\)|.)")


class Terminal:
    """A module of Python as a process on a terminal of its own."""

    def __init__(self, arguments: Sequence[str], *, folder: Path) -> None:
        self.size = SIZE
        self._ours, theirs = pty.openpty()
        self._resize(theirs)
        self._text = codecs.getincrementaldecoder("utf-8")("replace")
        kept = {name: os.environ[name] for name in os.environ.keys() - OURS_ALONE}
        known = {"TERM": "xterm-256color", "TMPDIR": str(folder), "PYTHONPATH": str(ROOT)}
        self._noted = folder / NOTED
        known[ENVIRONMENT] = str(self._noted)
        self.process = subprocess.Popen(
            [sys.executable, "-m", *arguments],
            env=kept | known | ONE_ARENA,
            cwd=folder,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
        )
        os.close(theirs)
        self.written = 0
        """How many bytes have come in all."""
        self.tail = b""
        """The last of them."""
        self.screen: TerminalScreen | None = None
        """What is drawn on, None while nobody looks."""

    def _resize(self, terminal: int) -> None:
        width, height = self.size
        termios.tcsetwinsize(terminal, (height, width))

    def resize(self, width: int, height: int) -> None:
        """Give it another size; nothing is drawn until somebody looks again."""
        if (width, height) != self.size:
            self.size, self.screen = (width, height), None
            self._resize(self._ours)
            # It is no controlling terminal, from which the signal would come by itself.
            self.process.send_signal(signal.SIGWINCH)

    def send(self, keys: bytes) -> None:
        """Type keys."""
        os.write(self._ours, keys)

    def take(self, seconds: float) -> bool:
        """Read what is written within so many seconds; tell whether anything was."""
        if not select.select([self._ours], [], [], max(0.0, seconds))[0]:
            return False
        try:
            data = os.read(self._ours, 1 << 16)
        except OSError:  # the program has ended
            time.sleep(min(seconds, 0.01))
            return False
        self.written += len(data)
        for question, answer in ANSWERS.items():
            if question in data:
                os.write(self._ours, answer)
        self.tail = (self.tail + data)[-4000:]
        if self.screen is not None:
            self.screen.feed(self._text.decode(data))
        return bool(data)

    def wait(self, seconds: float) -> None:
        """Read for so many seconds."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            self.take(left)

    def look(self) -> None:
        """Draw from now on; ``r`` has the program send all of the screen."""
        self._text.reset()
        self.screen = TerminalScreen(*self.size)

    def until(self, shown: Callable[[list[str]], bool], limit: float) -> float | None:
        """Return how many seconds it took until the screen showed something; None for too long."""
        began = time.monotonic()
        while True:
            for _ in range(50):
                if not self.take(0.003):
                    break
            if shown(self.lines):
                return time.monotonic() - began
            if time.monotonic() - began > limit or self.process.poll() is not None:
                return None
            self.take(0.02)

    @property
    def lines(self) -> list[str]:
        """What is seen, line by line; nothing while nobody looks."""
        return self.screen.lines if self.screen is not None else []

    def last_words(self) -> str:
        """Return what the program reported of its crash, or wrote last, without sequences."""
        while self.take(0.1):
            pass
        reports = [path.read_text(encoding="utf-8") for path in self._noted.glob("crash-*")]
        if reports:
            return "\n".join(reports)
        text = _SEQUENCES.sub(" ", self.tail.decode(errors="replace"))
        return "\n".join(line.rstrip() for line in text.splitlines() if line.strip())[-2000:]

    def close(self) -> int:
        """End the program in order, or kill it; return its exit status."""
        self.process.terminate()
        deadline = time.monotonic() + 5
        while self.process.poll() is None and time.monotonic() < deadline:
            self.take(0.05)
        if self.process.poll() is None:
            self.process.kill()
        os.close(self._ours)
        return self.process.wait()
