"""A terminal that changes its size, is written over by others, and remembers its modes."""

from __future__ import annotations

import os
import re
import signal
import termios
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from tests.screens import TerminalScreen, differences
from tests.terminals import PATIENCE, SHORT, Terminal

_MODE = re.compile(rb"\x1b\[\?(\d+)([hl])")
_AT_REST = {b"7": b"h", b"25": b"h"}
"""Modes that a terminal has by itself: lines are wrapped, the cursor is seen. No other is."""
_PUSHED, _POPPED = re.compile(rb"\x1b\[>\d+u"), re.compile(rb"\x1b\[<\d*u")

OVER = {
    b"s": "space marks",
    b"?": "Everywhere",
    b"\x10": "Change the theme",
    b":": "Go to",
    b"T": "Tonight",
    b"e": "Failures by cause",
    b"L": "By layer",
    b"x": "Export",
}
"""Keys that open something over the dashboard, and what is then read there."""


class LastingTerminal(Terminal):
    """A terminal that much happens to."""

    _begun = (120, 40), 0  # the size of the screen, and from where on it has been fed

    def resize(self, width: int, height: int) -> None:
        """Have another size, and tell the program of it."""
        termios.tcsetwinsize(self._theirs, (height, width))
        self.process.send_signal(signal.SIGWINCH)

    def anew(self, width: int, height: int) -> None:
        """Forget what is on the screen, which then has this size."""
        self._screen = TerminalScreen(width, height)
        self._fed = len(self.written)
        self._begun = (width, height), self._fed

    def put(self, text: str) -> None:
        """Have somebody else write on the screen."""
        self.screen.feed(text)

    @property
    def text(self) -> str:
        return "\n".join(self.screen.lines)

    def shows(self, *words: str) -> None:
        """Wait until all of the words are on the screen."""
        self.until(lambda: all(word in self.text for word in words))

    def still(self) -> TerminalScreen:
        """Return a copy of the screen when the program has done nothing for a while."""
        pid = self.process.pid
        worked = busy(pid)
        while self.read(0.25) or works(pid) or worked != (worked := busy(pid)):
            pass
        size, since = self._begun
        screen = TerminalScreen(*size)
        screen.feed(self.written[since:].decode(errors="ignore"))
        return screen

    def same_as(self, other: TerminalScreen) -> None:
        """Wait until the screen is another's; the cursor is not seen."""
        deadline = time.monotonic() + PATIENCE
        while found := [one for one in differences(self.screen, other) if one[0] != "c"]:
            assert time.monotonic() < deadline, found
            self.read(SHORT)
            self.read_all()

    def send(self, keys: bytes) -> None:
        """Type much at once, as fast as it is taken."""
        os.set_blocking(self.ours, False)
        deadline = time.monotonic() + PATIENCE
        while keys:
            assert time.monotonic() < deadline
            try:
                keys = keys[os.write(self.ours, keys[:4096]) :]
            except BlockingIOError:
                self.read(SHORT)
        os.set_blocking(self.ours, True)

    @property
    def modes_left(self) -> dict[bytes, bytes]:
        """The modes that were set and are not what they were before."""
        last = dict(_MODE.findall(self.written))
        left = {mode: to for mode, to in last.items() if to != _AT_REST.get(mode, b"l")}
        if len(_PUSHED.findall(self.written)) > len(_POPPED.findall(self.written)):
            left[b"kitty"] = b"h"
        return left

    @property
    def is_restored(self) -> bool:
        """Whether the program has left nothing of its own behind."""
        return self.as_it_was and not self.modes_left


Opened = Callable[..., LastingTerminal]


def works(pid: int) -> bool:
    """Tell whether a process has something to do, be it that its turn does not come.

    Where that can't be seen it has not.
    """
    states = []
    for stat in Path(f"/proc/{pid}/task").glob("*/stat"):
        with suppress(OSError):  # the thread has ended
            states.append(stat.read_text().rpartition(")")[2].split()[0])
    return any(state in "RD" for state in states)


def busy(pid: int) -> int:
    """Return how long a process has worked by now, in ticks; 0 where that can't be seen."""
    if not (stat := Path(f"/proc/{pid}/stat")).exists():
        return 0
    return sum(map(int, stat.read_text().rpartition(")")[2].split()[11:13]))
