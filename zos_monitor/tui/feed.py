"""The feed: asks the service on the screen's behalf and hands each answer to its pane."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from zos_monitor.model.faults import DatabaseFault
from zos_monitor.model.filters import RunFilter
from zos_monitor.questions import Service
from zos_monitor.tui.detail_feed import DetailFeed
from zos_monitor.tui.first_rows import FirstAnswer
from zos_monitor.tui.list_feed import ListFeed
from zos_monitor.tui.mishaps import Mishaps
from zos_monitor.tui.totals_feed import TotalsFeed
from zos_monitor.tui.widgets.filter_bar import FilterBar
from zos_monitor.tui.widgets.layers_panel import LayersPanel
from zos_monitor.tui.widgets.run_detail import RunDetailPane
from zos_monitor.tui.widgets.run_list import RunList
from zos_monitor.tui.widgets.totals_line import TotalsLine

_DETAIL = "reading a run"


@dataclass(frozen=True)
class Panes:
    """The widgets that answers go to."""

    filter_bar: FilterBar
    runs: RunList
    detail: RunDetailPane
    layers: LayersPanel
    totals_line: TotalsLine


class Feed(ListFeed):
    """Keeps the panes fed with the answers to the present filter; see ``ListFeed``."""

    def __init__(
        self,
        service: Service,
        panes: Panes,
        flt: RunFilter,
        on_trouble: Callable[[DatabaseFault | None], None],
        in_background: Callable[..., None],
        mishaps: Mishaps,
    ) -> None:
        super().__init__(
            service, panes.filter_bar, panes.runs, flt, on_trouble, in_background, mishaps
        )
        self.details = DetailFeed(service, panes.detail, self._selected_id)
        self._totals = TotalsFeed(
            service,
            (panes.filter_bar, panes.layers, panes.totals_line),
            in_background=in_background,
            questions=lambda: self._questions("adding up the runs"),
        )

    @property
    def turns_at(self) -> datetime | None:
        """When the answers become others by themselves, None for never."""
        return self._totals.turns_at

    def begin(self, answer: FirstAnswer) -> None:
        """Show what was asked for before there was a screen; the rest is asked for as ever."""
        self._listed, self._listed_at = self._asked, answer.at
        self._filter_bar.count = answer.runs
        self._runs.restart(answer.runs)

    async def refresh(self) -> None:
        """Ask everything again; cursor, scroll and tab stay."""
        async with self._questions():
            await self._list_again()
            with self._mishaps.question(_DETAIL):
                await self.details.show(self._selected_id())
            self._totals.begin(self.filter)

    async def filtered(self, flt: RunFilter) -> None:
        """Show what another filter matches."""
        self.filter = flt
        self._filter_bar.refuse(None)
        async with self._questions():
            await self._list_again()
            self._totals.begin(self.filter)

    async def detail(self, run_id: str | None) -> None:
        """Show one run."""
        async with self._questions(_DETAIL):
            await self.details.show(run_id)

    async def complete_detail(self) -> None:
        """Ask for what the detail's tab in view still lacks."""
        async with self._questions(_DETAIL):
            await self.details.complete()
