"""The detail pane: one run's facts and its errors, each message whole."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar

from zos_monitor.model.runs import RunDetail
from zos_monitor.model.states import RunState
from zos_monitor.model.text import one_line
from zos_monitor.tui.run_columns import Setting
from zos_monitor.tui.run_text import errors, facts
from zos_monitor.tui.text_pane import TextPane
from zos_monitor.tui.wrapping import Paragraph


class RunDetailPane(TextPane):
    """Shows one run; a fresh state of the same run keeps the scroll position."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"run--{state}" for state in RunState}

    def __init__(self, setting: Setting, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.setting = setting
        self.shown: RunDetail | None = None
        self._facts: Sequence[Paragraph] = ()

    def show_run(self, run: RunDetail | None) -> None:
        """Show a run, or that none is selected."""
        last, self.shown = self.shown, run
        self._retell(last)

    def set_setting(self, setting: Setting) -> None:
        """Render by another time, zone or set of signs."""
        self.setting = setting
        self._retell(self.shown)

    def _retell(self, last: RunDetail | None) -> None:
        run, dot = self.shown, self.setting.glyphs.dot
        self.set_titles(f"Run {dot} {one_line(run.layer_name)}" if run is not None else "Run")
        told, self._facts = self._facts, list(facts(run, self.setting)) if run is not None else []
        if run != last or told != self._facts:
            same = run is not None and last is not None and run.id == last.id
            self.show_text(self._tell, from_top=not same)

    def _tell(self) -> Iterator[Paragraph]:
        yield from self._facts
        if self.shown is not None:
            yield Paragraph(())
            yield from errors(self.shown)
