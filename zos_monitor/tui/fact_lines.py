"""A heading with its facts, in as many lines as there are below a table."""

from __future__ import annotations

from collections.abc import Sequence

from zos_monitor.tui.line_view import Cell, Line
from zos_monitor.tui.wrapping import Paragraph, lines_within

_GAP = Cell("; ", "table--dim")


def fact_lines(
    heading: Line, facts: Sequence[str], width: int, height: int, ellipsis: str
) -> list[Line]:
    """Return at most ``height`` lines: each fact begins one where there is room for that.

    Else they follow on, and what has no room at all is cut, the last facts first.
    """
    cells = [(Cell(fact),) for fact in facts]
    # The first fact goes with the heading, for it is how much there is of it.
    apart = [Paragraph(_joined([heading, *cells[:1]])), *map(Paragraph, cells[1:])]
    lines = lines_within(apart, width, height + 1, ellipsis)
    if len(lines) <= height:
        return lines
    return lines_within([Paragraph(_joined([heading, *cells]))], width, height, ellipsis)


def _joined(parts: Sequence[Line]) -> Line:
    cells = [cell for part in parts for cell in (_GAP, *part)]
    return tuple(cells[1:])
