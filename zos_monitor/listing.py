"""Lists of runs by row number, asked for in short reads with gaps between them."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from zos_monitor.model.filters import RunFilter, TimeBounds
from zos_monitor.model.runs import RunCount, RunKey, RunSlice
from zos_monitor.store import run_queries
from zos_monitor.store.database import Reader
from zos_monitor.store.filter_sql import Where
from zos_monitor.store.probe import Marks
from zos_monitor.store.scope import Scope
from zos_monitor.tally import Tally

GAP_SECONDS = 0.005
"""The pause between two reads of one question, in which zos can fold its log away."""

_KEPT = 4  # lists that were asked about last


class Question(NamedTuple):
    """An open read transaction, and what a filter means in it."""

    reader: Reader
    where: Where
    bounds: TimeBounds
    scope: Scope


Ask = Callable[[RunFilter, datetime | None], AbstractAsyncContextManager[Question]]


class Wanted(NamedTuple):
    """The rows asked for, and the run whose row is asked along, with the one that it had."""

    first: int
    limit: int
    anchor: RunKey | None = None
    anchor_row: int | None = None

    def first_now(self, anchor: int | None) -> int:
        """Return the first row asked for, where the anchor is in this row by now."""
        shift = 0 if anchor is None or self.anchor_row is None else anchor - self.anchor_row
        at_top = not self.first and 0 <= shift <= self.limit // 2
        return max(0, 0 if at_top else self.first + shift)


@dataclass
class _Listing:
    tally: Tally = field(default_factory=Tally)
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    total: int = 0


class Listings:
    """Answers by row number, and keeps the tallies of the lists that were asked about last."""

    def __init__(self, ask: Ask, marks: Callable[[], Marks | None]) -> None:
        self._ask = ask
        self._marks = marks
        self._kept: OrderedDict[RunFilter, _Listing] = OrderedDict()

    async def slice(
        self, flt: RunFilter, wanted: Wanted, now: datetime | None, patience: float | None
    ) -> RunSlice:
        """Return the runs in some rows; once ``patience`` (s) is over those found by then."""
        until = None if patience is None else time.monotonic() + patience
        while True:
            async with self._open(flt, now) as (listing, question):
                over = until is not None and time.monotonic() >= until
                if over or _reached(listing.tally, question.scope, wanted):
                    return await _slice(listing, question, wanted)
                await listing.tally.walk_on(question.reader, question.scope)
            await asyncio.sleep(GAP_SECONDS)

    async def walk_on(self, flt: RunFilter, now: datetime | None) -> RunCount:
        """Look for further runs for a moment, where not all are found yet; return the count."""
        async with self._open(flt, now) as (listing, question):
            if not listing.tally.counted:
                await listing.tally.walk_on(question.reader, question.scope)
            return _count(listing)

    async def count(self, flt: RunFilter, now: datetime | None) -> RunCount:
        """Return how many runs match, once all are found."""
        while True:
            found = await self.walk_on(flt, now)
            if found.counted:
                return found
            await asyncio.sleep(GAP_SECONDS)

    async def row_since(self, flt: RunFilter, start: str, now: datetime | None) -> int:
        """Return the row of the newest run that started before an instant, as stored."""
        key = RunKey(start, -(2**63))
        while True:
            async with self._open(flt, now) as (listing, question):
                tally, scope = listing.tally, question.scope
                if tally.reaches_run(scope, key):
                    return await tally.rows_before(question.reader, scope, key) or 0
                await tally.walk_on(question.reader, scope)
            await asyncio.sleep(GAP_SECONDS)

    @asynccontextmanager
    async def _open(
        self, flt: RunFilter, now: datetime | None
    ) -> AsyncIterator[tuple[_Listing, Question]]:
        listing = self._kept.setdefault(flt, _Listing())
        self._kept.move_to_end(flt)
        while len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
        async with listing.lock, self._ask(flt, now) as question:
            await listing.tally.catch_up(question.reader, question.scope, self._marks())
            listing.total = await listing.tally.count_all(question.reader)
            yield listing, question


def _reached(tally: Tally, scope: Scope, wanted: Wanted) -> bool:
    if not tally.reaches(scope, wanted.first + wanted.limit):
        return False
    return wanted.anchor is None or tally.reaches_run(scope, wanted.anchor)


def _count(listing: _Listing) -> RunCount:
    tally = listing.tally
    return RunCount(
        matched=tally.matched, total=listing.total, counted=tally.counted, version=tally.version
    )


async def _slice(listing: _Listing, question: Question, wanted: Wanted) -> RunSlice:
    reader, scope, tally = question.reader, question.scope, listing.tally
    anchor = await tally.row(reader, scope, wanted.anchor) if wanted.anchor is not None else None
    first = min(wanted.first_now(anchor), tally.matched)
    keys = await tally.keys(reader, scope, first, wanted.limit)
    return RunSlice(
        first=first,
        runs=await run_queries.summaries(reader, keys),
        anchor=anchor,
        matched=tally.matched,
        total=listing.total,
        counted=tally.counted,
        version=tally.version,
    )
