"""The SQL behind runs: the newest of them, and one run whole."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

from zos_monitor.model.columns import as_int, as_text
from zos_monitor.model.errors import RunError
from zos_monitor.model.past import LayerPast
from zos_monitor.model.runs import RunDetail, RunKey, RunSummary
from zos_monitor.model.states import RunState
from zos_monitor.model.text import encodable
from zos_monitor.model.times import format_stored, parse_stored
from zos_monitor.store import rows, walk
from zos_monitor.store.database import Reader
from zos_monitor.store.filter_sql import Where, both
from zos_monitor.store.judge import OPEN_STATE
from zos_monitor.store.rows import Life
from zos_monitor.store.schema import RUN_COLUMNS, finite, whole
from zos_monitor.store.scope import Scope


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


async def pasts(reader: Reader, layers: Iterable[str]) -> dict[str, LayerPast]:
    """Return what the last finished runs of these layers tell; a layer without is left out."""
    names = [name for name in layers if name == encodable(name)]
    found = await reader.rows(
        """
        SELECT name, newest, zos_note_past(newest) FROM (
            SELECT j.value AS name, (
                SELECT r.rowid FROM layer_runs AS r WHERE r.layer_name = j.value
                ORDER BY r.started_at DESC LIMIT 1
            ) AS newest FROM json_each(?) AS j
        ) WHERE newest IS NOT NULL
        """,
        (json.dumps(names),),
    )
    known = reader.judge.layer_pasts
    told = {row["name"]: known.get(row["newest"]) for row in found}
    return {name: past for name, past in told.items() if past is not None and past.runs}


async def newest(reader: Reader, scope: Scope, *, limit: int) -> tuple[RunSummary, ...]:
    """Return the newest matching runs, at most ``limit``."""
    return await summaries(reader, await walk.newest(reader, scope, skip=0, limit=limit))


async def older_keys(
    reader: Reader, scope: Scope, *, after: RunKey | None, limit: int
) -> list[RunKey]:
    """Return the keys of the newest matching runs older than ``after``; at most ``limit``."""
    if after is not None:
        scope = replace(scope, where=both(scope.where, walk.older_than(after)))
        start = parse_stored(after.started)
        if start is not None and format_stored(start) == after.started:  # else it sorts elsewhere
            with suppress(OverflowError):  # the last instant there is
                scope = replace(scope, until=format_stored(start + timedelta.resolution))
    return await walk.newest(reader, scope, skip=0, limit=limit)


async def rows_of(reader: Reader, keys: Sequence[RunKey]) -> dict[int, sqlite3.Row]:
    """Return the rows of these keys by row number, as ``rows`` reads them."""
    chosen = numbered(key.rowid for key in keys)
    return {row["rowid"]: row for row in await _select(reader, chosen, "", ())} if keys else {}


def numbered(rowids: Iterable[int]) -> Where:
    """Return the condition that the runs with these row numbers fulfil."""
    return Where("r.rowid IN (SELECT value FROM json_each(?))", (json.dumps(list(rowids)),))


async def summaries(reader: Reader, keys: Sequence[RunKey]) -> tuple[RunSummary, ...]:
    """Return the runs of these keys, in their order."""
    found = await rows_of(reader, keys)
    calls = await calls_by_run(reader, numbered(found)) if found else {}
    lives = await lives_of(reader, found.values())
    wanted = (found[key.rowid] for key in keys if key.rowid in found)
    return tuple(
        rows.summary(row, calls.get(row["rowid"]), lives.get(row["rowid"], Life()))
        for row in wanted
    )


async def run(reader: Reader, run_id: str) -> RunDetail | None:
    """Return one run by its whole id, None where there is none."""
    if run_id != encodable(run_id):  # no column holds such text, and it can't be bound
        return None
    chosen = Where("r.id = ?", (run_id,))
    found, calls, insights = await asyncio.gather(  # asked in one go, and answered in turn
        _select(reader, chosen, "LIMIT 1", ()),
        calls_by_run(reader, chosen),
        _count_insights(reader, run_id),
    )
    if not found:
        return None
    lives = await lives_of(reader, found)
    life = lives.get(found[0]["rowid"], Life())
    used = calls.get(found[0]["rowid"])
    detail = rows.detail(found[0], used, life, insights_stored=insights)
    early = await _early_errors(reader, detail)
    return replace(
        detail,
        errors=await _with_names(reader, detail.errors),
        early_errors=await _with_names(reader, early),
        dry_reason=await _dry_reason(reader, detail),
    )


async def lives_of(reader: Reader, found: Iterable[sqlite3.Row]) -> dict[int, Life]:
    """Return what is known of the open ones among some runs, by row number."""
    open_ = [row for row in found if row["completed_at"] is None]
    if not open_:
        return {}
    from zos_monitor.store.progress_queries import OpenRow, progress  # most lists have none

    asked = [OpenRow(row["rowid"], as_int(row["targets_matched"])) for row in open_]
    told = await progress(reader, asked, reader.judge.layer_pasts)
    activities = reader.judge.activities
    return {run.rowid: Life(activities.get(run.rowid), told.get(run.rowid)) for run in asked}


async def _dry_reason(reader: Reader, run: RunDetail) -> str:
    if run.state is not RunState.DRY:
        return ""
    from zos_monitor.model.dry import told_calls, why_dry  # few runs are dry
    from zos_monitor.store.night_queries import recorded_from

    since = await recorded_from(reader)
    calls = told_calls(run.usage.calls or 0, started_at=run.started_at, recorded_from=since)
    return why_dry(run.targets_matched, calls, run.insights_stored)


async def _early_errors(reader: Reader, run: RunDetail) -> tuple[RunError, ...]:
    if not (run.open and run.progress is not None and run.progress.errors):
        return ()
    from zos_monitor.store.progress_queries import early_errors

    return await early_errors(reader, run.key.rowid)


async def _count_insights(reader: Reader, run_id: str) -> int | None:
    if "insights" not in reader.schema.tables:
        return None
    row = await reader.row("SELECT count(*) AS n FROM insights WHERE layer_run_id = ?", (run_id,))
    return row["n"] if row else 0


async def _with_names(reader: Reader, errors: Sequence[RunError]) -> tuple[RunError, ...]:
    topics = [error.topic for error in errors if error.topic]
    if not topics:
        return tuple(errors)
    from zos_monitor.store.names import read_names  # most runs have no errors

    names = await read_names(reader, topics)
    return tuple(
        replace(error, topic_name=names.topic(error.topic)) if error.topic else error
        for error in errors
    )


async def _select(
    reader: Reader, where: Where, tail: str, params: Sequence[object]
) -> list[sqlite3.Row]:
    columns = ", ".join(
        f"{reader.schema.column('layer_runs', name, 'r')} AS {name}" for name in RUN_COLUMNS
    )
    return await reader.rows(
        f"SELECT r.rowid AS rowid, {OPEN_STATE} AS open_state, {columns}"
        f" FROM layer_runs AS r WHERE {where.sql} {tail}",
        (*where.params, *params),
    )


async def calls_by_run(reader: Reader, chosen: Where) -> dict[int, sqlite3.Row]:
    """Return the sums over each chosen run's calls, by its row number.

    A run without recorded calls is left out. Ids stay in SQLite: they may be no text.
    """
    if "llm_calls" not in reader.schema.tables:
        return {}

    def total(name: str) -> str:
        column = whole(reader.schema.column("llm_calls", name, "c"))
        return f"CASE WHEN count({column}) THEN total({column}) END AS {name}"

    success = reader.schema.column("llm_calls", "success", "c")
    found = await reader.rows(
        f"""
        SELECT r.rowid AS run, count(*) AS calls, total({success} = 0) AS failed_calls,
            {total("tokens_input")}, {total("tokens_output")}, {total("tokens_total")},
            sum(1.0 * {finite("c.estimated_cost_usd")}) AS cost_usd
        FROM layer_runs AS r CROSS JOIN llm_calls AS c ON c.layer_run_id = r.id
        WHERE {chosen.sql} GROUP BY r.rowid
        """,
        chosen.params,
    )
    return {row["run"]: row for row in found}
