"""Where the runs that a filter matches are looked for: the part of an index that holds them all."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from zos_monitor.model.filters import (
    FilterKey,
    LayerKind,
    RunFilter,
    TimeBounds,
    kinds_of,
    matches,
    values_of,
)
from zos_monitor.model.states import OPEN_STATES, STORED_STATES, RunState
from zos_monitor.model.times import format_stored
from zos_monitor.store.database import Reader
from zos_monitor.store.filter_sql import Where
from zos_monitor.store.id_spans import SOURCE, id_spans

FEW = 5_000
"""Up to so many runs of the wanted statuses, the index on the status serves best."""

# Every layer's name, by jumping from one to the next in the index; the last one is NULL, and with
# IS it finds the runs that have none. Names never leave SQLite: they may be no UTF-8.
_ALL_NAMES = """
WITH RECURSIVE names(name) AS (
    SELECT min(layer_name) FROM layer_runs
    UNION ALL
    SELECT (SELECT min(layer_name) FROM layer_runs WHERE layer_name > names.name)
    FROM names WHERE names.name IS NOT NULL
)
"""
_SOME_NAMES = "WITH names(name) AS (SELECT value FROM json_each(?))"


_STATUSES = f"""
WITH RECURSIVE stored(name) AS (
    SELECT min(status) FROM layer_runs
    UNION ALL
    SELECT (SELECT min(status) FROM layer_runs WHERE status > stored.name)
    FROM stored WHERE stored.name IS NOT NULL
), statuses(name) AS (
    SELECT name FROM stored
    WHERE name IN (SELECT value FROM json_each(?))
    OR (? AND (name IN ({", ".join(f"'{state}'" for state in STORED_STATES)})) IS NOT TRUE)
)
"""

ANYWHERE = Where("1", ())
"""The condition that every run fulfils."""

_NOTHING = Where("", ())


class Span(NamedTuple):
    """A stretch of runs by start as stored: from ``since`` on, before ``until``, both optional.

    ``unstarted`` means the runs without any start instead, which are the last in the order.
    """

    since: str | None = None
    until: str | None = None
    unstarted: bool = False

    @property
    def where(self) -> Where:
        """The condition that the runs of this stretch fulfil."""
        if self.unstarted:
            return Where("r.started_at IS NULL", ())
        tests = []
        if self.since is not None:
            tests.append(Where("r.started_at >= ?", (self.since,)))
        if self.until is not None:
            tests.append(Where("r.started_at < ?", (self.until,)))
        sql = " AND ".join(test.sql for test in tests) or "r.started_at IS NOT NULL"
        return Where(sql, tuple(param for test in tests for param in test.params))


@dataclass(frozen=True)
class Scope:
    """A filter's condition, and which index leads to the runs that may fulfil it.

    ``since`` and ``until`` bound the starts of all of them, as stored. ``indexed`` tells whether
    layer and start alone decide, so that the index answers without a look at the rows.
    ``walkable`` tells whether they can be visited in the order of their starts; without the index
    for that, or where they are few anyway, they are gone through as a whole. ``turning`` tells
    whether open runs may come to fulfil the condition, or cease to, though nothing is written.
    """

    where: Where
    since: str | None
    until: str | None
    indexed: bool
    walkable: bool = False
    turning: bool = False
    head: Where = _NOTHING
    source: str = "layer_runs AS r"

    @property
    def unbounded(self) -> bool:
        """Whether every run matches."""
        return self.where == ANYWHERE and self.indexed

    @property
    def meaning(self) -> tuple[object, ...]:
        """What tells this from another scope of the same filter, but for its bounds.

        A bare word means other runs once other people are called that, and the index that leads to
        the runs is another one once there are many of them.
        """
        bounds = (self.since is not None) + (self.until is not None)  # the first to be compiled
        return self.where.sql, self.where.params[bounds:], self.source, self.walkable

    def select(self, columns: str, within: Where, tail: str = "") -> Where:
        """Return the query for columns of the matching runs that fulfil a condition."""
        return Where(
            f"{self.head.sql} SELECT {columns} FROM {self.source}"
            f" WHERE ({within.sql}) AND ({self.where.sql}) {tail}",
            (*self.head.params, *within.params, *self.where.params),
        )

    def pick(self, columns: str, rowids: Iterable[int]) -> Where:
        """Return the query for columns of those runs, by row number, that match."""
        return Where(
            f"SELECT {columns} FROM json_each(?) AS j"
            f" CROSS JOIN layer_runs AS r ON r.rowid = j.value WHERE {self.where.sql}",
            (json.dumps(sorted(rowids)), *self.where.params),
        )


async def find_scope(
    reader: Reader,
    flt: RunFilter,
    where: Where,
    bounds: TimeBounds,
    layers: Sequence[str],
    scheduled: frozenset[str] = frozenset(),
) -> Scope:
    """Return where to look for the runs of a filter; ``where`` is its condition, compiled.

    ``layers`` and ``scheduled`` are what it was compiled with.
    """
    keys = {term.key for term in flt.terms}
    indexes = reader.indexes
    scope = Scope(
        where=where,
        since=_stored(bounds.since),
        until=_stored(bounds.until),
        turning=_turning(flt),
        indexed=keys <= {FilterKey.LAYER, FilterKey.KIND, FilterKey.SINCE, FilterKey.UNTIL},
    )
    statuses = _statuses(flt)
    if statuses is not None and indexes.by_status:
        source = f"statuses CROSS JOIN layer_runs AS r INDEXED BY {indexes.by_status}"
        few = replace(scope, head=statuses, source=f"{source} ON r.status IS statuses.name")
        if await _count_up_to(reader, few, FEW + 1) <= FEW:
            return few
    spans = id_spans(flt)
    if spans is not None:
        few = replace(scope, head=spans, source=SOURCE)
        if await _count_up_to(reader, few, FEW + 1) <= FEW:
            return few
    if not indexes.by_layer:
        return scope
    source = f"names CROSS JOIN layer_runs AS r INDEXED BY {indexes.by_layer}"
    return replace(
        scope,
        head=_names(flt, layers, scheduled),
        source=f"{source} ON r.layer_name IS names.name",
        walkable=True,
    )


def _turning(flt: RunFilter) -> bool:
    """Tell whether a filter asks for states that come with the time."""
    asked = {v for term in flt.terms if term.key is FilterKey.STATUS for v in term.values}
    return 0 < len(asked.intersection(OPEN_STATES)) < len(OPEN_STATES)


def _stored(instant: datetime | None) -> str | None:
    return format_stored(instant) if instant is not None else None


def _names(flt: RunFilter, layers: Sequence[str], scheduled: frozenset[str]) -> Where:
    patterns = values_of(flt, FilterKey.LAYER)
    kinds = kinds_of(flt)
    if not patterns and LayerKind.CONVERSATION in kinds:  # as are runs whose layer has no name
        return Where(_ALL_NAMES, ())
    found = [
        name
        for name in layers
        if (LayerKind.SCHEDULED if name in scheduled else LayerKind.CONVERSATION) in kinds
        and (not patterns or any(matches(pattern, name, whole=True) for pattern in patterns))
    ]
    if any("\ufffd" in name for name in found):  # bytes that can't be bound
        return Where(_ALL_NAMES, ())
    return Where(_SOME_NAMES, (json.dumps(found),))


def _statuses(flt: RunFilter) -> Where | None:
    """Return the query of the statuses that a filter asks for, None where it takes any."""
    wanted = values_of(flt, FilterKey.STATUS)
    if not wanted or not set(OPEN_STATES).isdisjoint(wanted):  # an open run may have any status
        return None
    return Where(_STATUSES, (json.dumps(wanted), RunState.UNKNOWN in wanted))


async def _count_up_to(reader: Reader, scope: Scope, most: int) -> int:
    row = await reader.row(
        f"{scope.head.sql} SELECT count(*) FROM (SELECT 1 FROM {scope.source} LIMIT ?)",
        (*scope.head.params, most),
    )
    return row[0] if row is not None else 0
