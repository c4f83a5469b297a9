"""The lines below the figures: everything about the selected row, and its cost by day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import islice
from typing import ClassVar

from rich.cells import cell_len

from zos_monitor.tui.cells import fit
from zos_monitor.tui.figure_words import sparkline
from zos_monitor.tui.glyphs import Glyphs
from zos_monitor.tui.line_view import Cell, Line, LineView, Reading
from zos_monitor.tui.wrapping import Paragraph

_GAP = Cell("; ", "table--dim")


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
        facts = [(Cell(fact),) for fact in self._facts]
        # The first fact goes with the heading, for it is how much there is of it.
        lines = _wrapped([_joined([heading, *facts[:1]]), *facts[1:]], width, room)
        if len(lines) > room:
            lines = _wrapped([_joined([heading, *facts])], width, room)
        if len(lines) > room > 0:
            lines[room - 1] = _cut(lines[room - 1], width, self._glyphs.ellipsis)
        lines = (lines[:room] + below + [()] * height)[:height]
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


def _wrapped(parts: Sequence[Line], width: int, height: int) -> list[Line]:
    """Return the lines of some paragraphs, one more than ``height`` at most."""
    lines = (line for part in parts for line in Paragraph(part).lines(width))
    return list(islice(lines, height + 1))


def _joined(parts: Sequence[Line]) -> Line:
    cells = [cell for part in parts for cell in (_GAP, *part)]
    return tuple(cells[1:])


def _cut(line: Line, width: int, ellipsis: str) -> Line:
    """Return a line that says that more would follow."""
    *before, last = line
    text = f"{last.text}{ellipsis}"
    room = width - sum(cell_len(cell.text) for cell in before)
    return *before, Cell(fit(text, min(room, cell_len(text)), ellipsis=ellipsis), last.style)
