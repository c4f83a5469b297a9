"""What nights are made of: when layers started, and their runs in short form."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import NamedTuple

from zos_monitor.model.columns import as_int, as_text
from zos_monitor.model.dry import told_calls, why_dry
from zos_monitor.model.nights import NightRun
from zos_monitor.model.runs import RunKey
from zos_monitor.model.states import OPEN_STATES, RunState, derive_state
from zos_monitor.model.times import format_stored, parse_stored
from zos_monitor.store.database import Reader
from zos_monitor.store.judge import OPEN_STATE
from zos_monitor.store.rows import open_state

MOST_STARTS = 2_000
"""How many of a layer's newest runs are looked at: a million of them are to cost no more."""

_JUDGED = 20  # newest runs, whose calls tell whether a layer holds conversations
_LATEST = datetime.max.replace(tzinfo=UTC)
_FIRST_INSTANT = format_stored(datetime.min.replace(tzinfo=UTC))

# Each layer's part of the index on name and start. What is no instant of zos's sorts elsewhere.
_NEWEST = """
SELECT n.rowid FROM layer_runs AS n WHERE n.layer_name = names.value
AND n.started_at >= ? AND n.started_at <= ? ORDER BY n.started_at DESC LIMIT ?
"""
_RUNS_SQL = f"""
SELECT r.rowid AS rowid, {OPEN_STATE} AS open_state, r.id, r.layer_name, r.started_at,
    r.completed_at, r.status, {{columns}}
FROM json_each(?) AS names CROSS JOIN layer_runs AS r ON r.rowid IN ({_NEWEST})
"""
_STARTS_SQL = """
SELECT n.started_at FROM layer_runs AS n WHERE n.layer_name = ?
AND n.started_at >= ? AND n.started_at <= ? ORDER BY n.started_at DESC LIMIT ?
"""
# The newest runs come one by one, in their order, until one of them is good.
_HISTORY_SQL = """
SELECT names.value AS layer_name, (
    SELECT n.started_at FROM layer_runs AS n
    WHERE n.layer_name = names.value AND n.started_at >= ? ORDER BY n.started_at LIMIT 1
) AS first, (
    SELECT n.started_at FROM layer_runs AS n WHERE n.layer_name = names.value
    AND n.started_at >= ? AND n.started_at <= ? ORDER BY n.started_at DESC LIMIT 1
) AS last, (
    SELECT newest.completed_at FROM (
        SELECT n.completed_at, n.status FROM layer_runs AS n
        WHERE n.layer_name = names.value AND n.started_at >= ? AND n.started_at <= ?
        ORDER BY n.started_at DESC LIMIT ?
    ) AS newest
    WHERE newest.status IN ('success', 'partial') AND newest.completed_at IS NOT NULL LIMIT 1
) AS good FROM json_each(?) AS names
"""
# Run by run: else SQLite goes through all calls of the type for each of them.
_TALKS_SQL = """
SELECT names.value AS layer_name FROM json_each(?) AS names WHERE EXISTS (
    SELECT 1 FROM (
        SELECT n.id FROM layer_runs AS n WHERE n.layer_name = names.value
        AND n.started_at >= ? AND n.started_at <= ? ORDER BY n.started_at DESC LIMIT ?
    ) AS recent CROSS JOIN llm_calls AS c ON c.layer_run_id = recent.id
    WHERE +c.call_type = 'conversation'
)
"""
_FIRST_CALL_SQL = """
SELECT c.created_at FROM llm_calls AS c WHERE c.layer_run_id IS NOT NULL ORDER BY c.rowid LIMIT 1
"""


class LayerHistory(NamedTuple):
    """A layer's first and last start up to now, and the end of its last success or partial.

    None where there is none, or none that is an instant. The last good run is looked for among
    the newest ``MOST_STARTS``.
    """

    first_start: datetime | None
    last_start: datetime | None
    last_good: datetime | None


async def runs_of(
    reader: Reader, names: Iterable[str], since: datetime, until: datetime = _LATEST
) -> Mapping[str, list[NightRun]]:
    """Return the runs of these layers from an instant on, newest first, by the layer's name.

    Those that started after ``until`` are left out.

    Of each layer there are at most the newest ``MOST_STARTS``; a run whose start is no instant is
    left out.
    """
    wanted = json.dumps(list(names))
    bounds = (format_stored(since), format_stored(until), MOST_STARTS)
    recorded = await recorded_from(reader)
    columns = [
        f"{reader.schema.column('layer_runs', name, 'r')} AS {name}"
        for name in ("targets_matched", "targets_processed", "insights_created")
    ]
    columns += [f"{_any_of(reader, table)} AS {table}" for table in ("llm_calls", "insights")]
    sql = _RUNS_SQL.format(columns=", ".join(columns))
    rows = await reader.rows(sql, (wanted, *bounds))
    # Thousands of them would hold up the event loop.
    return await asyncio.to_thread(_by_layer, rows, recorded)


def _by_layer(
    rows: Iterable[sqlite3.Row], recorded: datetime | None
) -> Mapping[str, list[NightRun]]:
    found: dict[str, list[NightRun]] = {}
    for row in rows:
        run = _run(row, recorded)
        if run is not None:
            found.setdefault(run.layer_name, []).append(run)
    for runs in found.values():
        runs.sort(key=lambda run: (run.started_at, run.key.rowid), reverse=True)
    return found


async def starts_of(reader: Reader, name: str, now: datetime) -> list[datetime]:
    """Return a layer's newest starts up to now, at most ``MOST_STARTS`` of them."""
    bounds = (name, _FIRST_INSTANT, format_stored(now), MOST_STARTS)
    found = (parse_stored(row["started_at"]) for row in await reader.rows(_STARTS_SQL, bounds))
    return [start for start in found if start is not None]


async def histories(
    reader: Reader, names: Iterable[str], now: datetime
) -> Mapping[str, LayerHistory]:
    """Return what is known of these layers' pasts, by name; every name has an entry."""
    until = format_stored(now)
    newest = (_FIRST_INSTANT, until, MOST_STARTS)
    params = (_FIRST_INSTANT, _FIRST_INSTANT, until, *newest, json.dumps(list(names)))
    return {
        as_text(row["layer_name"]): LayerHistory(
            parse_stored(row["first"]), parse_stored(row["last"]), parse_stored(row["good"])
        )
        for row in await reader.rows(_HISTORY_SQL, params)
    }


async def talking(reader: Reader, names: Iterable[str], now: datetime) -> frozenset[str]:
    """Return those of the layers whose newest runs made calls of a conversation."""
    if not ("llm_calls" in reader.schema.tables and reader.schema.has("llm_calls", "call_type")):
        return frozenset()
    params = (json.dumps(list(names)), _FIRST_INSTANT, format_stored(now), _JUDGED)
    return frozenset(as_text(row["layer_name"]) for row in await reader.rows(_TALKS_SQL, params))


def _any_of(reader: Reader, table: str) -> str:
    """Return the SQL whether a dry run has rows in a table; NULL for others, or without it."""
    if table not in reader.schema.tables:
        return "NULL"
    found = f"EXISTS (SELECT 1 FROM {table} AS t WHERE t.layer_run_id = r.id)"
    return f"CASE WHEN r.status = 'dry' AND r.completed_at IS NOT NULL THEN {found} END"


async def recorded_from(reader: Reader) -> datetime | None:
    """Return the time of the first call that names a run, None where there is no such."""
    usable = "llm_calls" in reader.schema.tables and reader.schema.has("llm_calls", "created_at")
    row = await reader.row(_FIRST_CALL_SQL) if usable else None
    return parse_stored(row["created_at"]) if row is not None else None


def _run(row: sqlite3.Row, recorded: datetime | None) -> NightRun | None:
    started = parse_stored(row["started_at"])
    if started is None:
        return None
    matched = as_int(row["targets_matched"])
    state = derive_state(row["status"], open_state(row))
    return NightRun(
        key=RunKey(row["started_at"], row["rowid"]),
        id=as_text(row["id"]),
        layer_name=as_text(row["layer_name"]),
        state=state,
        started_at=started,
        completed_at=parse_stored(row["completed_at"]),
        targets_matched=matched,
        # The row of an open run says 0 until its end.
        targets_processed=None if state in OPEN_STATES else as_int(row["targets_processed"]),
        insights_created=as_int(row["insights_created"]),
        dry_reason=_why(row, matched, started, recorded) if state is RunState.DRY else "",
    )


def _why(
    row: sqlite3.Row, matched: int | None, started: datetime, recorded: datetime | None
) -> str:
    calls = told_calls(row["llm_calls"], started_at=started, recorded_from=recorded)
    return why_dry(matched, calls, row["insights"])
