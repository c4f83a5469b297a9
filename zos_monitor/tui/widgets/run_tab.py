"""All that is known of a run: what is derived, and every column of its row as it is stored."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from zos_monitor.model.states import RunState
from zos_monitor.model.workings import StoredValue
from zos_monitor.tui.line_view import Cell
from zos_monitor.tui.matter_text import MatterText
from zos_monitor.tui.row_text import row_text, stored_lines
from zos_monitor.tui.tab_view import Copied, Matter
from zos_monitor.tui.wrapping import Paragraph


class RunTab(MatterText):
    """A run's facts and its row; a fresh state of the same run keeps the scroll position."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"run--{state}" for state in RunState}

    def identity(self, matter: Matter) -> str | None:
        """Return the run's id."""
        return matter.run.id if matter.run is not None else None

    def told_of(self, matter: Matter) -> tuple[StoredValue, ...] | str | None:
        """Return the run's row, or why it is not told."""
        return matter.stored or self.refusal(matter, "stored")

    def read(self) -> Iterator[Paragraph]:
        """Return the facts, and the row as soon as that is known."""
        run, width = self.matter.run, self.scrollable_content_region.width
        refused = self.refusal(self.matter, "stored")
        if run is not None:
            yield from row_text(run, self.matter.stored, self.setting, width, refused=refused)
        elif refused:
            yield Paragraph((Cell(refused, "text--muted"),))

    def copied(self) -> Copied | None:
        """Return the columns of the row as they are stored."""
        stored = self.matter.stored
        return Copied("the run's row", stored_lines(stored)) if stored is not None else None
