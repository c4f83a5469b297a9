"""The detail pane: one run's facts and its errors, each message whole."""

from __future__ import annotations

from textual.content import Content

from zos_monitor.model.runs import RunDetail
from zos_monitor.model.text import one_line
from zos_monitor.tui.run_columns import Setting
from zos_monitor.tui.run_text import describe
from zos_monitor.tui.text_pane import TextPane


class RunDetailPane(TextPane):
    """Shows one run; a fresh state of the same run keeps the scroll position."""

    def __init__(self, setting: Setting, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.setting = setting
        self.shown: RunDetail | None = None
        self._title = ""

    def show_run(self, run: RunDetail | None) -> None:
        """Show a run, or that none is selected."""
        same = run is not None and self.shown is not None and run.id == self.shown.id
        self.shown = run
        self._retell(from_top=not same)

    def set_setting(self, setting: Setting) -> None:
        """Render by another time, zone or set of signs."""
        self.setting = setting
        self._retell(from_top=False)

    def _retell(self, *, from_top: bool) -> None:
        run = self.shown
        dot = self.setting.glyphs.dot
        title = f"Run {dot} {one_line(run.layer_name)}" if run is not None else "Run"
        if title != self._title:
            self._title = title
            self.border_title = Content(title)  # as Content, for a name may look like markup
        self.show_text(describe(run, self.setting) if run else [], from_top=from_top)
