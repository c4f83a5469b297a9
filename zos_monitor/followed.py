"""Which runs are followed: one, those that are open, a layer's next one, or those of the night."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Protocol

from zos_monitor.model.changes import Changed
from zos_monitor.model.faults import NotOffered
from zos_monitor.model.news import PENDING, Event, News
from zos_monitor.model.nights import Night, Nights, Outcome, Slot
from zos_monitor.model.states import RunState

if TYPE_CHECKING:
    from zos_monitor.model.filters import RunFilter
    from zos_monitor.model.runs import RunSummary
    from zos_monitor.questions import Service

MOST = 100
"""How many open runs are followed at once: those that began last."""

_LAST = 20  # runs of a layer, among which is the one that has begun since the last look


class Followed(Protocol):
    """Knows which runs are followed; asked at each look, for that may change."""

    ids: Sequence[str]
    """The runs that are followed."""
    awaited: bool
    """Whether more are to come."""
    turns_at: datetime | None
    """When it may become others though nothing is written; None for never."""
    missed: int
    """How many starts came to nothing."""

    async def look(self, service: Service, changed: Changed) -> list[News]:
        """See what has changed, and tell what there is to tell beside the runs themselves."""


class OneRun:
    """Follows one run, by its whole id."""

    awaited = False
    turns_at: datetime | None = None
    missed = 0

    def __init__(self, run_id: str) -> None:
        self.ids: Sequence[str] = (run_id,)

    async def look(self, service: Service, changed: Changed) -> list[News]:
        """Tell nothing: it stays the one."""
        return []


class OpenRuns:
    """Follows the runs that are open at the first look, stalled ones too.

    ``flt`` is to ask for these states, and may ask for more.
    """

    turns_at: datetime | None = None
    missed = 0

    def __init__(self, flt: RunFilter) -> None:
        self.ids: Sequence[str] = ()
        self.awaited = True
        self._flt = flt

    async def look(self, service: Service, changed: Changed) -> list[News]:
        """Find them at the first look."""
        if self.awaited:
            runs = await service.newest(self._flt, limit=MOST)
            self.ids = [run.id for run in reversed(runs)]
            self.awaited = False
        return []


class NextOfLayer:
    """Follows the runs of a layer that are running, else the first one that will be.

    ``flt`` is to ask for the layer's runs; those of others that it matches are left out.
    """

    turns_at: datetime | None = None
    missed = 0

    def __init__(self, layer_name: str, flt: RunFilter) -> None:
        self.ids: Sequence[str] = ()
        self.awaited = True
        self._layer_name = layer_name
        self._flt = flt
        self._seen: set[str] | None = None

    async def look(self, service: Service, changed: Changed) -> list[News]:
        """Look for one that is running, or that has begun and ended since the last look."""
        if not self.awaited:
            return []
        found = await service.newest(self._flt, limit=_LAST)
        runs = [run for run in found if run.layer_name == self._layer_name]
        running = [run.id for run in reversed(runs) if run.state is RunState.RUNNING]
        if self._seen is None:
            news = [] if running else [await self._waiting(service, runs)]
            self.ids = running
            self._seen = {run.id for run in runs}
        else:
            news = []
            new = [run.id for run in reversed(runs) if run.id not in self._seen]
            self.ids = (new or running)[:1]
        self.awaited = not self.ids
        return news

    async def _waiting(self, service: Service, runs: Sequence[RunSummary]) -> News:
        stalled = [run for run in runs if run.state is RunState.STALLED]
        return News(
            event=Event.AWAITED,
            at=service.clock(),
            layer_name=self._layer_name,
            due_at=await _next_start(service, self._layer_name),
            message=f"its run {stalled[0].id} is stalled" if stalled else "",
        )


async def _next_start(service: Service, layer_name: str) -> datetime | None:
    try:
        nights = await service.nights()
    except NotOffered:
        return None
    return next((one.next_at for one in nights.layers if one.layer_name == layer_name), None)


class Tonight:
    """Follows the scheduled starts of the present night, to the last of them."""

    def __init__(self) -> None:
        self.ids: Sequence[str] = ()
        self.awaited = True
        self.turns_at: datetime | None = None
        self.missed = 0
        self.scheduled = True
        """Whether any layer is known to start by the clock."""
        self._date: date | None = None
        self._told: set[tuple[str, datetime]] = set()

    async def look(self, service: Service, changed: Changed) -> list[News]:
        """Hold the night's starts against its runs, where some began or ended or time went by."""
        first, now = self._date is None, service.clock()
        if not (first or not changed or changed & (Changed.RUNS | Changed.OTHER)):
            return []
        nights = await service.nights()
        night = self._night(nights)
        if night is None:
            self.awaited = self.scheduled = False
            return []
        slots = [slot for layer in night.layers for slot in layer.slots]
        self.ids = [slot.run.id for slot in sorted(slots, key=_by_time) if slot.run is not None]
        missed = [slot for slot in slots if slot.outcome is Outcome.MISSED]
        waiting = [slot for slot in slots if slot.outcome in PENDING]
        self.missed = len(missed)
        self.awaited = bool(waiting)
        self.turns_at = nights.turns_at
        news = [
            _start(slot, Event.MISSED, now)
            for slot in sorted(missed, key=_by_time)
            if (slot.layer_name, slot.due_at) not in self._told
        ]
        self._told.update((slot.layer_name, slot.due_at) for slot in missed)
        if first:
            nearest = {slot.layer_name: slot for slot in sorted(waiting, key=_by_time)[::-1]}
            coming = sorted(nearest.values(), key=_by_time)
            news += [_start(slot, Event.AWAITED, now) for slot in coming]
        return news

    def _night(self, nights: Nights) -> Night | None:
        """Return the night of the first look, which later is not the present one any more."""
        if self._date is None:
            if not nights.nights or not any(one.next_at for one in nights.layers):
                return None
            self._date = nights.nights[0].date
        found = (night for night in nights.nights if night.date == self._date)
        return next(found, None)


def _by_time(slot: Slot) -> tuple[datetime, str]:
    return slot.due_at, slot.layer_name


def _start(slot: Slot, event: Event, now: datetime) -> News:
    return News(event=event, at=now, layer_name=slot.layer_name, due_at=slot.due_at)
