"""What an open run is, told by plain Python over all rows: slow, and by another way."""

from __future__ import annotations

import math
import sqlite3
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from zos_monitor.model.states import RunState


def naive_open_state(db: sqlite3.Connection, run_id: str, now: datetime) -> RunState:
    """Return the state of an open run at an instant."""
    layer, started = db.execute(
        "SELECT layer_name, started_at FROM layer_runs WHERE id = ?", (run_id,)
    ).fetchone()
    signs = [at for at in (_instant(started), *_acts(db, run_id)) if at is not None]
    if not signs:
        return RunState.STALLED
    last = max(signs)
    others = db.execute(
        "SELECT started_at FROM layer_runs WHERE layer_name = ? AND id <> ?", (layer, run_id)
    ).fetchall()
    starts = [at for at in map(_instant, (row[0] for row in others)) if at is not None]
    if now - last >= timedelta(minutes=5) and any(last < at <= now for at in starts):
        return RunState.INTERRUPTED
    return RunState.STALLED if now - last > _patience(db, layer) else RunState.RUNNING


def _patience(db: sqlite3.Connection, layer: str) -> timedelta:
    runs = db.execute(
        "SELECT id, started_at, completed_at FROM layer_runs"
        " WHERE layer_name = ? AND completed_at IS NOT NULL ORDER BY started_at DESC LIMIT 20",
        (layer,),
    ).fetchall()
    gaps: list[float] = []
    for run_id, started, completed in runs:
        began, ended = _instant(started), _instant(completed)
        if began is None or ended is None or ended < began:
            continue
        acts = [at for at in _acts(db, run_id) if at is not None and began <= at <= ended]
        times = sorted([began, *acts, ended])
        gaps += [(after - before).total_seconds() for before, after in pairwise(times)]
    gaps.sort()
    longest = gaps[math.ceil(0.95 * len(gaps)) - 1] if gaps else 0.0
    return max(timedelta(minutes=10), timedelta(seconds=3 * longest))


def _acts(db: sqlite3.Connection, run_id: str) -> list[datetime | None]:
    tables = {row[0] for row in db.execute("SELECT name FROM sqlite_master")}
    found: list[datetime | None] = []
    for table in sorted({"llm_calls", "insights"} & tables):
        rows = db.execute(f"SELECT created_at FROM {table} WHERE layer_run_id = ?", (run_id,))
        found += [_instant(row[0]) for row in rows]
    return found


def _instant(value: object) -> datetime | None:
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return found and (found if found.tzinfo else found.replace(tzinfo=UTC))
