"""One line of totals, where there is no room for the stats panel."""

from __future__ import annotations

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from zos_monitor.model import phrases
from zos_monitor.model.states import RunState
from zos_monitor.model.stats import Totals
from zos_monitor.tui.run_columns import Setting


class TotalsLine(Widget):
    """All runs of the window by state, and what they cost."""

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    TotalsLine { height: 1; padding: 0 1; color: $text-muted; }
    """

    totals: reactive[Totals | None] = reactive(None)
    span: reactive[str] = reactive("")
    """The window in words, such as ``last 7 days``."""

    def __init__(self, setting: Setting, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.setting = setting

    def render(self) -> Content:
        """Return the line; what does not fit at its end is cut off."""
        if self.totals is None:
            return Content("counting")
        overall, glyphs = self.totals.overall, self.setting.glyphs
        states = [
            f"{overall.counts[state]:,} {glyphs.state(state)}"
            for state in RunState
            if overall.counts.get(state)
        ]
        parts = [phrases.plural(overall.runs, "run"), *states, phrases.cost(overall.cost_usd)]
        return Content("  ".join([f"{self.span}:", *parts])).truncate(
            max(1, self.size.width), ellipsis=True
        )
