"""What a layer's last finished runs tell, read from within a query on that query's own connection.

A plain connection is asked, not a ``Reader``: SQL functions call this while SQLite answers another
question, on the thread of the connection.
"""

from __future__ import annotations

import json
import math
import sqlite3
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from threading import Lock
from typing import NamedTuple

from zos_monitor.model.past import PAST_RUNS, LayerPast, median, pace_of
from zos_monitor.model.states import patience
from zos_monitor.store.schema import Schema, finite, julian_day, whole

PASTS_KEPT = 256
"""How many layers' pasts are kept, those that were read last."""

# The index on name and start serves. The name itself never leaves SQLite: it may be no UTF-8.
_LAST_SQL = f"""
SELECT r.rowid, CAST(r.id AS BLOB), CAST(r.layer_name AS BLOB)
FROM layer_runs AS r
WHERE r.layer_name IS (SELECT o.layer_name FROM layer_runs AS o WHERE o.rowid = ?)
AND r.completed_at IS NOT NULL
ORDER BY r.started_at DESC LIMIT {PAST_RUNS}
"""
_RUNS_SQL = """
SELECT r.rowid, {began} * 86400.0, {ended} * 86400.0, {processed}, {skipped}, {cost}
FROM json_each(?) AS j CROSS JOIN layer_runs AS r ON r.rowid = j.value
"""
_CALLS_SQL = """
SELECT r.rowid, {at} * 86400.0, CAST(c.topic_key AS BLOB), {cost}
FROM json_each(?) AS j CROSS JOIN layer_runs AS r ON r.rowid = j.value
CROSS JOIN llm_calls AS c ON c.layer_run_id = r.id
"""
_INSIGHTS_SQL = """
SELECT r.rowid, {at} * 86400.0
FROM json_each(?) AS j CROSS JOIN layer_runs AS r ON r.rowid = j.value
CROSS JOIN insights AS i ON i.layer_run_id = r.id
"""


class _Last(NamedTuple):
    """A layer's last finished runs: its name's bytes, their row numbers, and their ids' bytes."""

    layer: bytes | None
    rowids: tuple[int, ...]
    ids: tuple[bytes | None, ...]


class _Kept(NamedTuple):
    ids: tuple[bytes | None, ...]
    schema: Schema
    past: LayerPast


class Pasts:
    """The pasts of layers, read again only when another of a layer's runs has finished.

    One may be shared by connections in several threads.
    """

    def __init__(self) -> None:
        self._kept: dict[bytes | None, _Kept] = {}
        self._lock = Lock()

    def of(self, connection: sqlite3.Connection, schema: Schema, rowid: int) -> LayerPast:
        """Return the past of the layer that the run with this row number belongs to.

        What can't be read is left out. Raises sqlite3.OperationalError where it is interrupted.
        """
        try:
            last = _last(connection, rowid)
            if not last.rowids:
                return LayerPast()
            with self._lock:
                kept = self._kept.get(last.layer)
            if kept is None or kept.ids != last.ids or kept.schema != schema:
                kept = _Kept(last.ids, schema, past_of_runs(connection, schema, last.rowids))
                self._keep(last.layer, kept)
            return kept.past
        except sqlite3.Error as fault:
            if getattr(fault, "sqlite_errorcode", None) == sqlite3.SQLITE_INTERRUPT:
                raise
            return LayerPast()

    def _keep(self, layer: bytes | None, kept: _Kept) -> None:
        with self._lock:
            self._kept.pop(layer, None)
            while len(self._kept) >= PASTS_KEPT:
                del self._kept[next(iter(self._kept))]
            self._kept[layer] = kept


def _last(connection: sqlite3.Connection, rowid: int) -> _Last:
    rows = connection.execute(_LAST_SQL, (rowid,)).fetchall()
    return _Last(
        rows[0][2] if rows else None, tuple(row[0] for row in rows), tuple(row[1] for row in rows)
    )


def past_of_runs(
    connection: sqlite3.Connection, schema: Schema, rowids: Sequence[int]
) -> LayerPast:
    """Return the past that the finished runs with these row numbers make. Raises sqlite3.Error."""
    runs, calls, insights = (
        connection.execute(sql, (json.dumps(rowids),)).fetchall() if sql else []
        for sql in _statements(schema)
    )
    counts = [*Counter((run, topic) for run, _, topic, _ in calls if topic is not None).values()]
    costs = _costs({run: cost for run, *_, cost in runs}, ((run, c) for run, *_, c in calls))
    acts = [(run, at) for run, at, *_ in (*calls, *insights) if at is not None]
    spans = {
        run: (began, ended)
        for run, began, ended, *_ in runs
        if began is not None and ended is not None and ended >= began
    }
    targets = {run: (done or 0) + (skipped or 0) for run, _, _, done, skipped, _ in runs}
    return LayerPast(
        runs=len(runs),
        patience=patience(_gaps(spans, acts)),
        pace=pace_of(
            [
                (end - begin) / targets[run]
                for run, (begin, end) in spans.items()
                if targets[run] > 0
            ]
        ),
        calls_per_target=math.ceil(median(counts)) if counts else None,
        cost_usd=median(costs) if costs else None,
    )


def _statements(schema: Schema) -> tuple[str, str | None, str | None]:
    """Return the SQL for runs, their calls and their insights, None for tables that are not there.

    Instants come as seconds.
    """

    def column(name: str) -> str:
        return schema.column("layer_runs", name, "r")

    runs = _RUNS_SQL.format(
        began=julian_day("r.started_at"),
        ended=julian_day("r.completed_at"),
        processed=whole(column("targets_processed")),
        skipped=whole(column("targets_skipped")),
        cost=finite(column("estimated_cost_usd")),
    )
    calls = _CALLS_SQL.format(
        at=julian_day(schema.column("llm_calls", "created_at", "c")),
        cost=finite("c.estimated_cost_usd"),
    )
    insights = _INSIGHTS_SQL.format(at=julian_day(schema.column("insights", "created_at", "i")))
    tables = schema.tables
    return (
        runs,
        calls if "llm_calls" in tables else None,
        insights if "insights" in tables else None,
    )


def _costs(
    of_rows: Mapping[int, float | None], of_calls: Iterable[tuple[int, float | None]]
) -> list[float]:
    """Return each run's cost where it is recorded: that of its calls, else that of its row."""
    sums: dict[int, float] = {}
    for run, cost in of_calls:
        if cost is not None:
            sums[run] = sums.get(run, 0.0) + cost
    told = (sums.get(run, cost) for run, cost in of_rows.items())
    return [cost for cost in told if cost is not None]


def _gaps(
    spans: Mapping[int, tuple[float, float]], acts: Iterable[tuple[int, float]]
) -> list[float]:
    """Return the seconds between neighbouring activities of each run, its start and end included.

    What lies outside of these, by a clock that was put right, is no measure of a silence.
    """
    during = {run: list(span) for run, span in spans.items()}
    for run, at in acts:
        if run in spans and spans[run][0] <= at <= spans[run][1]:
            during[run].append(at)
    return [
        after - before for times in during.values() for before, after in pairwise(sorted(times))
    ]
