"""The SQL behind the full statistics: what sums over runs leave out, in one pass over the calls.

A run's calls are looked up by the run, as for the totals: a scan of ``llm_calls`` would walk
through all prompts.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from zos_monitor.model.breakdown import LOOKED_BACK
from zos_monitor.model.columns import as_text, sum_as_float, sum_as_int
from zos_monitor.model.figures import QUARTERS_A_DAY
from zos_monitor.model.states import RunState
from zos_monitor.model.sums import LayerSums, added
from zos_monitor.model.times import parse_stored
from zos_monitor.store.database import Reader
from zos_monitor.store.filter_sql import Where
from zos_monitor.store.judge import OPEN_STATE
from zos_monitor.store.schema import Schema, finite, julian_day, whole
from zos_monitor.store.total_queries import SUMMED_SQL, sums_of

_LAYER, _MODEL = _PARTS = "layer", "model"  # which no key of a layer's sums is
_JOINED = "LEFT JOIN llm_calls AS c ON c.layer_run_id = r.id"

# A row for each call, and one for each run without calls; then one for each run. As several
# summaries read them, SQLite (from 3.35 on) keeps them: the calls are read once.
_HEAD_SQL = f"""
WITH parts AS (
    SELECT r.rowid AS number, {{call}} AS call, {{provider}} AS provider, {{model}} AS model,
        {{success}} AS success, {{input}} AS input, {{output}} AS output, {{total}} AS total,
        {{cost}} AS cost, {{latency}} AS latency, {{called}} AS called
    FROM layer_runs AS r {{calls}}
    WHERE r.rowid IN ({{chosen}})
), runs AS (
    SELECT number, r.layer_name, r.status, r.started_at, {{insights}} AS insights,
        CASE WHEN r.completed_at IS NOT NULL THEN 1 END AS completed_at,
        {OPEN_STATE} AS open_state,
        {julian_day("r.started_at")} AS began, {julian_day("r.completed_at")} AS ended,
        CASE WHEN told THEN input ELSE {{row_input}} END AS input,
        CASE WHEN told THEN output ELSE {{row_output}} END AS output,
        coalesce(tokens, {{row_total}}) AS tokens,
        coalesce(call_cost, {{row_cost}}) AS cost, {{row_cost}} AS own_cost
    FROM (
        SELECT number, count(total) AS told, sum(1.0 * total) AS tokens,
            sum(1.0 * input) AS input, sum(1.0 * output) AS output, sum(1.0 * cost) AS call_cost
        FROM parts GROUP BY number
    ) CROSS JOIN layer_runs AS r ON r.rowid = number
)
"""
# The first summary names the columns; the others have their figures in the same places.
_LAYERS_SQL = f"""
SELECT '{_LAYER}', layer_name, NULL, NULL, NULL, total(input), count(input),
    total(output), count(output), total(cost), count(cost),
    group_concat(CASE WHEN ended >= began
        THEN CAST(round((ended - began) * 86400000) AS INTEGER) END),
    CAST((began + 5e-9) * {QUARTERS_A_DAY} AS INTEGER) AS quarter,
    NULL, NULL, NULL, NULL, NULL, NULL
FROM runs GROUP BY layer_name, quarter
"""
_MODELS_SQL = f"""
SELECT '{_MODEL}', provider, model, count(*), total(success = 0), total(input), count(input),
    total(output), count(output), total(cost), count(cost),
    group_concat(CASE WHEN (success = 0) IS NOT TRUE THEN latency END), max(called),
    NULL, NULL, NULL, NULL, NULL, NULL
FROM parts WHERE call GROUP BY provider, model
"""
_LAST_SQL = f"""(
    SELECT started_at FROM (
        SELECT r.started_at, r.status, r.completed_at FROM layer_runs AS r
        WHERE r.layer_name IS {{name}} ORDER BY r.started_at DESC LIMIT {LOOKED_BACK}
    )
    WHERE status = '{{state}}' AND completed_at IS NOT NULL AND {julian_day("started_at")} NOT NULL
    LIMIT 1
)"""


class Part(NamedTuple):
    """Sums over some of a layer's runs, or over some of a model's calls.

    ``name`` is the layer's or the provider's; ``model`` is None for a layer. Tokens and cost are
    None where none is recorded. ``spans`` are durations or latencies, whole milliseconds with
    commas between them. ``at`` is when: for a layer the quarter of an hour in which the runs
    started, counted by the julian day, for a model its last call as stored; None for never.
    """

    name: str
    model: str | None
    calls: int
    failed: int
    tokens_input: int | None
    tokens_output: int | None
    cost_usd: float | None
    spans: str
    at: object


class Sliced(NamedTuple):
    """What some runs add up to: as sums, and the parts that these leave out."""

    sums: LayerSums
    parts: Sequence[Part]


class Lasts(NamedTuple):
    """The starts of a layer's newest success and failure."""

    success: datetime | None
    failure: datetime | None


async def slice_rows(reader: Reader, chosen: Where) -> list[sqlite3.Row]:
    """Return what runs, whose row numbers a query returns, add up to.

    ``read_slice`` tells what that is: a transaction is not to last while it is worked out.
    """
    head = _HEAD_SQL.format(chosen=chosen.sql, **_columns(reader.schema))
    sums = SUMMED_SQL.format(runs="runs")
    return await reader.rows(
        f"{head} {sums} UNION ALL {_LAYERS_SQL} UNION ALL {_MODELS_SQL}", chosen.params
    )


def read_slice(rows: Sequence[sqlite3.Row]) -> Sliced:
    """Return what rows of ``slice_rows`` say."""
    found = sums_of(row for row in rows if row[0] not in _PARTS)
    parts = [_part(*row) for row in rows if row[0] in _PARTS]
    return Sliced(added(found.closed, found.open), parts)


def _part(
    kind: str,
    name: object,
    model: object,
    calls: int | None,
    failed: float | None,
    tokens_input: float,
    input_known: int,
    tokens_output: float,
    output_known: int,
    cost: float,
    cost_known: int,
    spans: str | None,
    at: object,
    *_: object,
) -> Part:
    return Part(
        name=as_text(name),
        model=as_text(model) if kind == _MODEL else None,
        calls=calls or 0,
        failed=sum_as_int(failed) or 0,
        tokens_input=sum_as_int(tokens_input) if input_known else None,
        tokens_output=sum_as_int(tokens_output) if output_known else None,
        cost_usd=sum_as_float(cost) if cost_known else None,
        spans=spans or "",
        at=at,
    )


def _columns(schema: Schema) -> dict[str, str]:
    def own(name: str) -> str:
        return schema.column("layer_runs", name, "r")

    there = "llm_calls" in schema.tables

    def call(name: str) -> str:
        return schema.column("llm_calls", name, "c") if there else "NULL"

    latency, called = whole(call("latency_ms")), call("created_at")
    return {
        "insights": whole(own("insights_created")),
        "row_input": whole(own("tokens_input")),
        "row_output": whole(own("tokens_output")),
        "row_total": whole(own("tokens_total")),
        "row_cost": finite(own("estimated_cost_usd")),
        "calls": _JOINED if there else "",
        "call": "c.layer_run_id IS NOT NULL" if there else "0",
        "provider": call("model_provider"),
        "model": call("model_name"),
        "success": call("success"),
        "input": whole(call("tokens_input")),
        "output": whole(call("tokens_output")),
        "total": whole(call("tokens_total")),
        "cost": finite(call("estimated_cost_usd")),
        "latency": f"CASE WHEN {latency} >= 0 THEN CAST({call('latency_ms')} AS INTEGER) END",
        # A T in the middle would be later than all hours of its day.
        "called": f"CASE WHEN {called} GLOB '[0-9][0-9][0-9][0-9]-*'"
        f" THEN replace({called}, 'T', ' ') END",
    }


async def lasts(reader: Reader, key: str) -> Lasts:
    """Return the last success and failure of a layer, whose name has this key in sums.

    They are those of the whole history, as far as the newest ``LOOKED_BACK`` runs tell.
    """
    kind = key.rstrip("0123456789ABCDEF")  # what follows are the name's bytes
    raw = bytes.fromhex(key.removeprefix(kind))
    name = "NULL" if kind == "null" else "CAST(? AS TEXT)" if kind == "text" else "?"
    success = _LAST_SQL.format(name=name, state=RunState.SUCCESS)
    failure = _LAST_SQL.format(name=name, state=RunState.FAILED)
    params = () if kind == "null" else (raw, raw)
    row = await reader.row(f"SELECT {success} AS success, {failure} AS failure", params)
    if row is None:
        return Lasts(None, None)
    return Lasts(parse_stored(row["success"]), parse_stored(row["failure"]))
