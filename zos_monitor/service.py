"""RunService: every question about runs, and the poll that says when to ask again."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from zos_monitor.model.changes import Change
from zos_monitor.model.filters import (
    FilterKey,
    RunFilter,
    Term,
    TimeBounds,
    time_bounds,
)
from zos_monitor.model.runs import RunDetail, RunKey, RunSlice
from zos_monitor.model.stats import Totals
from zos_monitor.model.times import parse_span, utc_now
from zos_monitor.model.windows import has_time
from zos_monitor.polling import Poll
from zos_monitor.store import names, run_queries, total_queries
from zos_monitor.store.database import Database, Reader
from zos_monitor.store.faults import DatabaseFault
from zos_monitor.store.filter_sql import Where, compile_filter

if TYPE_CHECKING:
    from zos_monitor.model.pages import RunPage

POLL_SECONDS = 0.25
"""The default interval between two looks of the poll."""


class _Question(NamedTuple):
    reader: Reader
    where: Where
    bounds: TimeBounds


class RunService:
    """Answers typed questions about zos's runs; every face of the monitor asks here.

    Each question reads the database once, in one transaction, through a connection of its own.
    Each raises DatabaseFault, whose message is a sentence for people, where the file can't be
    read. A question whose task is cancelled is interrupted in SQLite too.
    """

    def __init__(
        self,
        path: Path,
        *,
        clock: Callable[[], datetime] = utc_now,
        zone: tzinfo = UTC,
        poll_interval: float = POLL_SECONDS,
    ) -> None:
        self.path = path
        self.clock = clock
        self.zone = zone
        self._database = Database(path)
        self.poll = Poll(self._database, clock=clock, interval=poll_interval)

    def changes(self) -> AsyncIterator[Change]:
        """Yield news from the poll for ever: what changed, and whether the file can be read."""
        return self.poll.changes()

    async def page(
        self, flt: RunFilter, *, after: RunKey | None = None, limit: int = 50
    ) -> RunPage:
        """Return the newest matching runs, or those older than ``after``; at most ``limit``."""
        async with self._ask(flt) as question:
            return await run_queries.page(question.reader, question.where, after=after, limit=limit)

    async def run_slice(
        self,
        flt: RunFilter,
        *,
        first: int | None = None,
        limit: int = 128,
        anchor: RunKey | None = None,
        now: datetime | None = None,
    ) -> RunSlice:
        """Return matching runs by rank from ``first`` (the oldest is 0); the newest for None.

        ``anchor`` asks along for the rank that a run has now. ``now`` is what the filter's
        relative times count from, by default the present; slices of one list need one and the
        same.
        """
        async with self._ask(flt, now) as question:
            return await run_queries.run_slice(
                question.reader, question.where, first=first, limit=limit, anchor=anchor
            )

    async def count(self, flt: RunFilter) -> tuple[int, int]:
        """Return how many runs the filter matches, and how many there are."""
        async with self._ask(flt) as question:
            return await run_queries.count(question.reader, question.where)

    async def run(self, run_id: str) -> RunDetail | None:
        """Return one run with its errors, by its whole id; None where there is none."""
        async with self._read() as reader:
            return await run_queries.run(reader, run_id)

    async def totals(self, flt: RunFilter, *, window: str | None = None) -> Totals:
        """Return the totals of the matching runs, overall and by layer.

        ``window`` (such as ``7d``) bounds them where the filter names no time itself; ValueError
        is raised for a window that is no span.
        """
        if window is not None and parse_span(window) is None:
            raise ValueError(f"{window!r} is no span of time such as 7d")
        if window is not None and not has_time(flt):
            since = Term(key=FilterKey.SINCE, values=(window,), negated=False, start=0, end=0)
            flt = replace(flt, terms=(*flt.terms, since))
        async with self._ask(flt) as question:
            return await total_queries.totals(question.reader, question.where, question.bounds)

    async def layer_names(self) -> tuple[str, ...]:
        """Return the names of all layers that ever ran, ordered."""
        async with self._read() as reader:
            return await run_queries.layer_names(reader)

    async def closed(self) -> None:
        """Wait until nothing is open any more; to be awaited before the event loop ends."""
        await self._database.closed()

    @asynccontextmanager
    async def _read(self) -> AsyncIterator[Reader]:
        try:
            async with self._database.read() as reader:
                yield reader
        except DatabaseFault:
            self.poll.suspect()
            raise

    @asynccontextmanager
    async def _ask(self, flt: RunFilter, now: datetime | None = None) -> AsyncIterator[_Question]:
        now = now or self.clock()
        async with self._read() as reader:
            if flt.terms:
                await reader.use_filter_functions()
            where = compile_filter(
                flt,
                now=now,
                zone=self.zone,
                layers=await run_queries.layer_names(reader) if flt.terms else (),
                tables=reader.schema.tables,
                has_errors="errors" in reader.schema.columns["layer_runs"],
                named=await names.ids_named(reader, _bare_words(flt)),
            )
            yield _Question(reader, where, time_bounds(flt, now=now, zone=self.zone))


def _bare_words(flt: RunFilter) -> tuple[str, ...]:
    return tuple(value for term in flt.terms if term.key is FilterKey.TEXT for value in term.values)
