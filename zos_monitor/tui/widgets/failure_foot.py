"""The lines below the failure groups: all that is known of the selected one."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import ClassVar

from rich.cells import cell_len

from zos_monitor.tui.cells import fit
from zos_monitor.tui.line_view import Cell, Line, LineView, Reading
from zos_monitor.tui.wrapping import Paragraph

_GAP = Cell("; ", "table--dim")


class FailureFoot(LineView, can_focus=False):
    """A heading with its facts: each begins a line where there is room, else they follow on.

    What has no room at all is cut, the last facts first.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {"table--dim", "table--total", "failure--new"}
    DEFAULT_CSS = """
    FailureFoot {
        & > .table--dim { color: $text-muted; }
        & > .table--total { text-style: bold; }
    }
    """

    def __init__(self, ellipsis: str, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._ellipsis = ellipsis
        self._heading: Line = ()
        self._facts: tuple[str, ...] = ()

    def show_facts(self, heading: Line, facts: Sequence[str]) -> None:
        """Show others."""
        self._heading, self._facts = heading, tuple(facts)
        self.look()

    def on_resize(self) -> None:
        """Wrap anew."""
        self.look()

    def readings(self, height: int) -> list[Reading]:
        """Return the lines, the last of them cut where more would follow."""
        width = max(1, self.scrollable_content_region.width)
        facts = [(Cell(fact),) for fact in self._facts]
        # The first fact goes with the heading, for it is how much there is of it.
        lines = _wrapped([_joined([self._heading, *facts[:1]]), *facts[1:]], width, height)
        if len(lines) > height:
            lines = _wrapped([_joined([self._heading, *facts])], width, height)
        if len(lines) > height > 0:
            lines[height - 1] = _cut(lines[height - 1], width, self._ellipsis)
        return [Reading(line) for line in (lines + [()] * height)[:height]]


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
