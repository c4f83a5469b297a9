"""A database in which everything that people or models wrote is one secret."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

from tests.crash.injecting import SECRET
from zos_monitor.demo.writer import ZosWriter

RUN = "01M7ZXAKSXKFCGRKH9RN0Y1232"
_KEPT = ("id", "key", "topic_key", "layer_run_id", "layer_name", "status", "call_type")
"""Columns that lead from row to row, or of which only some values are told."""


def write_secrets(path: Path, now: datetime) -> None:
    """Write runs that failed and one that is open, with calls, insights and names."""
    topic = f"server:{SECRET}:user:{SECRET}"
    errors = json.dumps([{"topic": topic, "error": f"{SECRET} said no", "node": SECRET}])
    with ZosWriter(path) as zos:
        for n in range(12):
            at = now - timedelta(hours=n)
            run = RUN if n == 0 else f"{RUN[:-3]}{n:03}"
            zos.raw_run(id=run, started_at=at, status="failed", errors=errors)
            zos.call(run, topic, created_at=at, success=False, error=SECRET, prompt=SECRET)
            zos.call(run, topic, created_at=at, prompt=SECRET)
            zos.insight(run, topic, created_at=at, content=SECRET)
        zos.raw_run(id="open", started_at=now, completed_at=None, status="dry")
        zos.call("open", topic, created_at=now, prompt=SECRET)
    with closing(sqlite3.connect(path)) as database, database:
        tables = database.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")
        for (table,) in tables.fetchall():
            for _, column, kind, *_ in database.execute(f'PRAGMA table_info("{table}")').fetchall():
                if kind in ("TEXT", "VARCHAR", "JSON") and column not in (*_KEPT, "errors"):
                    database.execute(f'UPDATE "{table}" SET "{column}" = ?', (SECRET,))
