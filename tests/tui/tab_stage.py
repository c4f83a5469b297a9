"""One tab on a stage of its own, shown runs that are made up."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.app import App, ComposeResult
from textual.pilot import Pilot
from textual.widget import Widget

from tests.tui.driving import NOW
from zos_monitor.tui.glyphs import UNICODE
from zos_monitor.tui.line_view import LineView
from zos_monitor.tui.run_columns import Setting
from zos_monitor.tui.tab_view import TextWanted

if TYPE_CHECKING:
    from zos_monitor.tui.tab_view import Subject

SETTING = Setting(NOW, NOW.tzinfo, UNICODE)  # type: ignore[arg-type]


class Stage(App[None]):
    """Holds a tab, and what it wants to have read."""

    CSS = "#tab { width: 100%; height: 100%; }"

    def __init__(self, tab: Widget) -> None:
        super().__init__()
        self.tab = tab
        self.wanted: list[Subject] = []

    def compose(self) -> ComposeResult:
        yield self.tab

    def on_text_wanted(self, event: TextWanted) -> None:
        self.wanted.append(event.subject)


@dataclass
class Tabbed:
    """A tab on its stage."""

    tab: LineView
    pilot: Pilot[None]
    wanted: list[Subject]

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.pilot.pause()

    def lines(self) -> list[str]:
        """Return the lines of the tab in view."""
        told = [reading.line for reading in self.tab.readings(self.tab.size.height)]
        return ["".join(cell.text for cell in line).rstrip() for line in told]

    def text(self) -> str:
        return "\n".join(self.lines()).rstrip()

    def lit(self) -> list[str]:
        """Return the lines that the cursor is on."""
        readings = self.tab.readings(self.tab.size.height)
        return [
            "".join(cell.text for cell in reading.line).strip()
            for reading in readings
            if reading.ground == "table--cursor"
        ]


@asynccontextmanager
async def on_stage(tab: LineView, size: tuple[int, int] = (51, 20)) -> AsyncIterator[Tabbed]:
    """Show a tab in so many cells, its scroll bar included."""
    stage = Stage(tab)
    async with stage.run_test(size=size) as pilot:
        tab.focus()
        await pilot.pause()
        yield Tabbed(tab, pilot, stage.wanted)
