"""The selected run beside the layer's last success, or beside the run that is marked."""

from __future__ import annotations

from collections.abc import Iterator

from zos_monitor.model.comparison import Comparison
from zos_monitor.tui.compare_text import comparison_plainly, comparison_text
from zos_monitor.tui.line_view import Cell
from zos_monitor.tui.matter_text import MatterText
from zos_monitor.tui.tab_view import Copied, Matter
from zos_monitor.tui.wrapping import Paragraph


class CompareTab(MatterText):
    """A table of two runs; the same two keep the scroll position."""

    def identity(self, matter: Matter) -> tuple[str | None, ...]:
        """Return the ids of both runs."""
        comparison: Comparison | None = matter.comparison
        runs = (matter.run, comparison.other if comparison is not None else None)
        return tuple(run.id if run is not None else None for run in runs)

    def told_of(self, matter: Matter) -> Comparison | str | None:
        """Return the comparison, or why there is none."""
        return matter.comparison or self.refusal(matter, "comparison")

    def read(self) -> Iterator[Paragraph]:
        """Return the two runs, or that the other one is being asked for."""
        refused = self.refusal(self.matter, "comparison")
        if self.matter.run is None and not refused:
            return
        comparison = self.matter.comparison
        if comparison is None:
            yield Paragraph((Cell(refused or "Reading", "text--muted"),))
        else:
            width = self.scrollable_content_region.width
            yield from comparison_text(comparison, self.setting, width)

    def copied(self) -> Copied | None:
        """Return the table as text."""
        comparison = self.matter.comparison
        if comparison is None or comparison.other is None:
            return None
        return Copied("the comparison", comparison_plainly(comparison, self.setting))
