"""A walk through the dashboard as its user takes it, on rows that are others each time."""

from __future__ import annotations

import time
import unicodedata
from collections.abc import Sequence
from pathlib import Path

from rich.cells import cell_len
from textual.screen import Screen

from tests.hell.databases import Database, put
from tests.hell.printing import UNSEEN
from tests.tui.driving import Driver
from zos_monitor.tui.dashboard import DashboardScreen

SCREENS = (
    ("e",),
    ("L", "right_square_bracket"),
    ("T",),
    ("s",),
    ("l",),
    ("x",),
    ("question_mark",),
)
"""What lies over the dashboard: the key that opens it, and keys within."""
TABS = "123456"


class Walk:
    """Walks through one open dashboard; after each step the screen is looked at."""

    def __init__(self, driver: Driver, path: Path) -> None:
        self.driver = driver
        self.path = path
        self.longest = 0.0
        """The longest time that one key took until the screen had settled, in seconds."""
        self.steps = 0

    async def show(self, database: Database) -> None:
        """Write other rows, and have the dashboard ask for them."""
        await self.home()
        answers = self.driver.dashboard.feed._list_answers
        put(self.path, database)
        number = len(database.rows["layer_runs"])
        await self.driver.press("r")
        await self.driver.until(
            lambda: (
                self.driver.dashboard.feed._list_answers > answers
                and self.driver.counts == (number, number)
                and self.driver.dashboard.runs.row_count == number
            )
        )
        await self._settled()

    async def _settled(self) -> None:
        """Wait until all that was asked for is there."""
        screen = self.driver.dashboard
        await self.driver.pilot.pause()
        await self.driver.until(
            lambda: all(one.is_finished or one.group == "poll" for one in screen.workers)
        )
        self.look()

    async def home(self) -> None:
        """Close whatever is open."""
        for _ in range(8):
            if isinstance(self._screen, DashboardScreen) and self.driver.pane == "runs":
                break
            await self.press("escape")
        assert isinstance(self._screen, DashboardScreen), self._screen

    @property
    def _screen(self) -> Screen[object]:
        return self.driver.app.screen

    async def press(self, *keys: str) -> None:
        """Press keys one by one, and look at the screen after each."""
        for key in keys:
            before = time.perf_counter()
            await self.driver.press(key)
            self.longest = max(self.longest, time.perf_counter() - before)
            self.steps += 1
            self.look(key)

    async def everywhere(self, rows: Sequence[int] | None = None, *, over: bool = True) -> None:
        """Go to every run, every tab of it, every text of these, and to all that lies over them.

        ``rows`` are those of the list to go to, by default all; ``over`` has what lies over them.
        """
        count = self.driver.dashboard.runs.row_count
        for row in range(count) if rows is None else rows:
            self.driver.dashboard.runs.move_to(row)
            await self._settled()
            for tab in TABS:
                await self.press(tab)
                await self._settled()
                await self._texts()
                if self.driver.dashboard.size.width < 100:
                    await self.press("escape")
        await self.home()
        for keys in SCREENS if over else ():
            await self.press(*keys)
            await self.driver.pilot.pause(0)
            await self.press("down", "end")
            await self.home()
        await self.press(*"oooooOoO", "n", "N", "F", "F", "u", "u", "C", "C", "m", "d", "m")
        await self.press("c")
        await self._settled()
        await self.home()

    async def _texts(self) -> None:
        """Open what is under the cursor of the tab in view, and leave it again."""
        self.driver.dashboard.detail.focus()
        await self.press("enter")
        for _ in range(2):  # a group of errors, then its text
            if isinstance(self._screen, DashboardScreen):
                await self.press("down", "enter")
        if not isinstance(self._screen, DashboardScreen):
            await self.driver.pilot.pause()
            await self.press("f", "end", "right_square_bracket", "escape")
            if not isinstance(self._screen, DashboardScreen):
                await self.home()

    def look(self, what: str = "") -> None:
        """Check that every line fills the screen, and nothing in it steers the terminal."""
        lines = self.driver.lines()
        width, height = self.driver.app.size
        assert len(lines) == height
        for line in lines:
            assert_harmless(line)
            assert cell_len(line) == width, (what, cell_len(line), line)
        told = self.driver.notice
        assert "fault of zos-monitor" not in "\n".join(lines), (what, told, lines)
        assert "can't be read" not in told, told
        assert self.driver.app.return_code is None


def assert_harmless(line: str) -> None:
    """Check that a line of the screen has no character that is obeyed, reorders or is not seen."""
    odd = {c for c in line if c != "\u200d" and unicodedata.category(c) in UNSEEN}
    assert not odd, [hex(ord(char)) for char in odd]
