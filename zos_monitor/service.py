"""RunService: every question about runs, and the poll that says when to ask again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from copy import copy
from datetime import UTC, datetime, tzinfo
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from zos_monitor.history_questions import HistoryQuestions
from zos_monitor.listing import Listings, ListQuestion, Question, Wanted
from zos_monitor.model.changes import Change
from zos_monitor.model.faults import DatabaseFault
from zos_monitor.model.filters import FilterKey, RunFilter, TimeBounds, time_bounds
from zos_monitor.model.runs import RunCount, RunKey, RunSlice, RunSummary
from zos_monitor.model.sorting import BY_START, Sort
from zos_monitor.model.times import format_stored, utc_now
from zos_monitor.model.windows import within_window
from zos_monitor.polling import Poll
from zos_monitor.run_questions import RunQuestions
from zos_monitor.store import past_queries, run_queries
from zos_monitor.store.database import Database, Reader
from zos_monitor.store.faults import NO_LOG
from zos_monitor.store.filter_sql import compile_filter
from zos_monitor.store.scope import find_scope

if TYPE_CHECKING:  # what the first rows do without is imported when it is asked for
    from zos_monitor.model.nights import Nights
    from zos_monitor.model.past import LayerPast
    from zos_monitor.model.present import Present
    from zos_monitor.model.stats import Totals
    from zos_monitor.nights import NightBook, ZosDir
    from zos_monitor.present import Presence
    from zos_monitor.running_totals import RunningTotals

POLL_SECONDS = 0.25
"""The default interval between two looks of the poll."""


class RunService(RunQuestions, HistoryQuestions):
    """Answers typed questions about zos's runs; every face of the monitor asks here.

    Each question reads the database in one transaction, through a connection of its own; one that
    takes long reads it in many short ones, so that zos can fold its log away between them. Each
    raises DatabaseFault, whose message is a sentence for people, where the file can't be read. A
    question whose task is cancelled is interrupted in SQLite too.
    """

    def __init__(
        self,
        path: Path,
        *,
        clock: Callable[[], datetime] = utc_now,
        zone: tzinfo = UTC,
        zos_dir: ZosDir = None,
        poll_interval: float = POLL_SECONDS,
    ) -> None:
        self.path = path
        self.clock = clock
        self.zone = zone
        self._zos_dir = zos_dir
        self._database = Database(path, clock=lambda: self.clock())
        self.poll = Poll(self._database, clock=clock, interval=poll_interval)
        self._listings = Listings(self._ask, lambda: self.poll.marks)
        self._readers: set[RunService] = set()
        self._dismissing: set[asyncio.Future[None]] = set()

    @property
    def place(self) -> str:
        """The path of the database, as it was named."""
        return str(self.path)

    @property
    def left_out(self) -> str:
        """What the last answer had to leave out: a write-ahead log that can't be read."""
        return NO_LOG if self._database.lacks_log else ""

    def changes(self) -> AsyncIterator[Change]:
        """Yield news from the poll for ever: what changed, and whether the file can be read."""
        return self.poll.changes()

    async def newest(
        self, flt: RunFilter, *, limit: int, now: datetime | None = None
    ) -> tuple[RunSummary, ...]:
        """Return the newest matching runs, at most ``limit``; nothing is counted for that."""
        async with self._ask(flt, now) as question:
            return await run_queries.newest(question.reader, question.scope, limit=limit)

    async def run_slice(
        self,
        flt: RunFilter,
        *,
        first: int = 0,
        limit: int = 128,
        anchor: RunKey | None = None,
        anchor_row: int | None = None,
        sort: Sort = BY_START,
        now: datetime | None = None,
        patience: float | None = None,
    ) -> RunSlice:
        """Return the matching runs in the rows from ``first`` on; the first of the order has row 0.

        ``anchor`` asks along for the row that a run has now. With ``anchor_row``, the one that it
        had, the rows asked for move along, so that they hold the same runs. ``now`` is what the
        filter's relative times count from, by default the present; slices of one list need one and
        the same. Where it takes longer than ``patience`` (s), what is found by then is answered.
        """
        wanted = Wanted(first, limit, anchor, anchor_row)
        return await self._listings.slice(ListQuestion(flt, sort), wanted, now, patience)

    async def count_on(
        self, flt: RunFilter, *, sort: Sort = BY_START, now: datetime | None = None
    ) -> RunCount:
        """Look for further matching runs for a moment, and return how many there are by now.

        To be asked again until it is ``counted``; between the questions nothing is open.
        """
        return await self._listings.walk_on(ListQuestion(flt, sort), now)

    async def row_since(
        self, flt: RunFilter, instant: datetime, *, now: datetime | None = None
    ) -> int:
        """Return the row of the newest matching run that started before an instant."""
        return await self._listings.row_since(flt, format_stored(instant), now)

    async def count(self, flt: RunFilter) -> tuple[int, int]:
        """Return how many runs the filter matches, and how many there are."""
        found = await self._listings.count(ListQuestion(flt), self.clock())
        return found.matched, found.total

    async def totals(self, flt: RunFilter, *, window: str | None = None) -> Totals:
        """Return the totals of the matching runs, overall and by layer.

        ``window`` (such as ``7d``) bounds them where the filter names no time itself; ValueError
        is raised for a window that is no span. Without a bound a long history takes seconds the
        first time; asked again, the last question costs what has changed since.
        """
        return await self._totals.answer(within_window(flt, window))

    async def present(self) -> Present:
        """Return the open runs, and those that have turned since this was asked last."""
        return await self._presence.look()

    async def pasts(self, layers: Iterable[str] | None = None) -> Mapping[str, LayerPast]:
        """Return what the last finished runs of these layers tell; a layer without is left out.

        Without names it is that of all layers, at most ``PASTS_KEPT``.
        """
        async with self._read() as reader:
            if layers is None:
                layers = (await run_queries.layer_names(reader))[: past_queries.PASTS_KEPT]
            return await run_queries.pasts(reader, layers)

    async def nights(self) -> Nights:
        """Return the scheduled layers, and what became of their starts tonight and before."""
        return await self._book.nights()

    async def layer_names(self) -> tuple[str, ...]:
        """Return the names of all layers that ever ran, ordered."""
        async with self._read() as reader:
            return await run_queries.layer_names(reader)

    async def known_layers(self) -> tuple[str, ...]:
        """Return the names of all layers that ever ran or that a file tells of, ordered."""
        files = await self._book.look_at_files()
        named = (layer.name for layer in files.layers) if files is not None else ()
        return tuple(sorted({*named, *await self.layer_names()}))

    def reader(self, zone: tzinfo) -> RunService:
        """Return a service for one more reader, who has a zone and lists of its own.

        Database, poll and nights are shared. To be dismissed once nobody asks it any more; who is
        left is closed along with this one.
        """
        book, reader = self._book, copy(self)
        vars(reader).pop("_totals", None)
        reader._book, reader._presence, reader.zone = book, self.presence(), zone
        reader._listings = Listings(reader._ask, lambda: self.poll.marks)
        self._readers.add(reader)
        return reader

    def dismiss(self, reader: RunService) -> None:
        """Forget the lists of a reader that is not being asked."""
        self._readers.discard(reader)
        dismissing = asyncio.ensure_future(reader._listings.close())
        self._dismissing.add(dismissing)
        dismissing.add_done_callback(self._dismissing.discard)

    def presence(self) -> Presence:
        """Return one who answers ``present``, and remembers for itself what it has answered."""
        from zos_monitor.present import Presence

        return Presence(self._read, lambda: self.poll.marks)

    async def closed(self) -> None:
        """Wait until nothing is open any more; to be awaited before the event loop ends."""
        for reader in tuple(self._readers):
            self.dismiss(reader)
        while self._dismissing:
            await asyncio.wait(self._dismissing)
        await self._listings.close()
        await self._database.closed()

    @cached_property
    def _presence(self) -> Presence:
        return self.presence()

    @cached_property
    def _totals(self) -> RunningTotals:
        from zos_monitor.running_totals import RunningTotals

        return RunningTotals(self._ask, self._bounds, lambda: self.clock(), lambda: self.poll.marks)

    @cached_property
    def _book(self) -> NightBook:
        from zos_monitor.nights import NightBook

        return NightBook(self._read, self._zos_dir, lambda: self.clock(), lambda: self.poll.marks)

    @asynccontextmanager
    async def _read(self) -> AsyncIterator[Reader]:
        try:
            async with self._database.read() as reader:
                yield reader
        except DatabaseFault:
            self.poll.suspect()
            raise

    def _bounds(self, flt: RunFilter, now: datetime) -> TimeBounds:
        return time_bounds(flt, now=now, zone=self.zone)

    @asynccontextmanager
    async def _ask(self, flt: RunFilter, now: datetime | None = None) -> AsyncIterator[Question]:
        now = now or self.clock()
        by_kind = any(term.key is FilterKey.KIND for term in flt.terms)
        if by_kind:
            await self._book.look_at_files()
        async with self._read() as reader:
            layers = await run_queries.layer_names(reader) if flt.terms else ()
            scheduled = await self._book.scheduled_layers(reader) if by_kind else frozenset()
            where = compile_filter(
                flt,
                now=now,
                zone=self.zone,
                layers=layers,
                scheduled=scheduled,
                tables=reader.schema.tables,
                has_errors="errors" in reader.schema.columns["layer_runs"],
                named=await _ids_named(reader, flt),
            )
            bounds = self._bounds(flt, now)
            scope = await find_scope(reader, flt, where, bounds, layers, scheduled)
            yield Question(reader, where, bounds, scope)


async def _ids_named(reader: Reader, flt: RunFilter) -> Mapping[str, Sequence[str]]:
    """Return the ids of those whom the filter's bare words name, by the word."""
    terms = [term for term in flt.terms if term.key is FilterKey.TEXT]
    if not terms:
        return {}
    from zos_monitor.store.names import ids_named

    return await ids_named(reader, [value for term in terms for value in term.values])
