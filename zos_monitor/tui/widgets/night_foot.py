"""The lines below the nights: all that is known of the selected row, and what is wrong."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from zos_monitor.model.text import one_line
from zos_monitor.tui.cells import fit
from zos_monitor.tui.line_view import Cell, Line, LineView, Reading
from zos_monitor.tui.night_columns import WARNING
from zos_monitor.tui.wrapping import Paragraph, lines_within

_MOST_FAULTS = 3


class NightFoot(LineView, can_focus=False):
    """A remark of so many lines, then a line for each fault, cut where there is no room."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {WARNING, "table--dim", "table--total"}
    DEFAULT_CSS = """
    NightFoot {
        & > .table--dim { color: $text-muted; }
        & > .table--total { text-style: bold; }
    }
    """

    def __init__(self, ellipsis: str, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._ellipsis = ellipsis
        self._remark: Line = ()
        self._faults: tuple[str, ...] = ()
        self._remark_lines = 1

    def lines_wanted(self, remark_lines: int) -> int:
        """Return how high it is with a remark of so many lines."""
        return remark_lines + min(_MOST_FAULTS, len(self._faults))

    def show_remark(self, remark: Line) -> None:
        """Show another remark."""
        self._remark = remark
        self.look()

    def show_faults(self, faults: Sequence[str], remark_lines: int) -> None:
        """Show these faults below a remark of so many lines."""
        self._faults, self._remark_lines = tuple(faults), remark_lines
        self.look()

    def on_resize(self) -> None:
        """Wrap anew."""
        self.look()

    def readings(self, height: int) -> list[Reading]:
        """Return the remark's lines and those of the faults."""
        width = max(1, self.scrollable_content_region.width)
        room = min(self._remark_lines, height)
        lines = lines_within([Paragraph(self._remark)], width, room, self._ellipsis)
        lines += [()] * (room - len(lines))
        lines += [(Cell(words, WARNING),) for words in self._fault_lines(height - room, width)]
        return [Reading(line) for line in (lines + [()] * height)[:height]]

    def _fault_lines(self, room: int, width: int) -> list[str]:
        """Return a line for each fault; the last one counts those that have none."""
        shown = list(self._faults[: max(0, room)])
        hidden = len(self._faults) - len(shown)
        if shown and hidden:
            shown[-1] = f"{hidden + 1} more layer files can't be used"
        return [fit(one_line(fault), width, ellipsis=self._ellipsis) for fault in shown]
