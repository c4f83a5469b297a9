"""Judging open runs: what they are depends on the time, their activity and their layer's past.

SQL asks by ``zos_open_state(rowid)``, so that filters, totals and lists all get the same answer
within one transaction. Only open runs cost anything, and most histories have few of them.
"""

from __future__ import annotations

import sqlite3
from datetime import datetime
from typing import NamedTuple

from zos_monitor.model.past import LayerPast
from zos_monitor.model.states import Activity, judge_open
from zos_monitor.model.times import format_stored, parse_stored
from zos_monitor.store.past_queries import Pasts
from zos_monitor.store.schema import Schema, julian_day

OPEN_STATE = "CASE WHEN r.completed_at IS NULL THEN zos_open_state(r.rowid) END"
"""The SQL of an open run's state over ``layer_runs AS r``, NULL for a finished run."""

# The name of a layer may be no UTF-8, so it is known by its bytes.
_LAYER_SQL = "typeof(r.layer_name) || hex(r.layer_name) AS layer"
_SIGNS_SQL = f"""
SELECT {_LAYER_SQL}, r.started_at, {{calls}}, {{insights}} FROM layer_runs AS r WHERE r.rowid = ?
"""
_NEWEST_SQL = f"""(
SELECT t.created_at FROM {{table}} AS t WHERE t.layer_run_id = r.id
ORDER BY {julian_day("t.created_at")} DESC, t.created_at DESC LIMIT 1
)"""
# From '' on there is text only: numbers come before it, and bytes after.
_STARTS_SQL = """
SELECT n.rowid, n.started_at FROM layer_runs AS n
WHERE n.layer_name = (SELECT r.layer_name FROM layer_runs AS r WHERE r.rowid = ?)
AND n.started_at BETWEEN '' AND ? ORDER BY n.started_at DESC LIMIT 2
"""


class _Layer(NamedTuple):
    """A layer's past, and its newest two starts up to now, as stored, with their row numbers."""

    past: LayerPast
    starts: tuple[tuple[int, str], ...]

    def restarted(self, rowid: int, last: datetime) -> bool:
        """Tell whether it has started since a run's last activity; its own start is none."""
        others = (parse_stored(start) for other, start in self.starts if other != rowid)
        return any(start > last for start in others if start is not None)


class Judge:
    """Judges the runs that one connection meets, all at the same instant.

    What its queries have found out is kept by row number for as long as the connection is open.
    """

    def __init__(
        self, connection: sqlite3.Connection, schema: Schema, pasts: Pasts, now: datetime
    ) -> None:
        self.schema = schema
        self._connection = connection
        self._pasts = pasts
        self.now = now
        """The instant at which they are judged."""
        self.activities: dict[int, Activity] = {}
        """The open runs that ``zos_open_state`` was asked for."""
        self.layer_pasts: dict[int, LayerPast] = {}
        """The pasts of the layers of those runs, and of those that ``zos_note_past`` got."""
        self._signs_sql = _SIGNS_SQL.format(
            calls=self._newest("llm_calls"), insights=self._newest("insights")
        )
        self._layers: dict[str | None, _Layer] = {}
        connection.create_function("zos_open_state", 1, self._state)
        connection.create_function("zos_note_past", 1, self._note_past)

    def _state(self, rowid: int) -> str | None:
        """Answer SQL, on the connection's thread; an error here would end the whole query."""
        try:
            if rowid not in self.activities:
                self.activities[rowid] = self._judge(rowid)
            return self.activities[rowid].state
        except sqlite3.Error:  # interrupted or damaged, which the query itself will tell
            return None

    def _judge(self, rowid: int) -> Activity:
        name, *signs = self._connection.execute(self._signs_sql, (rowid,)).fetchone() or (None,)
        layer = self._layer(rowid, name)
        self.layer_pasts[rowid] = layer.past
        last = max(filter(None, map(parse_stored, signs)), default=None)
        restarted = last is not None and layer.restarted(rowid, last)
        return judge_open(last, restarted=restarted, patience=layer.past.patience, now=self.now)

    def _layer(self, rowid: int, name: str | None) -> _Layer:
        """Return what is known of a run's layer: many runs of one may be open."""
        if name not in self._layers:
            params = (rowid, format_stored(self.now))
            starts = tuple(map(tuple, self._connection.execute(_STARTS_SQL, params)))
            past = self._pasts.of(self._connection, self.schema, rowid)
            self._layers[name] = _Layer(past, starts)
        return self._layers[name]

    def _note_past(self, rowid: int) -> int | None:
        try:
            self.layer_pasts[rowid] = self._pasts.of(self._connection, self.schema, rowid)
        except sqlite3.Error:  # interrupted
            return None
        return 1

    def _newest(self, table: str) -> str:
        known = table in self.schema.tables and self.schema.has(table, "created_at")
        return _NEWEST_SQL.format(table=table) if known else "NULL"
