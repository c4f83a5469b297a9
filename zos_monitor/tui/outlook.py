"""The outlook: what surrounds the list. It asks the service and keeps the last answers."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime, timedelta
from types import MappingProxyType

from zos_monitor.model.attention import Attention, newly_missed
from zos_monitor.model.changes import Changed
from zos_monitor.model.faults import DatabaseFault, NotOffered
from zos_monitor.model.nights import Nights, Origin, origins
from zos_monitor.model.past import LayerPast
from zos_monitor.model.present import OpenRun, with_progress
from zos_monitor.model.states import RunState
from zos_monitor.questions import Service
from zos_monitor.tui.refusals import refusal_words

_NAMES = {
    "present": "looking for open runs",
    "nights": "looking for what became of the nights",
    "pasts": "looking at the layers' past",
}
_REST = 20  # times as long as the nights took, they are not asked for again


class Outlook:
    """Knows the open runs, the nights, each layer's past, and what asks for attention.

    ``on_news`` is called after each answer; ``on_alarm`` when there is more to attend to. Each
    question is asked within what ``question`` returns for a name of it, which may end the question
    but not what comes after it.
    """

    def __init__(
        self,
        service: Service,
        *,
        on_news: Callable[[], None],
        on_alarm: Callable[[], None],
        question: Callable[[str], AbstractContextManager[object]] = nullcontext,
    ) -> None:
        self._service = service
        self._on_news = on_news
        self._on_alarm = on_alarm
        self._question = question
        self.open_runs: tuple[OpenRun, ...] = ()
        self.nights: Nights | None = None
        self.pasts: Mapping[str, LayerPast] = MappingProxyType({})
        self.origins: Mapping[str, Origin] = MappingProxyType({})
        """What started the runs of these nights, by their ids."""
        self.attention = Attention()
        self.lacking = ""
        """Why the open runs' progress, or what runs at all, is not told; empty where it is."""
        self.refused: dict[str, str] = {}
        """What is not offered, by the name of the question, and what to say in its place."""
        self._nights_at: datetime | None = None  # when the nights are to be asked for again
        self._rests: tuple[datetime, datetime] | None = None  # from when until when they are not

    @property
    def turns_at(self) -> datetime | None:
        """When all this becomes otherwise by itself, None for never."""
        activities = (one.run.activity for one in self.open_runs)
        turns = [activity.turns_at for activity in activities if activity is not None]
        turns += [self._nights_at, self.nights.turns_at if self.nights is not None else None]
        return min((turn for turn in turns if turn is not None), default=None)

    @property
    def told_nights(self) -> Nights | None:
        """The nights, with how far their open runs are by now."""
        return with_progress(self.nights, self.open_runs) if self.nights is not None else None

    async def refresh(self, changed: Changed) -> None:
        """Ask again what may have changed.

        What can't be asked stays as it was: the poll has everything asked again after a fault.
        """
        now, ended = self._service.clock(), bool(changed & (Changed.RUNS | Changed.OTHER))
        try:
            before = _states(self.open_runs)
            await self._offered("present", self._ask_present)
            # By the time, or a call after long silence, a run turns that neither begins nor ends.
            turned = _states(self.open_runs) != before
            if self._nights_due(now, ended=ended or turned):
                await self._offered("nights", self._ask_nights)
            if ended or not self.pasts:
                await self._offered("pasts", self._ask_pasts)
        except DatabaseFault:
            return
        finally:
            self._on_news()

    async def _offered(self, name: str, ask: Callable[[], Awaitable[None]]) -> None:
        """Ask a question, but one that is not offered only once."""
        if name in self.refused:
            return
        try:
            with self._question(_NAMES[name]):
                await ask()
        except NotOffered as refusal:
            self.refused[name] = refusal_words(refusal)
            if name == "present":
                self.open_runs, self.lacking = (), self.refused[name]

    async def _ask_present(self) -> None:
        present = await self._service.present()
        self.open_runs, self.lacking = present.open_runs, present.lacking
        self._attend(self.attention.with_runs(present.turned))

    def _attend(self, attention: Attention) -> None:
        """Take over what asks for attention, and say so at once: the next answer may fail."""
        before, self.attention = self.attention, attention
        self._on_news()
        if len(attention.runs) + len(attention.missed) > len(before.runs) + len(before.missed):
            self._on_alarm()

    def _nights_due(self, now: datetime, *, ended: bool) -> bool:
        """Tell whether to ask for the nights now; if only soon, note when.

        On a long history they take a while, and conversations come in bursts.
        """
        if self.nights is None:
            return True
        turns = (self._nights_at, self.nights.turns_at)
        if any(turn is not None and turn <= now for turn in turns):
            return True
        # Before it began the clock was put back: then nothing tells how long it would last.
        if ended and self._rests is not None and self._rests[0] <= now < self._rests[1]:
            self._nights_at = self._rests[1]
            return False
        return ended

    async def _ask_nights(self) -> None:
        begun = time.monotonic()
        nights = await self._service.nights()
        taken = timedelta(seconds=time.monotonic() - begun)
        now = self._service.clock()
        self._rests = now, now + taken * _REST
        self._nights_at = None
        self.origins = origins(nights)
        missed = newly_missed(self.nights, nights)
        self.nights = nights
        self._attend(self.attention.with_missed(missed))

    async def _ask_pasts(self) -> None:
        pasts = await self._service.pasts()
        if pasts != self.pasts:
            self.pasts = pasts


def _states(open_runs: Iterable[OpenRun]) -> dict[str, RunState]:
    return {one.run.id: one.run.state for one in open_runs}
