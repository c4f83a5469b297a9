"""Walking over runs in the order of their starts, one stretch of time after the other.

There is an index of each layer's starts, but none of all starts. So time is cut into stretches:
the layers' parts of one stretch come from the index, and only those few runs are sorted.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from zos_monitor.model.runs import RunKey
from zos_monitor.model.times import format_stored, parse_stored
from zos_monitor.store.database import Reader
from zos_monitor.store.filter_sql import Where
from zos_monitor.store.scope import ANYWHERE, Scope, Span

_NEWEST_FIRST = "ORDER BY r.started_at DESC, r.rowid DESC"
_OLDEST_FIRST = "ORDER BY r.started_at, r.rowid"

_KEY = "r.started_at, r.rowid"

_SHORTEST = timedelta(seconds=1)
_GROWTH = 8  # how much longer than the last stretch the next one is at most
_AMPLE = 1.25  # a stretch is made for so many times the runs that are wanted

# Text between these is an instant, if any; bare years would be compared as numbers, and match none.
_ENDS_SQL = """
{head} SELECT min(first) AS first, max(last) AS last FROM (
    SELECT (SELECT min(started_at) FROM layer_runs WHERE layer_name IS names.name AND {instant})
        AS first,
        (SELECT max(started_at) FROM layer_runs WHERE layer_name IS names.name AND {instant})
        AS last
    FROM names
)
"""
_INSTANT = "started_at >= '1000-01-01' AND started_at < '9999-12-31'"


class Course:
    """Cuts the starts of a scope's runs into stretches, newest first or oldest first.

    Together the stretches hold every run once; each is made as long as the one before suggests.
    """

    def __init__(
        self, scope: Scope, first: datetime, last: datetime, runs: int, *, ascending: bool = False
    ) -> None:
        self._since, self._until = scope.since, scope.until
        self._bounded = scope.since is not None or scope.until is not None
        """Whether what has no start is left out."""
        self._ascending = ascending
        self._last = max(first, min(last, parse_stored(scope.until) or last))
        self._first = min(self._last, max(first, parse_stored(scope.since) or first))
        self._length = _positive((last - first) / max(1, runs))  # a run's, until stretches tell
        self._edge = self._first if ascending else self._last
        self._begun = self._timed = False
        self.done = False
        """Whether no stretch is left."""

    @property
    def ending(self) -> bool:
        """Whether only runs without a start are left."""
        return self._timed and not self._ascending and not self.done

    def next(self, wanted: int) -> Span:
        """Return the next stretch, meant to hold somewhat more than ``wanted`` runs."""
        whole = max(_SHORTEST, self._last - self._first)
        share = self._length / whole * wanted * _AMPLE  # a number: a time so long there may not be
        step = whole if share >= 1 else max(_SHORTEST, whole * share)
        span = self._upwards(step) if self._ascending else self._downwards(step)
        self._begun = True
        self._step = step
        return span

    def took(self, runs: int) -> None:
        """Note how many runs the last stretch has held."""
        grown = min(self._length, self._step) * _GROWTH
        self._length = _positive(min(self._step / max(1, runs), grown))

    def _downwards(self, step: timedelta) -> Span:
        if self._timed:
            self.done = True
            return Span(unstarted=True)
        until = format_stored(self._edge) if self._begun else self._until
        if step < self._edge - self._first:
            self._edge -= step
            return Span(since=format_stored(self._edge), until=until)
        self._timed = True
        self.done = self._bounded
        return Span(since=self._since, until=until)

    def _upwards(self, step: timedelta) -> Span:
        if not self._begun and not self._bounded:
            return Span(unstarted=True)
        since = format_stored(self._edge) if self._timed else self._since
        self._timed = True
        if step < self._last - self._edge:
            self._edge += step
            return Span(since=since, until=format_stored(self._edge))
        self.done = True
        return Span(since=since, until=self._until)


def _positive(length: timedelta) -> timedelta:
    """Return the length, or the least there is: what grows from nothing stays nothing."""
    return max(length, timedelta.resolution)


async def plan_course(reader: Reader, scope: Scope, *, ascending: bool = False) -> Course:
    """Return the course over a walkable scope."""
    row = await reader.row(
        _ENDS_SQL.format(head=scope.head.sql, instant=_INSTANT), scope.head.params
    )
    last = parse_stored(row["last"]) if row is not None else None
    first = parse_stored(row["first"]) if row is not None else None
    last = last or datetime(2000, 1, 1, tzinfo=UTC)
    newest = await reader.row("SELECT max(rowid) AS n FROM layer_runs")
    runs = (newest["n"] if newest is not None else None) or 1
    return Course(scope, first or last, last, runs, ascending=ascending)


async def newest(reader: Reader, scope: Scope, *, skip: int, limit: int) -> list[RunKey]:
    """Return the keys of matching runs, newest first, after the ``skip`` newest ones."""
    return await _from_end(reader, scope, skip, limit, ascending=False)


async def oldest(reader: Reader, scope: Scope, *, skip: int, limit: int) -> list[RunKey]:
    """Return the keys of matching runs, oldest first, after the ``skip`` oldest ones."""
    return await _from_end(reader, scope, skip, limit, ascending=True)


async def within(
    reader: Reader, scope: Scope, span: Where, *, skip: int, limit: int
) -> list[RunKey]:
    """Return the keys of matching runs of a span, newest first, after the ``skip`` newest."""
    query = scope.select(_KEY, span, f"{_NEWEST_FIRST} LIMIT ? OFFSET ?")
    return await _keys(reader, query, limit, skip)


async def count(reader: Reader, scope: Scope, span: Where = ANYWHERE) -> int:
    """Return how many runs of a span match."""
    query = scope.select("count(*)", span)
    (row,) = await reader.rows(query.sql, query.params)
    matched: int = row[0]
    return matched


def newer_than(key: RunKey) -> Where:
    """Return the condition for the runs that come before a run in a list, newest first."""
    if key.started is None:
        return Where("r.started_at IS NOT NULL OR r.rowid > ?", (key.rowid,))
    sql, start = _start(key)
    test = f"r.started_at >= {sql} AND (r.started_at, r.rowid) > ({sql}, ?)"  # first for the index
    return Where(test, (start, start, key.rowid))


def older_than(key: RunKey) -> Where:
    """Return the condition for the runs that come after a run in a list, newest first."""
    if key.started is None:
        return Where("r.started_at IS NULL AND r.rowid < ?", (key.rowid,))
    sql, start = _start(key)
    test = f"r.started_at <= {sql} AND (r.started_at, r.rowid) < ({sql}, ?)"
    return Where(test, (start, start, key.rowid))


def _start(key: RunKey) -> tuple[str, object]:
    """Return the SQL of a key's start and what to bind; what is no UTF-8 has to stay in SQLite."""
    if isinstance(key.started, str) and "\ufffd" in key.started:
        return "(SELECT s.started_at FROM layer_runs AS s WHERE s.rowid = ?)", key.rowid
    return "?", key.started


async def picked(reader: Reader, scope: Scope, rowids: Iterable[int]) -> list[RunKey]:
    """Return the keys of those of some runs that match."""
    return await _keys(reader, scope.pick(_KEY, rowids))


async def _from_end(
    reader: Reader, scope: Scope, skip: int, limit: int, *, ascending: bool
) -> list[RunKey]:
    order = _OLDEST_FIRST if ascending else _NEWEST_FIRST
    if not scope.walkable:
        query = scope.select(_KEY, ANYWHERE, f"{order} LIMIT ? OFFSET ?")
        return await _keys(reader, query, limit, skip)
    course = await plan_course(reader, scope, ascending=ascending)
    keys: list[RunKey] = []
    while not course.done and (lacking := skip + limit - len(keys)) > 0:
        query = scope.select(_KEY, course.next(lacking).where, f"{order} LIMIT ?")
        found = await _keys(reader, query, lacking)
        course.took(len(found))
        keys += found
    return keys[skip:]


async def _keys(reader: Reader, query: Where, *bounds: int) -> list[RunKey]:
    found = await reader.rows(query.sql, (*query.params, *bounds))
    return [RunKey(row[0], row[1]) for row in found]
