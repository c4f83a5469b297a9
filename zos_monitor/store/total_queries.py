"""The SQL behind totals."""

from __future__ import annotations

import sqlite3

from zos_monitor.model.columns import as_float, as_int, as_text
from zos_monitor.model.filters import TimeBounds
from zos_monitor.model.states import RunState, derive_state
from zos_monitor.model.stats import LayerTotals, Totals, add_up
from zos_monitor.model.times import parse_stored
from zos_monitor.store.database import Reader
from zos_monitor.store.filter_sql import Where

_COUNTS_SQL = """
SELECT layer_name, open, status, count(*) AS runs, total(insights) AS insights,
    max(started_at) AS last_started, count(seconds) AS timed, total(seconds) AS seconds
FROM (
    SELECT r.layer_name, r.completed_at IS NULL AS open, r.status, r.started_at,
        {insights} AS insights,
        CASE WHEN typeof(r.started_at) = 'text' AND typeof(r.completed_at) = 'text'
            AND julianday(r.completed_at) >= julianday(r.started_at)
            THEN (julianday(r.completed_at) - julianday(r.started_at)) * 86400.0 END AS seconds
    FROM layer_runs AS r WHERE {where}
)
GROUP BY layer_name, open, status
"""

# Per run: what its calls sum up to, else what its row says.
_USAGE_SQL = """
WITH chosen AS MATERIALIZED (
    SELECT r.id AS id, r.layer_name AS layer_name, {tokens} AS tokens, {cost} AS cost
    FROM layer_runs AS r WHERE {where}
), called AS ({called})
SELECT chosen.layer_name AS layer_name,
    total(coalesce(called.tokens, chosen.tokens)) AS tokens,
    sum(coalesce(called.cost, chosen.cost)) AS cost_usd,
    sum(coalesce(called.cost, chosen.cost) IS NULL) AS uncosted
FROM chosen LEFT JOIN called ON called.id = chosen.id
GROUP BY chosen.layer_name
"""
_CALLED_SQL = """
SELECT c.layer_run_id AS id, total(c.tokens_total) AS tokens, sum(c.estimated_cost_usd) AS cost
FROM llm_calls AS c WHERE c.layer_run_id IN (SELECT id FROM chosen) GROUP BY c.layer_run_id
"""
_NO_CALLS_SQL = "SELECT NULL AS id, NULL AS tokens, NULL AS cost WHERE 0"


async def totals(reader: Reader, where: Where, bounds: TimeBounds) -> Totals:
    """Return the totals over all runs that match, overall and by layer."""
    column = reader.schema.column
    counts = await reader.rows(
        _COUNTS_SQL.format(where=where.sql, insights=column("layer_runs", "insights_created", "r")),
        where.params,
    )
    used = await reader.rows(
        _USAGE_SQL.format(
            where=where.sql,
            tokens=column("layer_runs", "tokens_total", "r"),
            cost=column("layer_runs", "estimated_cost_usd", "r"),
            called=_CALLED_SQL if "llm_calls" in reader.schema.tables else _NO_CALLS_SQL,
        ),
        where.params,
    )
    layers = _by_layer(counts, {as_text(row["layer_name"]): row for row in used})
    return Totals(since=bounds.since, until=bounds.until, overall=add_up(layers), by_layer=layers)


def _by_layer(counts: list[sqlite3.Row], used: dict[str, sqlite3.Row]) -> tuple[LayerTotals, ...]:
    groups: dict[str, list[sqlite3.Row]] = {}
    for row in counts:
        groups.setdefault(as_text(row["layer_name"]), []).append(row)
    return tuple(_layer(name, groups[name], used.get(name)) for name in sorted(groups))


def _layer(name: str, rows: list[sqlite3.Row], used: sqlite3.Row | None) -> LayerTotals:
    counts: dict[RunState, int] = {}
    for row in rows:
        state = derive_state(as_text(row["status"]), open_=bool(row["open"]))
        counts[state] = counts.get(state, 0) + row["runs"]
    starts = [start for row in rows if (start := parse_stored(row["last_started"])) is not None]
    return LayerTotals(
        layer_name=name,
        counts=counts,
        insights=sum(as_int(row["insights"]) or 0 for row in rows),
        tokens=(as_int(used["tokens"]) or 0) if used is not None else 0,
        cost_usd=as_float(used["cost_usd"]) if used is not None else None,
        uncosted=(as_int(used["uncosted"]) or 0) if used is not None else 0,
        timed=sum(row["timed"] for row in rows),
        seconds=sum(row["seconds"] for row in rows),
        last_started=max(starts, default=None),
    )
