"""One line of totals, where there is no room for the stats panel."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from zos_monitor.model import phrases
from zos_monitor.model.states import RunState
from zos_monitor.tui.glyphs import Glyphs

if TYPE_CHECKING:
    from zos_monitor.model.stats import Totals


class TotalsLine(Widget):
    """All runs of the window by state, and what they cost."""

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    TotalsLine { height: 1; padding: 0 1; color: $text-muted; }
    """

    totals: reactive[Totals | None] = reactive(None)
    span: reactive[str] = reactive("")
    """The window in words, such as ``last 7 days``."""
    refused: reactive[str] = reactive("")
    """Why there are no totals; empty where there are, or will be."""

    def __init__(self, glyphs: Glyphs, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._glyphs = glyphs

    def render(self) -> Content:
        """Return the line, with glyphs for the states' words where these don't fit."""
        if self.totals is None:
            return Content(self.refused).truncate(max(1, self.size.width), ellipsis=True)
        line = self._line(self.totals, lambda state: f" {state}")
        if line.cell_length > self.size.width:
            line = self._line(self.totals, lambda state: self._glyphs.states[state])
        return line.truncate(max(1, self.size.width), ellipsis=True)

    def _line(self, totals: Totals, word: Callable[[RunState], str]) -> Content:
        overall = totals.overall
        states = [
            Content.styled(f"{overall.counts[state]:,}{word(state)}", f"$state-{state}")
            for state in RunState
            if overall.counts.get(state)
        ]
        runs = phrases.plural(overall.runs, "run")
        cost = phrases.cost(overall.cost_usd)
        rest = phrases.uncosted(overall.uncosted)
        words = [Content(word) for word in (cost, rest) if word]
        return Content(" ").join([Content(f"{self.span}: {runs}"), *states, *words])
