"""Going once through all runs that a filter matches, in short reads with gaps between them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from datetime import datetime
from typing import Protocol

from zos_monitor.model.filters import FilterKey, RunFilter, TimeBounds
from zos_monitor.model.times import format_stored
from zos_monitor.store.database import Reader
from zos_monitor.store.filter_sql import Where, both
from zos_monitor.store.scope import ANYWHERE, Scope
from zos_monitor.store.slices import SLICE_RUNS, Slices, cut, starting

GAP_SECONDS = 0.01
"""The least time between two reads, in which zos can fold its log away."""

_FIRST_RUNS, _LEAST_RUNS = 1_000, 200  # where it matters how long a read takes
_MOST_GROWTH = 4.0

_COUNTED = 200_000  # up to so many runs of a window are counted beforehand: in a few milliseconds

_GAP_SHARE = 0.25  # the least time between two reads, measured by what the one before has taken


class Question(Protocol):
    """An open read transaction, and where the runs of a filter are in it."""

    @property
    def reader(self) -> Reader:
        """The transaction."""

    @property
    def scope(self) -> Scope:
        """Where the runs are."""


Ask = Callable[[RunFilter, datetime], AbstractAsyncContextManager[Question]]
"""Opens a read transaction and says what a filter means in it at a time."""

Visit = Callable[[Reader, Where], Awaitable[object]]
"""Takes in the runs whose row numbers a query returns."""


def timeless(flt: RunFilter) -> RunFilter:
    """Return a filter without its times."""
    times = (FilterKey.SINCE, FilterKey.UNTIL)
    return replace(flt, terms=tuple(term for term in flt.terms if term.key not in times))


async def rest(taken: float) -> None:
    """Wait between two reads, the longer the longer the one before has taken (s)."""
    await asyncio.sleep(max(GAP_SECONDS, _GAP_SHARE * taken))


async def sweep(
    ask: Ask,
    flt: RunFilter,
    bounds: TimeBounds,
    now: datetime,
    visit: Visit,
    *,
    read_seconds: float | None = None,
) -> AsyncIterator[float]:
    """Have all matching runs visited, newest first where an index allows that.

    ``bounds`` hold in place of the filter's own times. Each run that there is at the beginning is
    visited once; runs that come while it goes on are not. ``read_seconds`` is about how long
    each read may take, where that is more than a look at few runs. After each read the share (0 to
    1) of the rows gone through is yielded: 1.0 once at the end. Raises DatabaseFault where the file
    can't be read.
    """
    slices: Slices | None = None
    newest = there = seen = 0
    begun_anew = True
    while begun_anew or (slices is not None and slices.within is not None):
        began = time.monotonic()
        async with ask(timeless(flt), now) as question:
            reader = question.reader
            scope = replace(
                question.scope, since=_stored(bounds.since), until=_stored(bounds.until)
            )
            if slices is None:
                newest = await _newest_run(reader)
                slices = await cut(
                    reader, scope, newest, first_runs=_FIRST_RUNS if read_seconds else None
                )
                there = await _rows_there(reader, scope, newest)
                begun_anew = False
            await slices.measure(reader)
            if slices.within is not None:
                known = Where("r.rowid <= ?", (newest,))
                visiting = time.monotonic()
                await visit(reader, scope.select("r.rowid", both(slices.within, known)))
                seen += slices.size
                if read_seconds is not None:
                    _pace(slices, read_seconds / max(1e-6, time.monotonic() - visiting))
                slices.advance()
        if slices.within is not None:
            yield min(0.99, seen / max(1, there))
            await rest(time.monotonic() - began)
    yield 1.0


def _pace(slices: Slices, factor: float) -> None:
    """Have the next slices hold so many times as many runs as the present one, within bounds."""
    wanted = slices.size * min(_MOST_GROWTH, factor)
    slices.meant = min(SLICE_RUNS, max(_LEAST_RUNS, int(wanted)))


async def _rows_there(reader: Reader, scope: Scope, newest: int) -> int:
    """Return about how many rows there are to go through: those within a window are counted."""
    if not scope.walkable or scope.since is scope.until is None:
        return newest
    within = replace(scope, where=ANYWHERE).select("1", starting(scope.since, scope.until))
    row = await reader.row(
        f"SELECT count(*) AS n FROM ({within.sql} LIMIT ?)", (*within.params, _COUNTED + 1)
    )
    there = row["n"] if row is not None else newest
    return there if there <= _COUNTED else newest


async def _newest_run(reader: Reader) -> int:
    row = await reader.row("SELECT max(rowid) AS newest FROM layer_runs")
    return (row["newest"] if row is not None else None) or 0


def _stored(instant: datetime | None) -> str | None:
    return format_stored(instant) if instant is not None else None
