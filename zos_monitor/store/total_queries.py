"""The SQL behind totals: sums over chosen runs, each with the cost of its own calls.

A run's calls are looked up by the run, whenever they were made. By the time of the calls they
could be read in one go; but a call may lie outside of any bounds for its run's start, and the
look-ups, in the order of the row numbers, cost no more than that and the sorting of calls by run.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from typing import NamedTuple

from zos_monitor.model.columns import as_text, sum_as_float, sum_as_int
from zos_monitor.model.states import derive_state
from zos_monitor.model.sums import LayerSums, Sums, added
from zos_monitor.store.database import Reader
from zos_monitor.store.filter_sql import Where
from zos_monitor.store.judge import OPEN_STATE
from zos_monitor.store.rows import open_state
from zos_monitor.store.schema import finite, julian_day, whole

SUMMED_SQL = """
SELECT typeof(layer_name) || hex(layer_name) AS key, layer_name, completed_at, open_state, status,
    count(*) AS runs, total(insights) AS insights,
    count(tokens) AS tokened, total(tokens) AS tokens,
    count(cost) AS costed, total(cost) AS cost_usd,
    count(own_cost) AS stored, total(own_cost) AS stored_cost_usd,
    count(CASE WHEN ended >= began THEN 1 END) AS timed,
    total(CASE WHEN ended >= began THEN ended - began END) * 86400.0 AS seconds,
    count(began) AS begun,
    min(CASE WHEN began IS NOT NULL THEN started_at END) AS first,
    max(CASE WHEN began IS NOT NULL THEN started_at END) AS last,
    group_concat(CASE WHEN completed_at IS NULL THEN number END) AS open_runs
FROM {runs} GROUP BY layer_name, open_state, completed_at, status
"""
"""Sums over ``runs``, a row each, which ``sums_of`` reads."""

# One row per run: what its calls sum up to, else what its row says.
_RUNS_SQL = """(
    SELECT r.rowid AS number, r.layer_name AS layer_name,
        CASE WHEN r.completed_at IS NOT NULL THEN 1 END AS completed_at, {open_state} AS open_state,
        r.status AS status, r.started_at AS started_at, {began} AS began, {ended} AS ended,
        {insights} AS insights,
        coalesce(sum(1.0 * {call_tokens}), {tokens}) AS tokens,
        coalesce(sum(1.0 * {call_cost}), {cost}) AS cost, {cost} AS own_cost
    FROM layer_runs AS r LEFT JOIN {calls} AS c ON c.layer_run_id = r.id
    WHERE r.rowid IN ({chosen})
    GROUP BY r.rowid
)"""
_NO_CALLS = "(SELECT NULL AS layer_run_id, NULL AS tokens_total, NULL AS estimated_cost_usd)"

# With IS TRUE around it no index serves the condition, so that the one on name and start does.
_FIRSTS_SQL = """
WITH layers(name) AS (
    SELECT DISTINCT g.layer_name FROM layer_runs AS g WHERE g.rowid IN ({chosen})
)
SELECT typeof(name) || hex(name) AS key, (
    SELECT r.started_at FROM layer_runs AS r
    WHERE r.layer_name IS layers.name AND {within}
    AND ({where}) IS TRUE AND r.completed_at IS NOT NULL AND {began} IS NOT NULL
    ORDER BY r.started_at LIMIT 1
) AS first
FROM layers
"""


class Found(NamedTuple):
    """The sums over closed runs and over open ones, and the row numbers of the latter."""

    closed: LayerSums
    open: LayerSums
    open_runs: frozenset[int]


async def sums(reader: Reader, chosen: Where) -> Found:
    """Return the sums over the runs whose row numbers a query returns."""
    column = reader.schema.column
    runs = _RUNS_SQL.format(
        chosen=chosen.sql,
        open_state=OPEN_STATE,
        began=julian_day("r.started_at"),
        ended=julian_day("r.completed_at"),
        insights=whole(column("layer_runs", "insights_created", "r")),
        tokens=whole(column("layer_runs", "tokens_total", "r")),
        cost=finite(column("layer_runs", "estimated_cost_usd", "r")),
        calls="llm_calls" if "llm_calls" in reader.schema.tables else _NO_CALLS,
        call_tokens=whole("c.tokens_total"),
        call_cost=finite("c.estimated_cost_usd"),
    )
    return sums_of(await reader.rows(SUMMED_SQL.format(runs=runs), chosen.params))


def sums_of(rows: Iterable[sqlite3.Row]) -> Found:
    """Return the sums that the rows of ``SUMMED_SQL`` say."""
    closed: LayerSums = {}
    open_: LayerSums = {}
    open_runs: set[int] = set()
    for row in rows:
        if row["completed_at"] is None:
            open_ = added(open_, {row["key"]: _sums(row)})
            open_runs.update(map(int, row["open_runs"].split(",")))
        else:
            closed = added(closed, {row["key"]: _sums(row)})
    return Found(closed, open_, frozenset(open_runs))


async def first_starts(
    reader: Reader, chosen: Where, *, where: Where, within: Where
) -> dict[str, str]:
    """Return the first start of the closed runs that fulfil two conditions, by layer.

    The layers are those of the runs whose row numbers a query returns, under the keys that their
    sums have. ``within`` bounds the start.
    """
    rows = await reader.rows(
        _FIRSTS_SQL.format(
            chosen=chosen.sql,
            where=where.sql,
            within=within.sql,
            began=julian_day("r.started_at"),
        ),
        (*chosen.params, *within.params, *where.params),
    )
    return {row["key"]: row["first"] for row in rows if row["first"] is not None}


async def any_of(reader: Reader, rowids: Iterable[int], where: Where) -> bool:
    """Tell whether one of the runs with these row numbers fulfils a condition."""
    row = await reader.row(
        f"""
        SELECT 1 FROM json_each(?) AS j CROSS JOIN layer_runs AS r ON r.rowid = j.value
        WHERE {where.sql} LIMIT 1
        """,
        (json.dumps(sorted(rowids)), *where.params),
    )
    return row is not None


def _sums(row: sqlite3.Row) -> Sums:
    is_open = row["completed_at"] is None
    state = derive_state(row["status"], open_state(row))
    return Sums(
        layer_name=as_text(row["layer_name"]),
        counts={state: row["runs"]},
        insights=sum_as_int(row["insights"]) or 0,
        tokened=row["tokened"],
        tokens=sum_as_int(row["tokens"]) or 0,
        costed=row["costed"],
        waiting=row["runs"] - row["costed"] if is_open else 0,
        open_cost_usd=(sum_as_float(row["cost_usd"]) or 0.0) if is_open else 0.0,
        cost_usd=sum_as_float(row["cost_usd"]) or 0.0,
        stored=row["stored"],
        stored_cost_usd=sum_as_float(row["stored_cost_usd"]) or 0.0,
        timed=row["timed"],
        seconds=row["seconds"],
        begun=row["begun"],
        first=row["first"],
        last=row["last"],
    )
