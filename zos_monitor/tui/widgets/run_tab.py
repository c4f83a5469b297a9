"""All that is known of a run: what is derived, and every column of its row as it is stored."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from zos_monitor.model.states import RunState
from zos_monitor.tui.row_text import row_text, stored_lines
from zos_monitor.tui.run_columns import Setting
from zos_monitor.tui.tab_view import Copied, Matter
from zos_monitor.tui.text_pane import TextPane
from zos_monitor.tui.wrapping import Paragraph


class RunTab(TextPane):
    """A run's facts and its row; a fresh state of the same run keeps the scroll position."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"run--{state}" for state in RunState}

    def __init__(self, setting: Setting, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.setting = setting
        self._matter = Matter()
        self._told: list[Paragraph] = []

    def show(self, matter: Matter) -> None:
        """Show a run, and its row as soon as that is known."""
        last, self._matter = self._matter, matter
        if matter.run != last.run or matter.stored != last.stored:
            same = matter.run is not None and last.run is not None and matter.run.id == last.run.id
            self._tell(from_top=not same)

    def set_setting(self, setting: Setting) -> None:
        """Render by another time, zone or set of signs."""
        self.setting = setting
        self._tell(from_top=False)

    def _tell(self, *, from_top: bool) -> None:
        told, self._told = self._told, list(self._read())
        if from_top or told != self._told:
            self.show_text(self._read, from_top=from_top)

    def _read(self) -> Iterator[Paragraph]:
        run, width = self._matter.run, self.scrollable_content_region.width
        if run is not None:
            yield from row_text(run, self._matter.stored, self.setting, width)

    def step(self, by: int) -> None:
        """Return None: there is no text here to be read whole."""

    def copied(self) -> Copied | None:
        """Return the columns of the row, exactly as they are stored."""
        stored = self._matter.stored
        return Copied("the run's row", stored_lines(stored)) if stored is not None else None
