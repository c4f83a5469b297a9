"""Judging open runs: what they are depends on the time, their activity and their layer's past.

SQL asks by ``zos_open_state(rowid)``, so that filters, totals and lists all get the same answer
within one transaction. Only open runs cost anything, and most histories have few of them.
"""

from __future__ import annotations

import sqlite3
from datetime import datetime

from zos_monitor.model.past import LayerPast
from zos_monitor.model.states import Activity, judge_open
from zos_monitor.model.times import format_stored, parse_stored
from zos_monitor.store.past_queries import Pasts
from zos_monitor.store.schema import Schema

OPEN_STATE = "CASE WHEN r.completed_at IS NULL THEN zos_open_state(r.rowid) END"
"""The SQL of an open run's state over ``layer_runs AS r``, NULL for a finished run."""

_SIGNS_SQL = "SELECT r.started_at, {calls}, {insights} FROM layer_runs AS r WHERE r.rowid = ?"
_NEWEST_SQL = "(SELECT max(t.created_at) FROM {table} AS t WHERE t.layer_run_id = r.id)"
_RESTARTED_SQL = """
SELECT 1 FROM layer_runs AS n
WHERE n.layer_name = (SELECT r.layer_name FROM layer_runs AS r WHERE r.rowid = ?)
AND n.started_at > ? AND n.started_at <= ? AND n.rowid <> ? LIMIT 1
"""


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
        last = self._last_activity(rowid)
        restarted = last is not None and self._restarted(rowid, last)
        past = self._pasts.of(self._connection, self.schema, rowid)
        self.layer_pasts[rowid] = past
        return judge_open(last, restarted=restarted, patience=past.patience, now=self.now)

    def _note_past(self, rowid: int) -> int | None:
        try:
            self.layer_pasts[rowid] = self._pasts.of(self._connection, self.schema, rowid)
        except sqlite3.Error:  # interrupted
            return None
        return 1

    def _last_activity(self, rowid: int) -> datetime | None:
        calls, insights = (
            _NEWEST_SQL.format(table=table) if self._has(table) else "NULL"
            for table in ("llm_calls", "insights")
        )
        sql = _SIGNS_SQL.format(calls=calls, insights=insights)
        signs = self._connection.execute(sql, (rowid,)).fetchone() or ()
        return max(filter(None, map(parse_stored, signs)), default=None)

    def _has(self, table: str) -> bool:
        return table in self.schema.tables and self.schema.has(table, "created_at")

    def _restarted(self, rowid: int, last: datetime) -> bool:
        params = (rowid, format_stored(last), format_stored(self.now), rowid)
        return self._connection.execute(_RESTARTED_SQL, params).fetchone() is not None
