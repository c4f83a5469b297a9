"""The ranking: the runs that a filter matches, sorted by a figure that has no index.

Every matching run's figure is read once, over many short reads, and kept with the row's number in
a scratch database of SQLite's own: in memory as far as a small cache goes, in a nameless temporary
file beyond that, and gone when it is closed. There an index gives any row of the list. After that
each commit costs what it changed: only those runs' figures are read again.
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from copy import copy

import aiosqlite

from zos_monitor.model.faults import DatabaseFault, FaultKind
from zos_monitor.model.runs import RunKey
from zos_monitor.model.sorting import SortKey
from zos_monitor.order import MANY_RUNS, STEP_SECONDS, Order
from zos_monitor.store import walk
from zos_monitor.store.database import Reader
from zos_monitor.store.figure_sql import figure_sql
from zos_monitor.store.probe import Delta, Marks, runs_named
from zos_monitor.store.scope import ANYWHERE, Scope

_STEP = 5_000  # runs read at a time

_SETTING_UP = (
    "PRAGMA journal_mode = off",
    "PRAGMA synchronous = off",
    "DROP TABLE IF EXISTS ranked",
    "CREATE TABLE ranked (run INTEGER PRIMARY KEY, figure REAL)",
)
_INSERT = "INTO ranked VALUES (?, ?)"
_COUNT = "SELECT count(*) FROM ranked WHERE"


class Ranking(Order):
    """Sorts one filter's runs, the one with the highest figure first.

    Runs of the same figure stand newest first, in reverse oldest first. Those without one are last,
    newest first, in both directions.
    """

    def __init__(self, by: SortKey) -> None:
        super().__init__()
        self._by = by
        self._matched = 0
        self._sorted = False
        self._scratch: asyncio.Future[aiosqlite.Connection] | None = None
        self._course: walk.Course | None = None
        self._walked = False
        self._figured = 0  # runs that have a figure

    @property
    def matched(self) -> int:
        """How many runs match, of those found so far unless ``counted``."""
        return self._matched

    @property
    def counted(self) -> bool:
        """Whether all runs that match are found and sorted."""
        return self._sorted

    async def catch_up(self, reader: Reader, scope: Scope, known: Marks | None) -> None:
        """Take in what was committed since the last time; ``known`` are the poll's marks."""
        meaning = scope.meaning, scope.since, scope.until, figure_sql(self._by, reader.schema)
        same, self._whole = self._whole and self._meaning == meaning, False
        delta = await self._commits.since(reader, known)
        if not same or delta is None or not await self._take(reader, scope, delta):
            await self._begin()
            self._meaning = meaning
        self._whole = True

    async def _begin(self) -> None:
        scratch = self._scratch
        if scratch is None or (scratch.done() and scratch.exception() is not None):
            self._scratch = asyncio.ensure_future(_make_scratch())
        for statement in _SETTING_UP:  # what a question that was cut off has begun ends before
            await self._ask(statement)
        self.version += 1
        self._matched = self._figured = 0
        self._sorted = self._walked = False
        self._course = None

    async def _take(self, reader: Reader, scope: Scope, delta: Delta) -> bool:
        if not delta and not scope.turning:
            return True
        named = await runs_named(reader, delta)
        changed = {*delta.appended, *delta.closed, *delta.found_open, *delta.open_runs, *named}
        if len(changed) > MANY_RUNS:
            return not delta  # what only the time has turned can wait
        figure = figure_sql(self._by, reader.schema)
        query = scope.pick(f"r.rowid, {figure}", changed)
        found = await reader.rows(query.sql, query.params)
        before = await self._read(changed)
        after = {row[0]: row[1] for row in found}
        if before != after:
            await self._replace(before, after)
            self.version += 1
        return True

    async def _read(self, runs: Iterable[int]) -> dict[int, float | None]:
        rows = await self._ask(f"SELECT run, figure FROM ranked WHERE run IN ({_listed(runs)})")
        return {row[0]: row[1] for row in rows}

    async def _replace(
        self, before: dict[int, float | None], after: dict[int, float | None]
    ) -> None:
        await self._ask(f"DELETE FROM ranked WHERE run IN ({_listed(before)})")
        await self._insert(f"INSERT {_INSERT}", after.items())
        for runs, by in ((before, -1), (after, 1)):
            self._matched += by * len(runs)
            self._figured += by * sum(figure is not None for figure in runs.values())

    # The walk

    async def walk_on(self, reader: Reader, scope: Scope) -> None:
        """Read the figures of further runs, for about ``STEP_SECONDS``."""
        if self._course is None and scope.walkable:
            self._course = await walk.plan_course(reader, scope)
        columns = f"r.rowid, {figure_sql(self._by, reader.schema)}"
        until = time.perf_counter() + STEP_SECONDS
        while not self._walked:
            course = copy(self._course)
            span = course.next(_STEP).where if course is not None else ANYWHERE
            query = scope.select(columns, span)
            found = await reader.rows(query.sql, query.params)
            # Those that changed while the walk was on its way are there already, and fresher.
            await self._insert(f"INSERT OR IGNORE {_INSERT}", found)
            self._matched += len(found)
            if course is not None:
                course.took(len(found))
            self._course, self._walked = course, course is None or course.done
            if time.perf_counter() >= until:
                break

    async def settle(self) -> None:
        """Sort what has been read, once that is all; to be called while zos's file is closed."""
        if self._walked and not self._sorted:
            await self._ask("CREATE INDEX IF NOT EXISTS by_figure ON ranked (figure, run)")
            ((self._matched, self._figured),) = await self._ask(
                "SELECT count(*), count(figure) FROM ranked"
            )
            self._sorted = True

    def reaches(self, scope: Scope, row: int) -> bool:
        """Tell whether the runs in the rows before this one can be found by now."""
        return self.counted

    def reaches_run(self, scope: Scope, key: RunKey) -> bool:
        """Tell whether the row of a run can be found by now."""
        return self.counted

    # Rows, counted from the first of the order

    async def keys(
        self, reader: Reader, scope: Scope, row: int, limit: int, *, reverse: bool = False
    ) -> list[RunKey]:
        """Return the runs in the rows from ``row`` on; their starts are left out."""
        if not self.counted:
            return []
        if reverse:
            order = "figure IS NOT NULL ORDER BY figure, run"
        else:
            order = "figure IS NOT NULL ORDER BY figure DESC, run DESC"
        found = await self._runs(order, row, limit)
        lacking = limit - len(found)
        if lacking > 0:
            skipped = max(0, row - self._figured)
            found += await self._runs("figure IS NULL ORDER BY run DESC", skipped, lacking)
        return [RunKey(None, run) for run in found]

    async def row(
        self, reader: Reader, scope: Scope, key: RunKey, *, reverse: bool = False
    ) -> int | None:
        """Return the row of a run; None where it does not match."""
        figures = await self._read([key.rowid])
        if key.rowid not in figures or not self.counted:
            return None
        figure = figures[key.rowid]
        if figure is None:
            newer = await self._ask(f"{_COUNT} figure IS NULL AND run > ?", (key.rowid,))
            return self._figured + int(newer[0][0])
        beyond = "<" if reverse else ">"
        test = f"figure IS NOT NULL AND (figure, run) {beyond} (?, ?)"
        before = await self._ask(f"{_COUNT} {test}", (figure, key.rowid))
        return int(before[0][0])

    async def close(self) -> None:
        """Let go of the scratch database."""
        scratch, self._scratch = self._scratch, None
        self._whole = False
        if scratch is not None:
            with suppress(sqlite3.Error):  # it could not be opened: then there is nothing to close
                await (await scratch).close()

    async def _runs(self, where: str, skip: int, limit: int) -> list[int]:
        rows = await self._ask(
            f"SELECT run FROM ranked WHERE {where} LIMIT ? OFFSET ?", (limit, skip)
        )
        return [row[0] for row in rows]

    async def _ask(self, sql: str, params: Sequence[object] = ()) -> list[sqlite3.Row]:
        with _faults():
            scratch = await self._open()
            return list(await scratch.execute_fetchall(sql, params))

    async def _insert(self, sql: str, rows: Iterable[Sequence[object]]) -> None:
        with _faults():
            scratch = await self._open()
            await (await scratch.executemany(sql, rows)).close()

    async def _open(self) -> aiosqlite.Connection:
        if self._scratch is None:
            raise RuntimeError("a ranking is used before it has caught up")
        return await asyncio.shield(self._scratch)


async def _make_scratch() -> aiosqlite.Connection:
    return await aiosqlite.connect("", isolation_level=None)


@contextmanager
def _faults() -> Iterator[None]:
    """Tell a fault of the scratch database for what it is: it is not zos's."""
    try:
        yield
    except sqlite3.Error as error:
        raise DatabaseFault(
            FaultKind.OTHER,
            f"the runs can't be sorted ({error}); is there room for temporary files?",
        ) from error


def _listed(runs: Iterable[int]) -> str:
    return ", ".join(map(str, runs))
