"""The SQL behind one run's work: its calls and insights in short, and each of them whole."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Sequence

from zos_monitor.model.calls import CallText, InsightText
from zos_monitor.model.columns import as_optional_text, as_text
from zos_monitor.model.past import LayerPast
from zos_monitor.model.targets import span_of, targets_of
from zos_monitor.model.text import encodable
from zos_monitor.model.workings import StoredValue, Workings
from zos_monitor.store import run_queries
from zos_monitor.store.database import Reader
from zos_monitor.store.names import read_names
from zos_monitor.store.working_rows import BEGINNING, ENDING, call, insight, stored_values

LISTED = 2_000
"""How many calls, and how many insights, of a run are listed at most, the newest ones.

What a run has done last tells how it ended. No layer of zos's comes near that many.
"""

_CALL_COLUMNS = (
    "id",
    "topic_key",
    "call_type",
    "model_profile",
    "model_provider",
    "model_name",
    "tokens_input",
    "tokens_output",
    "tokens_total",
    "estimated_cost_usd",
    "latency_ms",
    "success",
    "created_at",
)
_INSIGHT_COLUMNS = (
    "id",
    "topic_key",
    "category",
    "strength",
    "confidence",
    "importance",
    "created_at",
)
_UTF8_BYTES = 4  # that a character takes at most


async def workings(reader: Reader, run_id: str) -> Workings | None:
    """Return a run's targets, calls and insights, None where there is no such run."""
    run = await run_queries.run(reader, run_id)
    if run is None:
        return None
    (call_rows, call_count), (insight_rows, insight_count) = await asyncio.gather(
        _listed(reader, "llm_calls", run_id, _CALL_COLUMNS, "error_message", ending=ENDING),
        _listed(reader, "insights", run_id, _INSIGHT_COLUMNS, "content"),
    )
    topics = {row["topic_key"] for row in (*call_rows, *insight_rows)}
    names = await read_names(reader, map(as_text, topics - {None}))
    calls = tuple(call(row, names) for row in call_rows)
    insights = tuple(insight(row, names) for row in insight_rows)
    past = reader.judge.layer_pasts.get(run.key.rowid, LayerPast())
    targets = targets_of(
        calls,
        insights,
        run.errors or run.early_errors,
        open_run=run.open,
        calls_per_target=past.calls_per_target,
        started_at=run.started_at,
    )
    began_at, ended_at = span_of(targets, run.started_at, run.completed_at)
    return Workings(
        run_id=run.id,
        calls=calls,
        call_count=call_count,
        insights=insights,
        insight_count=insight_count,
        targets=targets,
        began_at=began_at,
        ended_at=ended_at,
    )


async def call_text(reader: Reader, call_id: str) -> CallText | None:
    """Return what a call sent and got, None where there is no such call."""
    row = await _row(reader, "llm_calls", call_id, ("prompt", "response", "error_message"))
    if row is None:
        return None
    prompt, response, error = map(as_optional_text, row)
    return CallText(id=call_id, prompt=prompt, response=response, error=error)


async def insight_text(reader: Reader, insight_id: str) -> InsightText | None:
    """Return an insight whole, None where there is no such insight.

    What is empty is left out of its other columns: NULL, and the JSON text ``null``.
    """
    row = await _row(reader, "insights", insight_id)
    if row is None:
        return None
    stored = {value.column: value.text for value in stored_values(row) if value.type != "null"}
    content = as_text(row["content"]) if stored.pop("content", None) is not None else ""
    others = tuple((column, text) for column, text in stored.items() if text != "null")
    return InsightText(id=insight_id, content=content, others=others)


async def stored_row(reader: Reader, run_id: str) -> tuple[StoredValue, ...] | None:
    """Return every column of a run's row, None where there is no such run.

    Very long values are cut, see ``stored_values``.
    """
    row = await _row(reader, "layer_runs", run_id)
    return None if row is None else stored_values(row)


async def _row(
    reader: Reader, table: str, key: str, columns: Sequence[str] = ()
) -> sqlite3.Row | None:
    """Return the columns of a row by its id, all where none are named."""
    if key != encodable(key) or not reader.schema.has(table, "id"):
        return None
    read = ", ".join(reader.schema.column(table, name, "t") for name in columns) or "*"
    return await reader.row(f"SELECT {read} FROM {table} AS t WHERE t.id = ? LIMIT 1", (key,))


async def _listed(
    reader: Reader,
    table: str,
    run_id: str,
    columns: Sequence[str],
    text: str,
    *,
    ending: int = 0,
) -> tuple[list[sqlite3.Row], int | None]:
    """Return a run's rows of a table in the order of their writing, and how many there are.

    Of the column ``text`` they have the ``beginning``, and where it is long as many characters of
    its ``ending``.
    SQLite's own functions of text end at a NUL, so that it is cut as bytes.
    """
    if table not in reader.schema.tables:
        return [], None
    read = ", ".join(f"{reader.schema.column(table, name, 't')} AS {name}" for name in columns)
    blob = f"CAST({reader.schema.column(table, text, 't')} AS BLOB)"
    long = f"length({blob}) > {(BEGINNING + ending) * _UTF8_BYTES}"
    rows = await reader.rows(
        f"""
        SELECT {read},
            CASE WHEN {long} THEN substr({blob}, 1, {BEGINNING * _UTF8_BYTES}) ELSE {blob} END
                AS beginning,
            CASE WHEN {long} THEN substr({blob}, -{ending * _UTF8_BYTES}) END AS ending
        FROM {table} AS t WHERE t.layer_run_id = ? ORDER BY t.rowid DESC LIMIT ?
        """,
        (run_id, LISTED),
    )
    count = len(rows)
    if count == LISTED:
        row = await reader.row(
            f"SELECT count(*) AS n FROM {table} WHERE layer_run_id = ?", (run_id,)
        )
        count = row["n"] if row is not None else count
    return rows[::-1], count
