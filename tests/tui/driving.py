"""Driving the dashboard as a user does: keys in, screen text out, conditions waited for."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest.mock import patch

from textual import _wait
from textual.pilot import Pilot
from textual.widget import Widget

from zos_monitor.model.jumps import Jumps
from zos_monitor.model.runs import RunDetail, RunSummary
from zos_monitor.service import RunService
from zos_monitor.tui.app import MonitorApp
from zos_monitor.tui.arrangement import Pane
from zos_monitor.tui.dashboard import DashboardScreen
from zos_monitor.tui.glyphs import UNICODE, Glyphs
from zos_monitor.tui.text_pane import TextPane

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
WIDE, NARROW = (120, 40), (80, 24)
PATIENCE = 15.0


@dataclass
class Clock:
    """A clock that stands until it is set; when it is, so much time has passed."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def steady(self) -> float:
        """Return the time that no clock that is put changes, in seconds."""
        return (self.now - NOW).total_seconds()


@dataclass
class Driver:
    """One running dashboard."""

    app: MonitorApp
    pilot: Pilot[None]
    clock: Clock

    @property
    def dashboard(self) -> DashboardScreen:
        (screen,) = (s for s in self.app.screen_stack if isinstance(s, DashboardScreen))
        return screen

    @property
    def selected(self) -> RunSummary | None:
        return self.dashboard.runs.selected

    @property
    def shown(self) -> RunDetail | None:
        return self.dashboard.detail.shown

    @property
    def pane(self) -> str | None:
        """The pane that has the focus, else the id of what has it over the dashboard."""
        focused = self.app.focused
        if focused is None:
            return None
        ids = {widget.id for widget in focused.ancestors_with_self}
        return next((str(pane) for pane in Pane if pane in ids), focused.id)

    @property
    def tab(self) -> Widget:
        """The widget of the detail's tab in view."""
        return self.dashboard.detail.view

    @property
    def notice(self) -> str:
        notice = self.dashboard.notice
        return str(notice.content) if notice.display else ""

    @property
    def strip(self) -> list[str]:
        """The lines of the strip of open runs; none where it is not shown."""
        strip = self.dashboard.strip
        if not strip.display:
            return []
        region = strip.region
        return [line.rstrip() for line in self.lines()[region.y : region.bottom]]

    @property
    def known(self) -> bool:
        """Whether what surrounds the list is known by now."""
        outlook = self.dashboard._outlook
        return outlook is not None and outlook.nights is not None

    @property
    def counts(self) -> tuple[int, int]:
        count = self.dashboard.filter_bar.count
        return (count.matched, count.total) if count is not None else (-1, -1)

    def lines(self) -> list[str]:
        """Return the screen's lines as text."""
        return [strip.text for strip in self.app.screen._compositor.render_strips()]

    def text(self) -> str:
        return "\n".join(self.lines())

    def rows(self) -> list[str]:
        """Return the lines of the run list's rows in view."""
        runs = self.dashboard.runs
        return [runs.render_line(y).text for y in range(1, runs.size.height)]

    def told(self) -> list[str]:
        """Return what the detail's tab in view reads: a text's lines, those of a table seen."""
        view = self.tab
        if isinstance(view, TextPane):
            view._text.need(1_000_000)
            return ["".join(cell.text for cell in line) for line in view._text.lines]
        return [view.render_line(y).text.rstrip() for y in range(view.size.height)]

    async def see_run(self) -> None:
        """Bring the tab into view that tells all that the run's row says."""
        await self.press("6")
        await self.until(lambda: self.dashboard.detail.matter.stored is not None)

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)

    async def type(self, text: str) -> None:
        await self.pilot.press(*text)

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until a condition holds and the screen has settled; fail when it never does."""
        began = time.monotonic()
        deadline = began + PATIENCE
        while not condition():
            looked = time.monotonic()
            assert looked < deadline, f"waited in vain; the screen says:\n{self.text()}"
            await asyncio.sleep(max(0.004, 2 * (looked - began)))  # a look may take long itself
            began = time.monotonic()
        await self.pilot.pause()

    async def strip_of(self, lines: int) -> None:
        """Wait until the strip of open runs has so many lines."""
        await self.until(lambda: len(self.strip) == lines)

    async def tick(self, **span: float) -> None:
        """Move the clock on, and have the screen notice."""
        self.clock.now += timedelta(**span)
        self.dashboard._on_tick()
        await self.pilot.pause()

    async def settled(self) -> None:
        """Wait until list, detail and totals tell of the same state."""
        dashboard = self.dashboard
        await self.until(
            lambda: (
                dashboard.layers_panel.totals is not None
                and dashboard.filter_bar.count is not None
                and dashboard.filter_bar.count.matched == dashboard.runs.row_count
                and dashboard.runs.counted
                and (self.selected.id if self.selected else None)
                == (self.shown.id if self.shown else None)
            )
        )


@contextmanager
def polls_are_rest() -> Iterator[None]:
    """Take a program that only polls as one at rest; Textual allows for 1 ms of work in 20 ms."""
    with patch.object(_wait, "SLEEP_IDLE", 0.003):
        yield


@asynccontextmanager
async def driving(
    path: Path,
    *,
    size: tuple[int, int] = WIDE,
    filter_text: str = "",
    glyphs: Glyphs = UNICODE,
    interval: float = 0.02,
    zos_dir: Path | None = None,
    bell: bool = False,
    now: datetime = NOW,
) -> AsyncIterator[Driver]:
    """Open the dashboard on a database, without waiting for anything."""
    clock = Clock(now)
    service = RunService(path, clock=clock, poll_interval=interval, zos_dir=zos_dir)
    app = MonitorApp(service, filter_text=filter_text, glyphs=glyphs, bell=bell)
    with polls_are_rest():
        async with app.run_test(size=size) as pilot:
            driver = Driver(app, pilot, clock)
            driver.dashboard._jumps = Jumps(steady=clock.steady)
            yield driver


@asynccontextmanager
async def dashboard(
    path: Path,
    *,
    size: tuple[int, int] = WIDE,
    filter_text: str = "",
    glyphs: Glyphs = UNICODE,
    zos_dir: Path | None = None,
    bell: bool = False,
    now: datetime = NOW,
) -> AsyncIterator[Driver]:
    """Open the dashboard on a database and wait until everything is shown."""
    async with driving(
        path,
        size=size,
        filter_text=filter_text,
        glyphs=glyphs,
        zos_dir=zos_dir,
        bell=bell,
        now=now,
    ) as driver:
        await driver.settled()
        yield driver
