"""The SQL behind exports: many runs whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from zos_monitor.model.runs import RunDetail, RunKey
from zos_monitor.store import rows, run_queries, walk
from zos_monitor.store.database import Reader
from zos_monitor.store.filter_sql import Where
from zos_monitor.store.progress_queries import early_errors
from zos_monitor.store.rows import Life
from zos_monitor.store.scope import ANYWHERE, Scope


async def keys(reader: Reader, scope: Scope, *, after: RunKey | None, limit: int) -> list[RunKey]:
    """Return the keys of runs that may match, newest first, older than ``after``.

    No more is asked of them than an index can tell, so that this is quick whatever the filter.
    """
    may_match = replace(scope, where=ANYWHERE)
    return await run_queries.older_keys(reader, may_match, after=after, limit=limit)


async def matching(reader: Reader, scope: Scope, keys: Sequence[RunKey]) -> list[RunKey]:
    """Return the keys of those runs that match, in their order."""
    if scope.unbounded:
        return list(keys)
    found = {key.rowid for key in await walk.picked(reader, scope, (key.rowid for key in keys))}
    return [key for key in keys if key.rowid in found]


async def details(reader: Reader, keys: Sequence[RunKey]) -> tuple[RunDetail, ...]:
    """Return the runs of these keys, in their order; those that are gone are left out.

    The text of their errors is exact, and topics are not called by people's names.
    """
    found = await run_queries.rows_of(reader, keys)
    chosen = run_queries.numbered(found)
    calls = await run_queries.calls_by_run(reader, chosen)
    lives = await run_queries.lives_of(reader, found.values())
    insights = await _insights_by_run(reader, chosen)
    told = []
    for row in (found[key.rowid] for key in keys if key.rowid in found):
        number = row["rowid"]
        stored = insights.get(number, 0) if insights is not None else None
        life = lives.get(number, Life())
        run = rows.detail(row, calls.get(number), life, insights_stored=stored, exact=True)
        if run.progress is not None and run.progress.errors:
            run = replace(run, early_errors=await early_errors(reader, number))
        told.append(run)
    return tuple(told)


async def _insights_by_run(reader: Reader, chosen: Where) -> dict[int, int] | None:
    if "insights" not in reader.schema.tables:
        return None
    found = await reader.rows(
        "SELECT r.rowid AS run, count(*) AS n"
        " FROM layer_runs AS r CROSS JOIN insights AS i ON i.layer_run_id = r.id"
        f" WHERE {chosen.sql} GROUP BY r.rowid",
        chosen.params,
    )
    return {row["run"]: row["n"] for row in found}
