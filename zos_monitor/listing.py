"""Lists of runs by row number, asked for in short reads with gaps between them."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from datetime import datetime
from typing import NamedTuple

from zos_monitor.model.filters import RunFilter, TimeBounds
from zos_monitor.model.runs import RunCount, RunKey, RunSlice
from zos_monitor.model.sorting import BY_START, Sort, SortKey
from zos_monitor.order import Order
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


class ListQuestion(NamedTuple):
    """Which runs a list is of, and in what order they stand."""

    flt: RunFilter
    sort: Sort = BY_START


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


def _order(by: SortKey) -> Order:
    if by is SortKey.START:
        return Tally()
    from zos_monitor.ranking import Ranking

    return Ranking(by)


class _Listing:
    def __init__(self, order: Order) -> None:
        self.order = order
        self.lock = asyncio.Lock()
        self.total = 0
        self.questions = 0  # that are being answered


class Listings:
    """Answers by row number, and keeps the tallies of the lists that were asked about last."""

    def __init__(self, ask: Ask, marks: Callable[[], Marks | None]) -> None:
        self._ask = ask
        self._marks = marks
        self._kept: OrderedDict[tuple[RunFilter, SortKey], _Listing] = OrderedDict()
        self._closings: set[asyncio.Future[None]] = set()

    async def slice(
        self, asked: ListQuestion, wanted: Wanted, now: datetime | None, patience: float | None
    ) -> RunSlice:
        """Return the runs in some rows.

        While runs are still being looked for, ``patience`` (s) bounds the time until the answer.
        """
        until = None if patience is None else time.monotonic() + patience
        reverse = asked.sort.reverse
        with self._keeping(asked) as listing:
            while True:
                async with self._open(listing, asked, now) as question:
                    order = listing.order
                    over = until is not None and time.monotonic() >= until and not order.counted
                    found = await _slice(listing, question, wanted, reverse=reverse, anyway=over)
                    if found is not None:
                        return found
                    await order.walk_on(question.reader, question.scope)
                await asyncio.sleep(GAP_SECONDS)

    async def walk_on(self, asked: ListQuestion, now: datetime | None) -> RunCount:
        """Look for further runs for a moment, where not all are found yet; return the count."""
        with self._keeping(asked) as listing:
            async with self._open(listing, asked, now) as question:
                if not listing.order.counted:
                    await listing.order.walk_on(question.reader, question.scope)
            return _count(listing)

    async def count(self, asked: ListQuestion, now: datetime | None) -> RunCount:
        """Return how many runs match, once all are found."""
        with self._keeping(asked):
            while True:
                found = await self.walk_on(asked, now)
                if found.counted:
                    return found
                await asyncio.sleep(GAP_SECONDS)

    async def row_since(self, flt: RunFilter, start: str, now: datetime | None) -> int:
        """Return the row, newest first, of the newest run that started before an instant."""
        key, asked = RunKey(start, -(2**63)), ListQuestion(flt)
        with self._keeping(asked) as listing:
            while True:
                async with self._open(listing, asked, now) as question:
                    tally, scope = listing.order, question.scope
                    assert isinstance(tally, Tally)  # as that question is about the order by start
                    if tally.reaches_run(scope, key):
                        return await tally.rows_before(question.reader, scope, key) or 0
                    await tally.walk_on(question.reader, scope)
                await asyncio.sleep(GAP_SECONDS)

    async def close(self) -> None:
        """Forget all lists, and let go of what they hold."""
        while self._kept:
            self._let_go(next(iter(self._kept)))
        while self._closings:
            await asyncio.wait(self._closings)

    def _let_go(self, key: tuple[RunFilter, SortKey]) -> None:
        """Forget a list and have it closed; nobody waits for that, who could be cancelled."""
        listing = self._kept.pop(key)
        closing = asyncio.ensure_future(_close(listing))
        self._closings.add(closing)
        closing.add_done_callback(self._closings.discard)

    @asynccontextmanager
    async def _open(
        self, listing: _Listing, asked: ListQuestion, now: datetime | None
    ) -> AsyncIterator[Question]:
        async with listing.lock:
            async with self._ask(asked.flt, now) as question:
                await listing.order.catch_up(question.reader, question.scope, self._marks())
                listing.total = await listing.order.count_all(question.reader)
                yield question
            await listing.order.settle()

    @contextmanager
    def _keeping(self, asked: ListQuestion) -> Iterator[_Listing]:
        """Keep a list for as long as a question about it goes on, and the last ones after that."""
        key = asked.flt, asked.sort.key
        listing = self._kept.get(key) or _Listing(_order(asked.sort.key))
        self._kept[key] = listing
        self._kept.move_to_end(key)
        listing.questions += 1
        try:
            yield listing
        finally:
            listing.questions -= 1
            idle = [key for key, kept in self._kept.items() if not kept.questions]
            for key in idle[: max(0, len(self._kept) - _KEPT)]:
                self._let_go(key)


async def _close(listing: _Listing) -> None:
    async with listing.lock:  # whoever still asks about it comes first
        await listing.order.close()


def _reached(order: Order, scope: Scope, first: int, limit: int, *, reverse: bool) -> bool:
    if reverse:
        return order.counted and order.reaches(scope, order.matched - first)
    return order.reaches(scope, first + limit)


def _count(listing: _Listing) -> RunCount:
    order = listing.order
    return RunCount(
        matched=order.matched, total=listing.total, counted=order.counted, version=order.version
    )


async def _slice(
    listing: _Listing, question: Question, wanted: Wanted, *, reverse: bool, anyway: bool
) -> RunSlice | None:
    """Return the rows asked for; None where they are not reached, unless they are to be anyway."""
    reader, scope, order = question.reader, question.scope, listing.order
    limit, anchor = wanted.limit, None
    if not anyway and not _reached(order, scope, wanted.first, limit, reverse=reverse):
        return None
    if wanted.anchor is not None:
        if not anyway and not order.reaches_run(scope, wanted.anchor):
            return None
        anchor = await order.row(reader, scope, wanted.anchor, reverse=reverse)
    first = min(wanted.first_now(anchor), order.matched)
    if not anyway and not _reached(order, scope, first, limit, reverse=reverse):
        return None  # for the rows have moved
    keys = await order.keys(reader, scope, first, wanted.limit, reverse=reverse)
    return RunSlice(
        first=first,
        runs=await run_queries.summaries(reader, keys),
        anchor=anchor,
        matched=order.matched,
        total=listing.total,
        counted=order.counted,
        version=order.version,
    )
