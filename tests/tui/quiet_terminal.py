"""The dashboard on a terminal of its own in this process, by the quiet driver.

What Textual writes and what the driver makes of it go to one screen each.
"""

from __future__ import annotations

import asyncio
import os
import pty
import signal
import sys
import termios
import time
from codecs import getincrementaldecoder
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path

import pytest

from tests.screens import TerminalScreen, differences
from tests.tui.driving import WIDE, Clock, Driver
from zos_monitor.service import RunService
from zos_monitor.tui.app import MonitorApp
from zos_monitor.tui.driver import SYNC_END, SYNC_START, QuietDriver

PATIENCE = 15.0


class WatchedDriver(QuietDriver):
    """The quiet driver; also shows what it is given."""

    given: TerminalScreen
    given_bytes: int

    def write(self, data: str) -> None:
        if data not in (SYNC_START, SYNC_END):
            self.given.feed(data)
            self.given_bytes += len(data.encode())
        super().write(data)


class QuietTerminal:
    """The other end of the terminal, and the dashboard that is on it."""

    def __init__(self, fileno: int, size: tuple[int, int]) -> None:
        self.fileno = fileno
        self.given, self.shown = TerminalScreen(*size), TerminalScreen(*size)
        self.written = b""
        self._decode = getincrementaldecoder("utf-8")().decode
        self.driver: Driver
        self._set_size(*size)

    @property
    def quiet(self) -> WatchedDriver:
        driver = self.driver.app._driver
        assert isinstance(driver, WatchedDriver)
        return driver

    def _set_size(self, width: int, height: int) -> None:
        termios.tcsetwinsize(self.fileno, (height, width))

    def type(self, keys: bytes) -> None:
        """Have the terminal send bytes, as for keys."""
        os.write(self.fileno, keys)

    def read(self) -> bytes:
        """Take in what has been written to the terminal."""
        some = b""
        while True:
            try:
                some += os.read(self.fileno, 65536)
            except OSError:  # nothing there now, or nobody at the other end any more
                break
        self.written += some
        self.shown.feed(self._decode(some))
        return some

    async def until(self, condition: Callable[[], bool]) -> None:
        deadline = time.monotonic() + PATIENCE
        while not condition():
            assert time.monotonic() < deadline, differences(self.shown, self.given)
            self.read()
            await asyncio.sleep(0.002)

    async def same(self) -> None:
        """Wait until the terminal shows what Textual has drawn."""
        await self.driver.pilot.pause()
        await self.until(lambda: not differences(self.shown, self.given))

    async def sent_by(self, deed: Callable[[], object]) -> bytes:
        """Return what is written because of a deed that Textual draws something for."""
        await self.same()
        before, given = len(self.written), self.quiet.given_bytes
        deed()
        await self.until(lambda: self.quiet.given_bytes > given)
        await self.same()
        return self.written[before:]

    async def resize(self, width: int, height: int) -> None:
        """Give the terminal another size, as its window gets it."""
        self._set_size(width, height)
        self.given.resize(width, height)
        self.read()
        self.shown.resize(width, height)
        os.kill(os.getpid(), signal.SIGWINCH)
        await self.until(lambda: self.driver.app.screen.size == (width, height))
        await self.same()


@asynccontextmanager
async def quiet_terminal(
    path: Path, monkeypatch: pytest.MonkeyPatch, *, size: tuple[int, int] = WIDE
) -> AsyncIterator[QuietTerminal]:
    """Open the dashboard on a database and wait until everything is shown."""
    ours, theirs = pty.openpty()
    os.set_blocking(ours, False)
    terminal = QuietTerminal(ours, size)
    for name in ("COLUMNS", "LINES", "NO_COLOR", "TEXTUAL_DRIVER"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLORTERM", "truecolor")
    monkeypatch.setattr(WatchedDriver, "given", terminal.given, raising=False)
    monkeypatch.setattr(WatchedDriver, "given_bytes", 0, raising=False)
    with ExitStack() as ends:
        ends.callback(os.close, ours)
        for name, mode in (("__stdin__", "r"), ("__stdout__", "w"), ("__stderr__", "w")):
            end = ends.enter_context(os.fdopen(os.dup(theirs), mode, encoding="utf-8"))
            monkeypatch.setattr(sys, name, end)
        os.close(theirs)
        clock = Clock()
        service = RunService(path, clock=clock, poll_interval=0.02)
        app = MonitorApp(service, driver_class=WatchedDriver)
        async with app.run_test(headless=False, size=size) as pilot:
            terminal.driver = Driver(app, pilot, clock)
            await terminal.driver.settled()
            await terminal.same()
            yield terminal
            await pilot.pause()
            app.workers.cancel_all()  # so that no change comes in while the app is taken down
        terminal.read()
