"""The selected run beside the layer's last success, or beside the run that is marked."""

from __future__ import annotations

from collections.abc import Iterator

from zos_monitor.model.comparison import Comparison
from zos_monitor.tui.compare_text import comparison_plainly, comparison_text
from zos_monitor.tui.line_view import Cell
from zos_monitor.tui.run_columns import Setting
from zos_monitor.tui.tab_view import Copied, Matter
from zos_monitor.tui.text_pane import TextPane
from zos_monitor.tui.wrapping import Paragraph


class CompareTab(TextPane):
    """A table of two runs; the same two keep the scroll position."""

    def __init__(self, setting: Setting, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.setting = setting
        self._matter = Matter()
        self._told: list[Paragraph] = []

    def show(self, matter: Matter) -> None:
        """Show a run beside another one, or that it is being asked for."""
        last, self._matter = self._matter, matter
        if matter.run != last.run or matter.comparison != last.comparison:
            self._tell(from_top=_ids(matter) != _ids(last))

    def set_setting(self, setting: Setting) -> None:
        """Render by another time, zone or set of signs."""
        self.setting = setting
        self._tell(from_top=False)

    def _tell(self, *, from_top: bool) -> None:
        told, self._told = self._told, list(self._read())
        if from_top or told != self._told:
            self.show_text(self._read, from_top=from_top)

    def _read(self) -> Iterator[Paragraph]:
        if self._matter.run is None:
            return
        comparison = self._matter.comparison
        if comparison is None:
            yield Paragraph((Cell("Reading", "text--muted"),))
        else:
            width = self.scrollable_content_region.width
            yield from comparison_text(comparison, self.setting, width)

    def step(self, by: int) -> None:
        """Return None: there is no text here to be read whole."""

    def copied(self) -> Copied | None:
        """Return the table as text."""
        comparison = self._matter.comparison
        if comparison is None or comparison.other is None:
            return None
        return Copied("the comparison", comparison_plainly(comparison, self.setting))


def _ids(matter: Matter) -> tuple[str | None, ...]:
    comparison: Comparison | None = matter.comparison
    runs = (matter.run, comparison.other if comparison is not None else None)
    return tuple(run.id if run is not None else None for run in runs)
