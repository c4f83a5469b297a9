"""The lines below the failure groups: all that is known of the selected one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from zos_monitor.tui.fact_lines import fact_lines
from zos_monitor.tui.line_view import Line, LineView, Reading


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
        lines = fact_lines(self._heading, self._facts, width, height, self._ellipsis)
        return [Reading(line) for line in (lines + [()] * height)[:height]]
