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
from zos_monitor.store.scope import Scope
from zos_monitor.store.slices import Slices, cut

GAP_SECONDS = 0.01
"""The least time between two reads, in which zos can fold its log away."""

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

Visit = Callable[[Reader, Where], Awaitable[int]]
"""Takes in the runs whose row numbers a query returns, and says how many they were."""


def timeless(flt: RunFilter) -> RunFilter:
    """Return a filter without its times."""
    times = (FilterKey.SINCE, FilterKey.UNTIL)
    return replace(flt, terms=tuple(term for term in flt.terms if term.key not in times))


async def rest(taken: float) -> None:
    """Wait between two reads, the longer the longer the one before has taken (s)."""
    await asyncio.sleep(max(GAP_SECONDS, _GAP_SHARE * taken))


async def sweep(
    ask: Ask, flt: RunFilter, bounds: TimeBounds, now: datetime, visit: Visit
) -> AsyncIterator[float]:
    """Have all matching runs visited, newest first where an index allows that.

    ``bounds`` hold in place of the filter's own times. Each run that there is at the beginning is
    visited once; runs that come while it goes on are not. After each read the share (0 to 1) of the
    rows gone through is yielded, reckoned by their numbers: 1.0 once at the end. Raises
    DatabaseFault where the file can't be read.
    """
    slices: Slices | None = None
    newest = seen = 0
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
                slices = await cut(reader, scope, newest)
                begun_anew = False
            await slices.measure(reader)
            if slices.within is not None:
                known = Where("r.rowid <= ?", (newest,))
                seen += await visit(reader, scope.select("r.rowid", both(slices.within, known)))
                slices.advance()
        if slices.within is not None:
            yield min(0.99, seen / max(1, newest))
            await rest(time.monotonic() - began)
    yield 1.0


async def _newest_run(reader: Reader) -> int:
    row = await reader.row("SELECT max(rowid) AS newest FROM layer_runs")
    return (row["newest"] if row is not None else None) or 0


def _stored(instant: datetime | None) -> str | None:
    return format_stored(instant) if instant is not None else None
