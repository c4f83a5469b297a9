"""What changed in the database since the last look, for the price of a few index look-ups."""

from __future__ import annotations

import json
from dataclasses import dataclass

from zos_monitor.model.changes import Changed
from zos_monitor.store.database import Reader


@dataclass(frozen=True)
class Marks:
    """High-water marks of the tables, and the runs that are open.

    zos only ever appends rows, and updates a run's row once, at its end: so the newest row
    numbers, the count of runs and the set of open runs tell every change that zos makes.
    """

    runs: int
    newest_run: int
    newest_call: int
    newest_insight: int
    open_runs: frozenset[int]

    def since(self, last: Marks | None) -> Changed:
        """Return what is different from an earlier look."""
        if last is None:
            return Changed.ALL
        changed = Changed.NOTHING
        if (self.runs, self.newest_run, self.open_runs) != (
            last.runs,
            last.newest_run,
            last.open_runs,
        ):
            changed |= Changed.RUNS
        if self.newest_call != last.newest_call:
            changed |= Changed.CALLS
        if self.newest_insight != last.newest_insight:
            changed |= Changed.INSIGHTS
        return changed


async def read_marks(reader: Reader, last: Marks | None) -> Marks:
    """Return the marks of the present state; the last ones make finding open runs cheap."""
    tables = ["layer_runs", *sorted(reader.schema.tables)]
    newest = {table: await _number(reader, f"SELECT max(rowid) FROM {table}") for table in tables}
    runs = await _number(reader, "SELECT count(*) FROM layer_runs")
    newest_run = newest["layer_runs"]
    appended = last is not None and newest_run - last.newest_run == runs - last.runs >= 0
    return Marks(
        runs=runs,
        newest_run=newest_run,
        newest_call=newest.get("llm_calls", 0),
        newest_insight=newest.get("insights", 0),
        open_runs=await _open_runs(reader, last if appended else None),
    )


async def _number(reader: Reader, sql: str) -> int:
    row = await reader.row(sql)
    return (row[0] if row else None) or 0


async def _open_runs(reader: Reader, last: Marks | None) -> frozenset[int]:
    """Return the row numbers of open runs: those known to be open before, and newer rows."""
    sql = "SELECT rowid FROM layer_runs WHERE completed_at IS NULL"
    if last is None:
        return frozenset(row[0] for row in await reader.rows(sql))
    known = json.dumps(sorted(last.open_runs))
    found = await reader.rows(
        f"{sql} AND rowid IN (SELECT value FROM json_each(?)) UNION ALL {sql} AND rowid > ?",
        (known, last.newest_run),
    )
    return frozenset(row[0] for row in found)
