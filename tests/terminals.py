"""The program as a process on a terminal of its own, as an operator has it."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tests.demo.waiting import wait_for
from tests.screens import TerminalScreen

PATIENCE = 20.0
SHORT = 0.02
RESTORED = (b"\x1b[?1049l", b"\x1b[?25h")
"""Back from the alternate screen, and the cursor visible."""
PROGRAM = ("-m", "zos_monitor")
OURS_ALONE = {"COLUMNS", "LINES", "COLORTERM", "NO_COLOR", "TEXTUAL_DRIVER"}
"""What tells of the terminal that the tests run on."""


class Terminal:
    """A process on a terminal of its own, and all that it has written there.

    ``keys`` is the end of another terminal, for a process that is to read its keys there.
    """

    def __init__(
        self,
        *arguments: str,
        folder: Path,
        program: tuple[str, ...] = PROGRAM,
        size: tuple[int, int] = (120, 40),
        environ: Mapping[str, str] | None = None,
        keys: int | None = None,
    ) -> None:
        self.ours, self._theirs = pty.openpty()
        width, height = size
        termios.tcsetwinsize(self._theirs, (height, width))
        self._modes = termios.tcgetattr(self._theirs)
        known = {"TERM": "xterm-256color", "TMPDIR": str(folder), **(environ or {})}
        self.process = subprocess.Popen(
            [sys.executable, *program, *arguments],
            env={key: os.environ[key] for key in os.environ.keys() - OURS_ALONE} | known,
            stdin=self._theirs if keys is None else keys,
            stdout=self._theirs,
            stderr=self._theirs,
            start_new_session=True,
        )
        self.written = b""
        self._screen = TerminalScreen(width, height)
        self._fed = 0
        self._is_there = True

    @property
    def screen(self) -> TerminalScreen:
        """What the terminal shows."""
        text = self.written[self._fed :].decode(errors="ignore")
        self._fed += len(text.encode())
        self._screen.feed(text)
        return self._screen

    @property
    def as_it_was(self) -> bool:
        """Whether the terminal deals with keys and text as it did before the program ran."""
        modes: list[Any] = termios.tcgetattr(self._theirs)
        return modes == self._modes and all(sequence in self.written for sequence in RESTORED)

    def type(self, keys: bytes) -> None:
        os.write(self.ours, keys)

    def read_until(self, text: bytes) -> None:
        self.until(lambda: text in self.written)

    def until(self, condition: Callable[[], bool]) -> None:
        """Read until something is true."""
        deadline = time.monotonic() + PATIENCE
        while not condition():
            assert time.monotonic() < deadline, "\n".join(self.screen.lines)
            assert self.read(SHORT) or self.process.poll() is None, self.written[-2000:]
            self.read_all()

    def read(self, patience: float = 0.1) -> bool:
        """Take in what is written within some seconds, and tell whether there was anything."""
        if not select.select([self.ours], [], [], patience)[0]:
            return False
        some = os.read(self.ours, 65536)
        self.written += some
        return bool(some)

    def read_all(self) -> None:
        """Take in what has been written by now: to look at each part of it takes long."""
        while self.read(0):
            pass

    def end(self) -> int:
        """Read to the end and return the exit status."""
        wait_for(lambda: not self.read(SHORT) and self.process.poll() is not None)
        return self.process.returncode

    def hang_up(self) -> None:
        """Have the terminal go away, as its window or its connection does."""
        os.close(self.ours)
        self._is_there = False

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self._theirs)
        if self._is_there:
            os.close(self.ours)
