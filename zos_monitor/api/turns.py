"""Runs that begin, end or come to be something else: found after each change, told by the hub."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Set
from contextlib import asynccontextmanager, suppress
from datetime import datetime

from zos_monitor.answers.exact import whole
from zos_monitor.api.hub import Hub, Listener
from zos_monitor.api.journal import Grumbler
from zos_monitor.model.changes import Change
from zos_monitor.model.faults import DatabaseFault
from zos_monitor.model.filters import RunFilter
from zos_monitor.model.jumps import LOOK_SECONDS, Jumps
from zos_monitor.model.runs import RunSummary
from zos_monitor.model.states import RunState
from zos_monitor.questions import Shared

LOOKED_AT = 100
"""How many of the newest runs are looked at for such that began and ended since the last look."""

OVERDUE_SECONDS = 1.0
"""How long until time is asked after again where it was to have changed something, but has not."""


class Turns:
    """Looks after each change which runs have turned, and has the hub tell them.

    The first look tells of nothing: what was before is in the answers to questions.
    """

    def __init__(self, service: Shared, hub: Hub) -> None:
        self._service = service
        self._hub = hub
        self._presence = service.presence()
        self._open: dict[int, RunSummary] | None = None  # None before the first look
        self._known: set[int] = set()
        self._last = 0
        self._jumps = Jumps()
        self.ready = asyncio.Event()
        """Set after the first look, or the first try: later runs are told."""

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Look meanwhile."""
        task = asyncio.create_task(self._follow())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.wait([task])
            self.ready.set()

    async def _follow(self) -> None:
        grumbler = Grumbler("Runs that turned can't be told")
        with self._hub.listening() as listener:
            while not self._hub.ended.is_set():
                change = await self._next(listener)
                if change is not None and (change.health.fault is not None or not change.changed):
                    self.ready.set()
                    continue
                try:
                    for run in await self._look():
                        self._hub.tell_run(run)
                except DatabaseFault:
                    pass  # the poll will tell of it, and once it is over of everything
                except Exception as fault:  # else no run would be told of any more
                    grumbler.tell(fault)
                self.ready.set()

    async def _next(self, listener: Listener) -> Change | None:
        """Return the next change, or None once time alone may have turned a run."""
        self._jumps.seen(self._service.clock())
        while True:
            coming = self._turns_at
            with suppress(TimeoutError):
                async with asyncio.timeout(self._seconds_until(coming)):
                    news = await listener.next()
                    if news is not None and news.change is None:
                        continue  # a run, which we have told ourselves
                    return news.change if news is not None else None
            now = self._service.clock()
            if self._jumps.seen(now) or (coming is not None and coming <= now):
                return None

    @property
    def _turns_at(self) -> datetime | None:
        """When time alone may turn a run; None for never."""
        open_runs = (self._open or {}).values()
        turns = [run.activity.turns_at for run in open_runs if run.activity is not None]
        return min((turn for turn in turns if turn is not None), default=None)

    def _seconds_until(self, coming: datetime | None) -> float | None:
        """Return how long to wait for the next change; None where no time turns any run."""
        if not self._open:
            return None
        if coming is None:
            return LOOK_SECONDS  # for the clock may be put back
        seconds = (coming - self._service.clock()).total_seconds()
        return max(OVERDUE_SECONDS, min(seconds, LOOK_SECONDS))

    async def _look(self) -> list[RunSummary]:
        """Return the runs that are otherwise than at the last look, those that ended first."""
        present = await self._presence.look()
        newest = await self._service.newest(RunFilter(), limit=LOOKED_AT)
        before, now = self._open, {one.run.key.rowid: one.run for one in present.open_runs}
        # One that has begun between the two questions is for the next look.
        late = {run.key.rowid for run in newest if run.state is RunState.RUNNING} - now.keys()
        found: list[RunSummary] = []
        if before is not None:
            for row in before.keys() - now.keys():
                run = await whole(self._service, before[row])
                if run is not None:
                    found.append(run)
            found += [run for run in reversed(newest) if self._is_new(run, now.keys() | late)]
            found += [
                run
                for row, run in reversed(now.items())
                if row not in before or before[row].state is not run.state
            ]
        # From here on nothing is awaited: a look that is cut off is as if it had never been.
        self._open = now
        self._known = {run.key.rowid for run in newest} - late | now.keys()
        self._last = min([max(self._known, default=0), *(row - 1 for row in late)])
        return found

    def _is_new(self, run: RunSummary, others: Set[int]) -> bool:
        row = run.key.rowid
        return row > self._last and row not in self._known and row not in others
