"""The SQL behind runs: pages, slices by rank, and one run whole."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from zos_monitor.model.columns import as_text
from zos_monitor.model.errors import RunError
from zos_monitor.model.runs import RunDetail, RunKey, RunSlice, RunSummary
from zos_monitor.model.text import encodable
from zos_monitor.store import rows
from zos_monitor.store.database import Reader
from zos_monitor.store.filter_sql import Where
from zos_monitor.store.names import read_names
from zos_monitor.store.schema import RUN_COLUMNS, finite, whole

if TYPE_CHECKING:
    from zos_monitor.model.pages import RunPage

_NEWEST_FIRST = "ORDER BY r.started_at DESC, r.rowid DESC"
_OLDEST_FIRST = "ORDER BY r.started_at, r.rowid"


async def layer_names(reader: Reader) -> tuple[str, ...]:
    """Return the names of all layers that ever ran, ordered."""
    found = await reader.rows(
        """
        WITH RECURSIVE names(name) AS (
            SELECT min(layer_name) FROM layer_runs
            UNION ALL
            SELECT (SELECT min(layer_name) FROM layer_runs WHERE layer_name > names.name)
            FROM names WHERE names.name IS NOT NULL
        )
        SELECT name FROM names WHERE name IS NOT NULL
        """
    )
    return tuple(as_text(row["name"]) for row in found)


async def count(reader: Reader, where: Where) -> tuple[int, int]:
    """Return how many runs match, and how many there are."""
    row = await reader.row("SELECT count(*) AS n FROM layer_runs")
    total: int = row["n"] if row else 0
    return await _count(reader, where), total


async def page(reader: Reader, where: Where, *, after: RunKey | None, limit: int) -> RunPage:
    """Return the newest matching runs that are older than ``after``, at most ``limit``."""
    from zos_monitor.model.pages import RunPage

    matched = await _count(reader, where)
    if after is not None:
        where = _both(where, _older_than(after))
    found = await _select(reader, where, f"{_NEWEST_FIRST} LIMIT ?", (limit + 1,))
    runs = await _summaries(reader, found[:limit])
    more = len(found) > limit
    return RunPage(runs=runs, total=matched, next_after=runs[-1].key if more else None)


async def run_slice(
    reader: Reader, where: Where, *, first: int | None, limit: int, anchor: RunKey | None
) -> RunSlice:
    """Return the runs from rank ``first`` upwards; ``first`` None means the newest ``limit``."""
    matched, total = await count(reader, where)
    start = max(0, matched - limit) if first is None else min(max(0, first), matched)
    size = min(limit, matched - start)
    found = await _by_rank(reader, where, start, size, matched) if size else []
    rank = await _rank(reader, where, anchor) if anchor is not None else None
    runs = await _summaries(reader, found)
    return RunSlice(first=start, runs=runs, matched=matched, total=total, anchor=rank)


async def run(reader: Reader, run_id: str) -> RunDetail | None:
    """Return one run by its whole id, None where there is none."""
    if run_id != encodable(run_id):  # no column holds such text, and it can't be bound
        return None
    found = await _select(reader, Where("r.id = ?", (run_id,)), "LIMIT 1", ())
    if not found:
        return None
    calls = await _calls_by_run(reader, [run_id])
    stored: int | None = None
    if "insights" in reader.schema.tables:
        row = await reader.row(
            "SELECT count(*) AS n FROM insights WHERE layer_run_id = ?", (run_id,)
        )
        stored = row["n"] if row else 0
    detail = rows.detail(found[0], calls.get(run_id), insights_stored=stored)
    return replace(detail, errors=await _with_names(reader, detail.errors))


async def _with_names(reader: Reader, errors: Sequence[RunError]) -> tuple[RunError, ...]:
    names = await read_names(reader, [error.topic for error in errors if error.topic])
    return tuple(
        replace(error, topic_name=names.topic(error.topic)) if error.topic else error
        for error in errors
    )


async def _count(reader: Reader, where: Where) -> int:
    row = await reader.row(
        f"SELECT count(*) AS n FROM layer_runs AS r WHERE {where.sql}", where.params
    )
    return row["n"] if row else 0


async def _select(
    reader: Reader, where: Where, tail: str, params: Sequence[object]
) -> list[sqlite3.Row]:
    columns = ", ".join(
        f"{reader.schema.column('layer_runs', name, 'r')} AS {name}" for name in RUN_COLUMNS
    )
    return await reader.rows(
        f"SELECT r.rowid AS rowid, {columns} FROM layer_runs AS r WHERE {where.sql} {tail}",
        (*where.params, *params),
    )


async def _by_rank(
    reader: Reader, where: Where, start: int, size: int, matched: int
) -> list[sqlite3.Row]:
    """Return rows by rank, walked to from the nearer end over row numbers alone."""
    from_top = matched - start - size
    order, skip = (_OLDEST_FIRST, start) if start <= from_top else (_NEWEST_FIRST, from_top)
    inner = f"SELECT r.rowid FROM layer_runs AS r WHERE {where.sql} {order} LIMIT ? OFFSET ?"
    chosen = Where(f"r.rowid IN ({inner})", (*where.params, size, skip))
    return await _select(reader, chosen, _OLDEST_FIRST, ())


async def _rank(reader: Reader, where: Where, key: RunKey) -> int | None:
    there = _both(where, Where("r.rowid = ? AND r.started_at IS ?", (key.rowid, key.started)))
    if not await _count(reader, there):
        return None
    return await _count(reader, _both(where, _older_than(key)))


def _both(one: Where, other: Where) -> Where:
    return Where(f"({one.sql}) AND ({other.sql})", (*one.params, *other.params))


def _older_than(key: RunKey) -> Where:
    if key.started is None:  # NULL is lowest in SQLite's order
        return Where("r.started_at IS NULL AND r.rowid < ?", (key.rowid,))
    return Where(
        "(r.started_at, r.rowid) < (?, ?) OR r.started_at IS NULL", (key.started, key.rowid)
    )


async def _summaries(reader: Reader, found: Sequence[sqlite3.Row]) -> tuple[RunSummary, ...]:
    calls = await _calls_by_run(reader, [as_text(row["id"]) for row in found])
    return tuple(rows.summary(row, calls.get(as_text(row["id"]))) for row in found)


async def _calls_by_run(reader: Reader, run_ids: Sequence[str]) -> dict[str, sqlite3.Row]:
    """Return the sums over each run's calls; a run without recorded calls is left out."""
    if not run_ids or "llm_calls" not in reader.schema.tables:
        return {}

    def total(name: str) -> str:
        column = whole(reader.schema.column("llm_calls", name, "c"))
        return f"CASE WHEN count({column}) THEN total({column}) END AS {name}"

    success = reader.schema.column("llm_calls", "success", "c")
    found = await reader.rows(
        f"""
        SELECT c.layer_run_id AS run_id, count(*) AS calls, total({success} = 0) AS failed_calls,
            {total("tokens_input")}, {total("tokens_output")}, {total("tokens_total")},
            sum({finite("c.estimated_cost_usd")}) AS cost_usd
        FROM llm_calls AS c WHERE c.layer_run_id IN (SELECT value FROM json_each(?))
        GROUP BY c.layer_run_id
        """,
        (json.dumps(list(run_ids)),),
    )
    return {as_text(row["run_id"]): row for row in found}
