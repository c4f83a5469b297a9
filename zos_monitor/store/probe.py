"""What changed in the database since an earlier look, for the price of a few index look-ups."""

from __future__ import annotations

import json
import sqlite3
import time
from dataclasses import dataclass, field, replace

from zos_monitor.model.changes import Changed
from zos_monitor.store.database import Reader

RECENT_ROWS = 5_000
"""How many of the newest row numbers are searched for open runs by the first look."""

SLICE_ROWS = 20_000
"""How many older row numbers are searched at a time: they take about a millisecond."""

FEW_RUNS = 50_000
"""Up to this row number runs are counted at every look: that costs 0.2 ms at most."""

COUNT_SECONDS = 60.0
"""With more runs, how long after a count the next one is made, at the earliest."""


@dataclass(frozen=True)
class Marks:
    """High-water marks of the tables, and the runs that are open, all by row number.

    zos only ever appends rows, and updates a run's row once, at its end: so the newest row
    numbers and the set of open runs tell every change that zos makes. What other hands delete
    shows in the number of runs, or in another run at the newest row number. What they edit in old
    rows does not show.

    ``unsearched``: the rows up to this one have not been searched for open runs yet, see
    ``search_on``. ``runs`` is None while there are too many for a count at the first look.
    """

    newest_run: int
    newest_call: int
    newest_insight: int
    open_runs: frozenset[int]
    unsearched: int
    runs: int | None
    newest_id: object
    counted_at: float = field(compare=False)
    root: object = field(compare=False, repr=False)
    """What marks share that were read one from the other and fit together."""

    def since(self, last: Marks | None) -> Changed:
        """Return what is different from an earlier look; everything where the two don't fit."""
        if last is None or self.root is not last.root:
            return Changed.ALL
        changed = Changed.NOTHING
        if (self.newest_run, self.open_runs) != (last.newest_run, last.open_runs):
            changed |= Changed.RUNS
        if self.newest_call != last.newest_call:
            changed |= Changed.CALLS
        if self.newest_insight != last.newest_insight:
            changed |= Changed.INSIGHTS
        return changed

    def delta(self, last: Marks | None) -> Delta | None:
        """Return what was appended and closed since an earlier look.

        None where appends don't tell the two apart: there is no earlier look, rows were deleted,
        the file is another one. Then all has to be done again.
        """
        if last is None or self.root is not last.root:
            return None
        return Delta(
            appended=range(last.newest_run + 1, self.newest_run + 1),
            closed=last.open_runs - self.open_runs,
            found_open=frozenset(
                run for run in self.open_runs - last.open_runs if run <= last.newest_run
            ),
            open_runs=self.open_runs,
            calls=range(last.newest_call + 1, self.newest_call + 1),
            insights=range(last.newest_insight + 1, self.newest_insight + 1),
        )

    def knowing(self, open_runs: frozenset[int]) -> Marks:
        """Return the marks with further runs that were open at that look or have been since.

        Of these only the ones can be news whose rows have not been searched.
        """
        missed = frozenset(run for run in open_runs if run <= self.unsearched)
        return replace(self, open_runs=self.open_runs | missed)


@dataclass(frozen=True)
class Delta:
    """What happened between two looks, in row numbers; a few of them may have no row.

    ``appended`` runs are open or closed; ``closed`` were open before and are not now;
    ``found_open`` are old ones that only now are known to be open; ``open_runs`` are all that are
    known to be. ``calls`` and ``insights`` were appended, see ``runs_named``.
    """

    appended: range
    closed: frozenset[int]
    found_open: frozenset[int]
    open_runs: frozenset[int]
    calls: range
    insights: range

    def __bool__(self) -> bool:
        return any((self.appended, self.closed, self.found_open, self.calls, self.insights))


async def read_marks(
    reader: Reader, last: Marks | None, *, hints: Marks | None = None, count: bool | None = None
) -> Marks:
    """Return the marks of the present state; with earlier ones that costs what changed since.

    Without earlier ones, or where they don't fit, only the newest rows are searched for open runs:
    ``search_on`` does the rest, or has done it for the ``hints``, which may be any other marks.
    Where there are many runs, ``count`` says whether to count them; None for when it is time to.
    """
    now = time.monotonic()
    marks: Marks | None = None
    hinted = hints.open_runs if hints is not None else frozenset()
    if last is not None:
        due = last.runs is None or now >= last.counted_at + COUNT_SECONDS
        counting = last.newest_run <= FEW_RUNS or (due if count is None else count)
        row = await _look(reader, last.newest_run, last.open_runs | hinted, counting=counting)
        marks = _following(row, last, now)
    if marks is None:
        newest = await reader.row("SELECT max(rowid) FROM layer_runs")
        newest_run = (newest[0] if newest else None) or 0
        above = max(0, newest_run - RECENT_ROWS)
        row = await _look(reader, above, hinted, counting=bool(count) or newest_run <= FEW_RUNS)
        marks = _marks(row, unsearched=above, runs=row["counted"], counted_at=now, root=object())
    if hints is not None and hints.root is marks.root:
        marks = replace(marks, unsearched=min(marks.unsearched, hints.unsearched))
    return marks


async def search_on(reader: Reader, marks: Marks) -> Marks:
    """Return the marks with one more slice of old rows searched for open runs.

    Once ``unsearched`` is 0 the open runs are known to the last one.
    """
    above = max(0, marks.unsearched - SLICE_ROWS)
    found = await reader.rows(
        "SELECT rowid FROM layer_runs WHERE rowid > ? AND rowid <= ? AND completed_at IS NULL",
        (above, marks.unsearched),
    )
    return replace(marks.knowing(frozenset(row[0] for row in found)), unsearched=above)


async def runs_named(reader: Reader, delta: Delta) -> frozenset[int]:
    """Return the row numbers of the runs that the appended calls and insights name."""
    found: set[int] = set()
    for table, numbers in (("llm_calls", delta.calls), ("insights", delta.insights)):
        if numbers and table in reader.schema.tables:
            rows = await reader.rows(
                f"""
                SELECT r.rowid FROM layer_runs AS r WHERE r.id IN (
                    SELECT t.layer_run_id FROM {table} AS t WHERE t.rowid BETWEEN ? AND ?
                )
                """,
                (numbers[0], numbers[-1]),
            )
            found.update(row[0] for row in rows)
    return frozenset(found)


async def _look(
    reader: Reader, newest: int, open_runs: frozenset[int], *, counting: bool
) -> sqlite3.Row:
    """Return all that a look has to know, by one query, for each query is a hop to a thread.

    ``newest`` and ``open_runs`` are what was known before.
    """
    tables = reader.schema.tables
    calls, insights = (
        f"(SELECT max(rowid) FROM {table})" if table in tables else "0"
        for table in ("llm_calls", "insights")
    )
    row = await reader.row(
        f"""
        SELECT (SELECT max(rowid) FROM layer_runs) AS newest_run,
            (SELECT id FROM layer_runs ORDER BY rowid DESC LIMIT 1) AS newest_id,
            {calls} AS newest_call, {insights} AS newest_insight,
            (SELECT id FROM layer_runs WHERE rowid = ?) AS last_id,
            (SELECT count(*) FROM layer_runs WHERE rowid > ?) AS appended,
            {"(SELECT count(*) FROM layer_runs)" if counting else "NULL"} AS counted,
            (SELECT json_group_array(number) FROM (
                SELECT rowid AS number FROM layer_runs
                WHERE completed_at IS NULL AND rowid IN (SELECT value FROM json_each(?))
                UNION ALL
                SELECT rowid FROM layer_runs WHERE completed_at IS NULL AND rowid > ?
            )) AS open_runs
        """,
        (newest, newest, json.dumps(sorted(open_runs)), newest),
    )
    assert row is not None  # a query without FROM has one row
    return row


def _following(row: sqlite3.Row, last: Marks, now: float) -> Marks | None:
    """Return the marks that a look gives after earlier ones; None where the two don't fit."""
    if last.newest_run and row["last_id"] != last.newest_id:
        return None  # another database, or the newest run was deleted
    counted, kept = row["counted"], None if last.runs is None else last.runs + row["appended"]
    if None not in (counted, kept) and counted != kept:
        return None
    marks = _marks(
        row,
        unsearched=last.unsearched,
        runs=kept if counted is None else counted,
        counted_at=last.counted_at if counted is None else now,
        root=last.root,
    )
    went_down = marks.newest_call < last.newest_call or marks.newest_insight < last.newest_insight
    return None if went_down else marks


def _marks(
    row: sqlite3.Row, *, unsearched: int, runs: int | None, counted_at: float, root: object
) -> Marks:
    return Marks(
        newest_run=row["newest_run"] or 0,
        newest_call=row["newest_call"] or 0,
        newest_insight=row["newest_insight"] or 0,
        open_runs=frozenset(json.loads(row["open_runs"])),
        unsearched=unsearched,
        runs=runs,
        newest_id=row["newest_id"],
        counted_at=counted_at,
        root=root,
    )
