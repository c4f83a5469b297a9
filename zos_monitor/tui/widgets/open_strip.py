"""The strip above the list: every run that is open, and how far it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.content import Content
from textual.widget import Widget

from zos_monitor.tui.arrangement import too_small
from zos_monitor.tui.line_view import Line
from zos_monitor.tui.open_text import open_lines
from zos_monitor.tui.run_columns import Setting

if TYPE_CHECKING:
    from zos_monitor.model.present import OpenRun

_STYLES = {"strip--muted": "$foreground-muted"}


class OpenStrip(Widget):
    """One line for each open run; without any it takes no room."""

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    OpenStrip { height: auto; width: 1fr; display: none; }
    """

    def __init__(self, setting: Setting, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.setting = setting
        self.most = 1
        """How many lines there is room for."""
        self._runs: Sequence[OpenRun] = ()
        self._lacking = ""
        self._lines: list[Line] = []

    @property
    def runs(self) -> Sequence[OpenRun]:
        """The runs that are shown."""
        return self._runs

    def show_runs(self, runs: Sequence[OpenRun], lacking: str = "") -> None:
        """Show these runs as they are now; ``lacking`` says why their progress is not told.

        Without runs it is said alone, where what runs is not told at all.
        """
        self._runs, self._lacking = runs, lacking
        self._retell()

    def set_setting(self, setting: Setting) -> None:
        """Render by another time, zone or set of signs."""
        self.setting = setting
        self._retell()

    def fit_into(self, width: int, height: int) -> None:
        """Take no more than a sixth of a terminal's lines, and none of one that is too small."""
        most = 0 if too_small(width, height) else height // 6
        if most != self.most:
            self.most = most
            self._retell()

    def on_resize(self) -> None:
        """Tell as much as there is room for."""
        self._retell()

    def _retell(self) -> None:
        width = self.app.size.width
        lines = open_lines(self._runs, self.setting, width, self.most, self._lacking)
        if lines == self._lines:
            return
        grown = len(lines) != len(self._lines)
        self._lines = lines
        self.display = bool(lines)
        self.refresh(layout=grown)

    def render(self) -> Content:
        """Return the lines."""
        return Content("\n").join(
            Content.assemble(
                *((cell.text, _STYLES.get(cell.style, _colour(cell.style))) for cell in line)
            )
            for line in self._lines
        )


def _colour(style: str) -> str:
    return f"$state-{style.removeprefix('run--')}" if style else ""
