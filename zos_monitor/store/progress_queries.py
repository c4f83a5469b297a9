"""The SQL behind the progress of open runs: traces of their topics in calls and insights."""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from zos_monitor.model.columns import as_int, as_optional_text, as_text
from zos_monitor.model.errors import RunError
from zos_monitor.model.past import LayerPast
from zos_monitor.model.progress import Progress, TopicTrace, progress_of
from zos_monitor.model.times import parse_stored
from zos_monitor.store.database import Reader
from zos_monitor.store.schema import julian_day

EARLY_ERRORS = 200
"""How many errors of an open run are read, the first ones."""

_NO_PAST = LayerPast()

_CALLS_SQL = """
SELECT r.rowid AS run, CAST(t.topic_key AS BLOB) AS topic, min(t.rowid) AS first,
    count(*) AS calls, total({success} = 0) AS failed, 0 AS insights, max({at}) AS last
FROM json_each(?) AS j CROSS JOIN layer_runs AS r ON r.rowid = j.value
CROSS JOIN llm_calls AS t ON t.layer_run_id = r.id
GROUP BY r.rowid, CAST(t.topic_key AS BLOB)
"""
_INSIGHTS_SQL = """
SELECT r.rowid AS run, CAST(t.topic_key AS BLOB) AS topic, 0 AS first,
    0 AS calls, 0 AS failed, count(*) AS insights, max({at}) AS last
FROM json_each(?) AS j CROSS JOIN layer_runs AS r ON r.rowid = j.value
CROSS JOIN insights AS t ON t.layer_run_id = r.id
GROUP BY r.rowid, CAST(t.topic_key AS BLOB)
"""
_ERRORS_SQL = """
SELECT c.topic_key AS topic, {message} AS message
FROM layer_runs AS r CROSS JOIN llm_calls AS c ON c.layer_run_id = r.id
WHERE r.rowid = ? AND {success} = 0 ORDER BY c.rowid LIMIT ?
"""

_Traces = dict[bytes | None, TopicTrace]


class OpenRow(NamedTuple):
    """An open run as its row tells: row number and number of targets, None for no number."""

    rowid: int
    matched: int | None


async def progress(
    reader: Reader, runs: Sequence[OpenRow], pasts: Mapping[int, LayerPast]
) -> dict[int, Progress]:
    """Return how far these runs are, by their row numbers.

    ``pasts`` are those of their layers, by the runs' row numbers; one may be missing.
    """
    if not runs:
        return {}
    traces = await _traces(reader, [run.rowid for run in runs])
    return {
        run.rowid: progress_of(
            run.matched,
            traces[run.rowid].values(),
            calls_per_target=pasts.get(run.rowid, _NO_PAST).calls_per_target,
        )
        for run in runs
    }


async def early_errors(reader: Reader, rowid: int) -> tuple[RunError, ...]:
    """Return the errors of an open run's failed calls, in order, at most ``EARLY_ERRORS``.

    The run's row gets them only at its end. Which node failed is not recorded with a call.
    """
    if "llm_calls" not in reader.schema.tables:
        return ()
    sql = _ERRORS_SQL.format(
        message=reader.schema.column("llm_calls", "error_message", "c"),
        success=reader.schema.column("llm_calls", "success", "c"),
    )
    rows = await reader.rows(sql, (rowid, EARLY_ERRORS))
    return tuple(
        RunError(message=as_text(row["message"]), topic=as_optional_text(row["topic"]))
        for row in rows
    )


async def _traces(reader: Reader, rowids: Sequence[int]) -> Mapping[int, _Traces]:
    """Return the topics of each run, by the bytes that they are stored as."""
    found: defaultdict[int, _Traces] = defaultdict(dict)
    asked = [
        reader.rows(_with_columns(reader, sql, table), (json.dumps(rowids),))
        for table, sql in (("llm_calls", _CALLS_SQL), ("insights", _INSIGHTS_SQL))
        if table in reader.schema.tables
    ]
    for rows in await asyncio.gather(*asked):
        for row in rows:
            trace = TopicTrace(
                topic=as_optional_text(row["topic"]),
                order=row["first"],
                calls=row["calls"],
                failed_calls=as_int(row["failed"]) or 0,
                insights=row["insights"],
                last_at=parse_stored(row["last"]),
            )
            topics = found[row["run"]]
            topics[row["topic"]] = _joined(topics.get(row["topic"]), trace)
    return found


def _with_columns(reader: Reader, sql: str, table: str) -> str:
    at = reader.schema.column(table, "created_at", "t")
    return sql.format(
        success=reader.schema.column(table, "success", "t"),
        at=f"CASE WHEN {julian_day(at)} IS NOT NULL THEN {at} END",
    )


def _joined(calls: TopicTrace | None, insights: TopicTrace) -> TopicTrace:
    if calls is None:
        return insights
    instants = [at for at in (calls.last_at, insights.last_at) if at is not None]
    return calls._replace(insights=insights.insights, last_at=max(instants, default=None))
