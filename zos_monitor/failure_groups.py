"""The errors of the runs that a filter matches by their cause, gone through in short reads."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import aclosing
from datetime import date, datetime, timedelta, tzinfo
from itertools import chain

from zos_monitor.model.causes import cause_of, identity
from zos_monitor.model.columns import as_text
from zos_monitor.model.errors import parse_errors
from zos_monitor.model.failures import FailureGroup, Failures
from zos_monitor.model.filters import RunFilter, TimeBounds
from zos_monitor.model.times import parse_stored
from zos_monitor.store.database import Reader
from zos_monitor.store.failure_queries import failing
from zos_monitor.store.filter_sql import Where
from zos_monitor.sweep import Ask, sweep

ANSWER_SECONDS = 0.3
"""The least time between two answers that are not whole yet."""

_READ_SECONDS = 0.03
_REST = 5.0  # times as long as an answer takes to work out, the next one waits at least
_HALF_A_DAY = timedelta(hours=12)


async def failures(
    ask: Ask, flt: RunFilter, bounds: TimeBounds, now: datetime, zone: tzinfo
) -> AsyncIterator[Failures]:
    """Yield the errors of the matching runs by their cause, of more runs each time, at last of all.

    ``bounds`` hold in place of the filter's own times. Nights begin at noon in ``zone``. An open
    run has errors in its calls only, and none in its row: it counts once it has ended. Raises
    DatabaseFault where the file can't be read.
    """
    found = _Found(zone)
    answered, took = time.monotonic(), 0.0
    steps = sweep(ask, flt, bounds, now, found.visit, read_seconds=_READ_SECONDS)
    async with aclosing(steps):  # type: ignore[type-var]  # it is a generator
        async for share in steps:
            # Beside the event loop: errors by the thousands are read and told apart.
            await asyncio.to_thread(found.take_in)
            began = time.monotonic()
            if share == 1 or began - answered >= max(ANSWER_SECONDS, _REST * took):
                answer = await asyncio.to_thread(found.answer, bounds, share)
                took = time.monotonic() - began
                yield answer
                answered = time.monotonic()


class _Group:
    """What is known so far of the errors of one cause."""

    def __init__(self, cause: str) -> None:
        self.cause = cause
        self.errors = 0
        self.runs = 0
        self.nodes: Counter[str] = Counter()
        self.layers: Counter[str] = Counter()
        self.nights: Counter[date] = Counter()
        self.first: datetime | None = None
        self.last: datetime | None = None

    def take_run(self, layer: str, started: datetime | None, night: date | None, n: int) -> None:
        """Count a run with so many errors of this cause."""
        self.runs += 1
        self.errors += n
        self.layers[layer] += n
        if night is not None:
            self.nights[night] += n
        if started is not None:
            self.first = min(self.first or started, started)
            self.last = max(self.last or started, started)

    def answer(self) -> FailureGroup:
        """Return it as it is now."""
        return FailureGroup(
            cause=self.cause,
            errors=self.errors,
            runs=self.runs,
            nodes=_most_first(self.nodes),
            layers=_most_first(self.layers),
            first_seen=self.first,
            last_seen=self.last,
            nights=dict(sorted(self.nights.items())),
        )


class _Found:
    """What is known so far of the runs that are gone through."""

    def __init__(self, zone: tzinfo) -> None:
        self._zone = zone
        self._groups: dict[str, _Group] = {}
        self._runs = 0
        self._failing = 0
        self._read: list[sqlite3.Row] = []  # and not taken in yet

    async def visit(self, reader: Reader, chosen: Where) -> None:
        """Read the errors of some runs."""
        runs, rows = await failing(reader, chosen)
        self._runs += runs
        self._read += rows

    def take_in(self) -> None:
        """Group the errors that were read."""
        rows, self._read = self._read, []
        for row in rows:
            time.sleep(0)  # beside the event loop, which would else wait for this thread each time
            errors = parse_errors(row["errors"])
            if not errors:
                continue
            self._failing += 1
            counts: Counter[str] = Counter()
            for error in errors:
                cause = cause_of(error.message)
                key = identity(cause)
                group = self._groups.get(key)
                if group is None:
                    group = self._groups[key] = _Group(cause)
                counts[key] += 1
                if error.node is not None:
                    group.nodes[error.node] += 1
            started = parse_stored(row["started_at"])
            night = _night(started, self._zone)
            layer = as_text(row["layer_name"])
            for key, count in counts.items():
                self._groups[key].take_run(layer, started, night, count)

    def answer(self, bounds: TimeBounds, share: float) -> Failures:
        """Return what is known now, the most frequent causes first."""
        groups = sorted(
            (group.answer() for group in self._groups.values()),
            key=lambda group: (-group.errors, -group.runs, identity(group.cause)),
        )
        nights = set(chain.from_iterable(group.nights for group in groups))
        return Failures(
            groups=tuple(groups),
            runs=self._runs,
            failing=self._failing,
            share=share,
            since=bounds.since,
            until=bounds.until,
            first_night=min(nights, default=None),
        )


def _night(started: datetime | None, zone: tzinfo) -> date | None:
    """Return the date of the noon before a start, None where it has none."""
    if started is None:
        return None
    try:
        return (started.astimezone(zone).replace(tzinfo=None) - _HALF_A_DAY).date()
    except OverflowError:  # at either end of the calendar
        return None


def _most_first(counts: Counter[str]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(counts.items(), key=lambda one: (-one[1], one[0])))
