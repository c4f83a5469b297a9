"""The lines below the figures: everything about the selected row, and its cost by day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import ClassVar

from rich.cells import cell_len

from zos_monitor.tui.cells import fit
from zos_monitor.tui.fact_lines import fact_lines
from zos_monitor.tui.figure_words import sparkline
from zos_monitor.tui.glyphs import Glyphs
from zos_monitor.tui.line_view import Cell, Line, LineView, Reading


class FigureFoot(LineView, can_focus=False):
    """A heading with facts, and below them a sparkline where there is one.

    Each fact begins a line where there is room, else they follow on; what has no room is cut.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {"table--dim", "table--total", "figure--cost"}
    DEFAULT_CSS = """
    FigureFoot {
        & > .table--dim { color: $text-muted; }
        & > .table--total { text-style: bold; }
    }
    """

    def __init__(self, glyphs: Glyphs, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._glyphs = glyphs
        self._heading = ""
        self._facts: tuple[str, ...] = ()
        self._costs: Mapping[date, float] = {}
        self._days: tuple[date, date] | None = None

    def show_facts(
        self,
        heading: str,
        facts: Sequence[str],
        costs: Mapping[date, float],
        days: tuple[date, date] | None,
    ) -> None:
        """Show others; without ``days`` there is no sparkline."""
        self._heading, self._facts = heading, tuple(facts)
        self._costs, self._days = costs, days
        self.look()

    def on_resize(self) -> None:
        """Wrap anew."""
        self.look()

    def readings(self, height: int) -> list[Reading]:
        """Return the facts' lines, and the sparkline in the last one."""
        width = max(1, self.scrollable_content_region.width)
        if not self._heading:
            return [Reading()] * height
        below = [self._cost_line(width)] if self._days is not None and height > 1 else []
        room = height - len(below)
        heading = (Cell(self._heading, "table--total"),)
        lines = fact_lines(heading, self._facts, width, room, self._glyphs.ellipsis)
        lines = (lines + below + [()] * height)[:height]
        return [Reading(line) for line in lines]

    def _cost_line(self, width: int) -> Line:
        assert self._days is not None
        line = sparkline(self._costs, self._days, width, self._glyphs)
        left = width - cell_len(line.title) - cell_len(line.signs) - 3
        words = fit(line.words, left, ellipsis=self._glyphs.ellipsis) if left > 0 else ""
        return (
            Cell(f"{line.title} ", "table--dim"),
            Cell(line.signs, "figure--cost"),
            Cell(f"  {words}".rstrip(), "table--dim"),
        )
