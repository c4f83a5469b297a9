"""The feed: asks the service on the screen's behalf and hands each answer to its pane."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

from zos_monitor.model.filters import RunFilter
from zos_monitor.model.windows import DEFAULT_WINDOW, turns_at, window_words
from zos_monitor.service import RunService
from zos_monitor.store.faults import DatabaseFault
from zos_monitor.tui.widgets.filter_bar import FilterBar
from zos_monitor.tui.widgets.layers_panel import LayersPanel
from zos_monitor.tui.widgets.run_detail import RunDetailPane
from zos_monitor.tui.widgets.run_list import RunList
from zos_monitor.tui.widgets.totals_line import TotalsLine


@dataclass(frozen=True)
class Panes:
    """The widgets that answers go to."""

    filter_bar: FilterBar
    runs: RunList
    detail: RunDetailPane
    layers: LayersPanel
    totals_line: TotalsLine


class Feed:
    """Keeps the panes fed with the answers to the present filter.

    An answer that comes after the filter has changed is dropped. ``on_trouble`` is told each
    question's fault, and None when questions are answered again.
    """

    def __init__(
        self,
        service: RunService,
        panes: Panes,
        flt: RunFilter,
        on_trouble: Callable[[DatabaseFault | None], None],
    ) -> None:
        self.filter = flt
        self._service = service
        self._panes = panes
        self._on_trouble = on_trouble
        self._listed: RunFilter | None = None  # the filter whose runs the list shows
        self._listed_at: datetime | None = None
        self._list_answers = 0  # how many the list has taken over
        self.turns_at: datetime | None = None
        """When the answers become others by themselves, None for never; see ``turns_at``."""

    async def refresh(self) -> None:
        """Ask everything again; cursor, scroll and tab stay."""
        async with self._questions():
            await self._list()
            selected = self._panes.runs.selected
            await self._detail(selected.id if selected is not None else None)
            await self._totals()

    async def filtered(self, flt: RunFilter) -> None:
        """Show what another filter matches."""
        self.filter = flt
        async with self._questions():
            await self._list()
            await self._totals()

    async def add_runs(self, first: int, limit: int) -> None:
        """Load runs that came into view."""
        async with self._questions():
            flt = self.filter
            more = await self._service.run_slice(flt, first=first, limit=limit, now=self._listed_at)
            of_this_list = flt is self.filter is self._listed
            if of_this_list and not self._panes.runs.add(more):
                await self._list()

    async def detail(self, run_id: str | None) -> None:
        """Show one run."""
        async with self._questions():
            await self._detail(run_id)

    async def _list(self) -> None:
        flt, runs = self.filter, self._panes.runs
        answers = None
        while answers != self._list_answers:  # another answer came in between: ask about its state
            answers = self._list_answers
            asked = runs.window(anew=flt is not self._listed)
            now = self._service.clock()
            fresh = await self._service.run_slice(
                flt, first=asked.first, limit=asked.limit, anchor=asked.anchor, now=now
            )
            if flt is not self.filter:
                return
        self._list_answers += 1
        self._listed_at = now
        self._panes.filter_bar.matched = fresh.matched
        self._panes.filter_bar.total = fresh.total
        if flt is self._listed:
            runs.renew(fresh, asked)
        else:
            self._listed = flt
            runs.restart(fresh)

    async def _totals(self) -> None:
        flt = self.filter
        totals = await self._service.totals(flt, window=DEFAULT_WINDOW)
        names = await self._service.layer_names()
        if flt is not self.filter:
            return
        words = window_words(flt)
        self.turns_at = turns_at(flt, totals.overall.first_started, self._service.clock())
        self._panes.filter_bar.known_layers = names
        self._panes.layers.show_totals(totals, words)
        self._panes.totals_line.span = words
        self._panes.totals_line.totals = totals

    async def _detail(self, run_id: str | None) -> None:
        run = await self._service.run(run_id) if run_id is not None else None
        selected = self._panes.runs.selected
        if (selected.id if selected is not None else None) == run_id:
            self._panes.detail.show_run(run)

    @asynccontextmanager
    async def _questions(self) -> AsyncIterator[None]:
        """Report a fault to the screen instead of raising it; the poll has it asked again."""
        try:
            yield
        except DatabaseFault as fault:
            self._on_trouble(fault)
        else:
            self._on_trouble(None)
