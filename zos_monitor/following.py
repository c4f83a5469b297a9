"""Following runs: what happens to them, told as it happens, until all of them are over."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING

from zos_monitor.model.changes import Change, Changed
from zos_monitor.model.faults import DatabaseFault, NotOffered
from zos_monitor.model.jumps import LOOK_SECONDS, Jumps
from zos_monitor.model.news import GONE, Event, News, Verdict, verdict_of
from zos_monitor.model.nights import Outcome
from zos_monitor.model.present import OpenRun
from zos_monitor.model.runs import RunSummary
from zos_monitor.model.states import RunState

if TYPE_CHECKING:
    from zos_monitor.followed import Followed
    from zos_monitor.questions import Service

OVERDUE_SECONDS = 1.0
"""How long until time is asked after again where it was to have changed something, but has not."""


class Following:
    """Follows runs on a service, which must have no other listener to its changes.

    ``followed`` knows which. Without ``patient`` a database that can't be read at the first look
    is a DatabaseFault; later, and with it, it is waited for.

    A run is over when it is not running: it has ended, or is stalled or interrupted, which may
    last for ever. Where others are still running, one that is stalled may go on too, and is told
    of then.
    """

    def __init__(self, service: Service, followed: Followed, *, patient: bool = False) -> None:
        self._service = service
        self._followed = followed
        self._patient = patient
        self._runs: dict[str, RunSummary | None] = {}  # None where it is gone
        self._held: list[News] = []  # what is to be told once a look has come to its end
        self._looked = False
        self._lost = False
        self._jumps = Jumps()

    @property
    def running(self) -> Mapping[str, RunSummary]:
        """The runs that are not over, by id."""
        return {key: run for key, run in self._now().items() if run is not None and _goes_on(run)}

    @property
    def counts(self) -> Counter[str]:
        """What has become of the runs and of the starts so far: how many of each state."""
        states = [str(run.state) if run is not None else GONE for run in self._now().values()]
        return Counter(states + [str(Outcome.MISSED)] * self._followed.missed)

    @property
    def verdict(self) -> Verdict:
        """How it has turned out, once it is over."""
        return verdict_of(self.counts)

    def _now(self) -> Mapping[str, RunSummary | None]:
        return {key: self._runs[key] for key in self._followed.ids if key in self._runs}

    async def news(self) -> AsyncIterator[tuple[News, ...]]:
        """Yield what happened, look by look, until all is over.

        The last one may be empty. Between two looks nothing is asked: the service says when
        something changed, and the runs when their states turn by themselves.
        """
        changes = _Changes(self._service)
        self._jumps.seen(self._service.clock())
        try:
            while not self._over:
                change = await self._next(changes)
                try:
                    news = await self._look(change)
                except NotOffered:
                    raise
                except DatabaseFault as fault:
                    self._service.poll.suspect()
                    news = self._trouble(fault)
                if news or self._over:
                    yield tuple(news)
        finally:
            await changes.close()

    @property
    def _over(self) -> bool:
        return self._looked and not (self._lost or self._followed.awaited) and not self.running

    async def _next(self, changes: _Changes) -> Change | None:
        """Return the next change, or None once time alone may have changed something."""
        while True:
            coming = self._turns_at
            if coming is None:
                return await changes.next(None)
            seconds = (coming - self._service.clock()).total_seconds()
            change = await changes.next(
                min(seconds, LOOK_SECONDS) if seconds > 0 else OVERDUE_SECONDS
            )
            now = self._service.clock()
            if change is not None or self._jumps.seen(now) or coming <= now:
                return change

    @property
    def _turns_at(self) -> datetime | None:
        """When time alone may change something; None for never."""
        turns = [self._followed.turns_at if self._followed.awaited else None]
        turns += [run.activity.turns_at for run in self.running.values() if run.activity]
        coming = min((turn for turn in turns if turn is not None), default=None)
        return coming if not self._lost else None

    def _trouble(self, fault: DatabaseFault) -> list[News]:
        if not (self._looked or self._patient):
            raise fault
        told, self._lost = self._lost, True
        lost = News(event=Event.LOST, at=self._service.clock(), message=fault.message)
        return [] if told else [lost]

    async def _look(self, change: Change | None) -> list[News]:
        """Ask for what a change is about; for None, for what time alone may have changed."""
        if change is not None and change.health.fault is not None:
            raise DatabaseFault(change.health.fault, change.health.message)
        if change is not None and not change.changed and not self._lost and self._looked:
            return []
        changed = change.changed if change is not None else Changed.NOTHING
        now = self._service.clock()
        self._held += await self._followed.look(self._service, changed)
        await self._see(now)
        news, self._held = self._held, []
        if self._lost:
            self._lost = False
            news.insert(0, News(event=Event.BACK, at=now))
        self._looked = True
        return news

    async def _see(self, now: datetime) -> None:
        """Ask for the followed runs that have no end yet."""
        wanted = [key for key in self._followed.ids if self._undecided(key)]
        present = await _open_runs(self._service) if wanted else {}
        for run_id in wanted:
            found = present.get(run_id)
            run = found.run if found is not None else await self._service.run(run_id)
            known, before = run_id in self._runs, self._runs.get(run_id)
            self._runs[run_id] = run
            event = _event(before, run, first=not self._looked)
            told = run or before
            if event is not None and not (known and event is Event.VANISHED and before is None):
                self._held.append(
                    News(
                        event=event,
                        at=now,
                        layer_name=told.layer_name if told is not None else "",
                        run=told,
                        eta=found.eta if found is not None else None,
                    )
                )

    def _undecided(self, run_id: str) -> bool:
        run = self._runs.get(run_id)
        return run is None or run.open


class _Changes:
    """The news of a service, which can be waited for without missing any of it."""

    def __init__(self, service: Service) -> None:
        self._news = service.changes()
        self._next: asyncio.Future[Change] | None = None

    async def next(self, seconds: float | None) -> Change | None:
        """Return the next news; None where there is none within so many seconds."""
        if self._next is None:
            self._next = asyncio.ensure_future(anext(self._news))
        await asyncio.wait({self._next}, timeout=seconds)
        if not self._next.done():
            return None
        found, self._next = self._next, None
        return found.result()

    async def close(self) -> None:
        """Stop listening."""
        if self._next is not None:
            self._next.cancel()
            with suppress(asyncio.CancelledError, DatabaseFault):
                await self._next
        if isinstance(self._news, AsyncGenerator):
            await self._news.aclose()


async def _open_runs(service: Service) -> Mapping[str, OpenRun]:
    """Return the open runs by id, as far as the service tells them with their ends."""
    try:
        present = await service.present()
    except NotOffered:
        return {}
    return {one.run.id: one for one in present.open_runs}


def _event(before: RunSummary | None, run: RunSummary | None, *, first: bool) -> Event | None:
    if run is None:
        return Event.VANISHED
    if not run.open:
        return Event.ENDED
    if before is None:
        return Event.OPEN if first else Event.BEGAN
    if before.state is not run.state:
        return Event.TURNED
    return Event.WENT_ON if _figures(before) != _figures(run) else None


def _figures(run: RunSummary) -> tuple[object, ...]:
    progress, usage = run.progress, run.usage
    done = (progress.done, progress.errors) if progress is not None else None
    return run.targets_matched, done, usage.calls, usage.tokens_total, usage.cost_usd


def _goes_on(run: RunSummary) -> bool:
    return run.state is RunState.RUNNING
