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
from zos_monitor.store.schema import finite, julian_day, whole

_COUNTS_SQL = """
SELECT layer_name, open, status, count(*) AS runs, total(insights) AS insights,
    min(CASE WHEN began IS NOT NULL THEN started_at END) AS first_started,
    max(CASE WHEN began IS NOT NULL THEN started_at END) AS last_started,
    count(CASE WHEN ended >= began THEN 1 END) AS timed,
    total(CASE WHEN ended >= began THEN ended - began END) * 86400.0 AS seconds
FROM (
    SELECT r.layer_name, r.completed_at IS NULL AS open, r.status, r.started_at,
        {insights} AS insights, {began} AS began, {ended} AS ended
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
    CASE WHEN count(coalesce(called.tokens, chosen.tokens))
        THEN total(coalesce(called.tokens, chosen.tokens)) END AS tokens,
    sum(coalesce(called.cost, chosen.cost)) AS cost_usd,
    sum(coalesce(called.cost, chosen.cost) IS NULL) AS uncosted
FROM chosen LEFT JOIN called ON called.id = chosen.id
GROUP BY chosen.layer_name
"""
_CALLED_SQL = f"""
SELECT c.layer_run_id AS id,
    CASE WHEN count({whole("c.tokens_total")}) THEN total({whole("c.tokens_total")}) END AS tokens,
    sum({finite("c.estimated_cost_usd")}) AS cost
FROM llm_calls AS c WHERE c.layer_run_id IN (SELECT id FROM chosen) GROUP BY c.layer_run_id
"""
_NO_CALLS_SQL = "SELECT NULL AS id, NULL AS tokens, NULL AS cost WHERE 0"


async def totals(reader: Reader, where: Where, bounds: TimeBounds) -> Totals:
    """Return the totals over all runs that match, overall and by layer."""
    column = reader.schema.column
    counts = await reader.rows(
        _COUNTS_SQL.format(
            where=where.sql,
            insights=whole(column("layer_runs", "insights_created", "r")),
            began=julian_day("r.started_at"),
            ended=julian_day("r.completed_at"),
        ),
        where.params,
    )
    used = await reader.rows(
        _USAGE_SQL.format(
            where=where.sql,
            tokens=whole(column("layer_runs", "tokens_total", "r")),
            cost=finite(column("layer_runs", "estimated_cost_usd", "r")),
            called=_CALLED_SQL if "llm_calls" in reader.schema.tables else _NO_CALLS_SQL,
        ),
        where.params,
    )
    layers = _by_layer(counts, used)
    return Totals(since=bounds.since, until=bounds.until, overall=add_up(layers), by_layer=layers)


def _by_layer(counts: list[sqlite3.Row], used: list[sqlite3.Row]) -> tuple[LayerTotals, ...]:
    counts_of, used_of = _by_name(counts), _by_name(used)
    return tuple(_layer(name, counts_of[name], used_of[name]) for name in sorted(counts_of))


def _by_name(rows: list[sqlite3.Row]) -> dict[str, list[sqlite3.Row]]:
    """Return rows by the name of their layer; two names may be shown as the same text."""
    groups: dict[str, list[sqlite3.Row]] = {}
    for row in rows:
        groups.setdefault(as_text(row["layer_name"]), []).append(row)
    return groups


def _layer(name: str, rows: list[sqlite3.Row], used: list[sqlite3.Row]) -> LayerTotals:
    counts: dict[RunState, int] = {}
    for row in rows:
        state = derive_state(as_text(row["status"]), open_=bool(row["open"]))
        counts[state] = counts.get(state, 0) + row["runs"]
    firsts = [start for row in rows if (start := parse_stored(row["first_started"])) is not None]
    lasts = [start for row in rows if (start := parse_stored(row["last_started"])) is not None]
    tokens = [number for row in used if (number := as_int(row["tokens"])) is not None]
    costs = [cost for row in used if (cost := as_float(row["cost_usd"])) is not None]
    return LayerTotals(
        layer_name=name,
        counts=counts,
        insights=sum(as_int(row["insights"]) or 0 for row in rows),
        tokens=sum(tokens) if tokens else None,
        cost_usd=sum(costs) if costs else None,
        uncosted=sum(row["uncosted"] for row in used),
        timed=sum(row["timed"] for row in rows),
        seconds=sum(row["seconds"] for row in rows),
        first_started=min(firsts, default=None),
        last_started=max(lasts, default=None),
    )
