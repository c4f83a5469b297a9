"""The totals' feed: asks for the sums over the matching runs beside all else."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager, suppress
from datetime import datetime

from zos_monitor.model.faults import NotOffered
from zos_monitor.model.filters import RunFilter
from zos_monitor.model.windows import DEFAULT_WINDOW, turns_at, window_words
from zos_monitor.questions import Service
from zos_monitor.tui.refusals import refusal_words
from zos_monitor.tui.widgets.filter_bar import FilterBar
from zos_monitor.tui.widgets.layers_panel import LayersPanel
from zos_monitor.tui.widgets.totals_line import TotalsLine


class TotalsFeed:
    """Keeps the totals fed.

    They may take long over the whole history, and the list's news is not to wait for them.
    ``questions`` reports faults instead of raising them.
    """

    def __init__(
        self,
        service: Service,
        panes: tuple[FilterBar, LayersPanel, TotalsLine],
        *,
        in_background: Callable[..., None],
        questions: Callable[[], AbstractAsyncContextManager[None]],
    ) -> None:
        self._service = service
        self._filter_bar, self._layers, self._line = panes
        self._in_background = in_background
        self._questions = questions
        self._asking: RunFilter | None = None  # the filter whose totals are being asked for
        self._wanted: RunFilter | None = None
        self._due = False
        self.turns_at: datetime | None = None
        """When they become others by themselves, None for never; see ``windows.turns_at``."""

    def begin(self, flt: RunFilter) -> None:
        """Have the totals asked for; once more where they are being asked for already."""
        self._wanted, self._due = flt, True
        if self._asking is not flt:
            self._asking = flt
            self._in_background("totals", self._ask, flt)

    async def _ask(self, flt: RunFilter) -> None:
        try:
            async with self._questions():
                while self._due and flt is self._wanted:
                    self._due = False
                    await self._show(flt)
        finally:
            if self._asking is flt:
                self._asking = None

    async def _show(self, flt: RunFilter) -> None:
        words = window_words(flt)
        try:
            totals = await self._service.totals(flt, window=DEFAULT_WINDOW)
        except NotOffered as refusal:
            if flt is self._wanted:
                self._refuse(refusal_words(refusal), words)
            return
        names: Sequence[str] = ()
        with suppress(NotOffered):
            names = await self._service.layer_names()
        if flt is not self._wanted:
            return
        self.turns_at = turns_at(flt, totals.overall.first_started, self._service.clock())
        self._filter_bar.known_layers = names
        self._layers.show_totals(totals, words)
        self._line.span = words
        self._line.totals = totals
        self._line.refused = ""

    def _refuse(self, words: str, span: str) -> None:
        """Say that there are no totals of these runs; those of others would mislead."""
        self.turns_at = None
        self._layers.refuse(words, span)
        self._line.totals = None
        self._line.refused = words
