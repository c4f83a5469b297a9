"""Builds databases of any size as zos would have left them, and keeps them in a cache folder."""

from __future__ import annotations

import os
import sqlite3
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.bench.instants import micros
from tests.bench.rows import CALL, INSIGHT, RUN, History
from tests.bench.starts import days_of
from zos_monitor.demo.history import write_surroundings
from zos_monitor.demo.schema import TABLES
from zos_monitor.demo.writer import ZosWriter

VERSION = 1
"""Of what is built: raise it when the rows change, and old files are built anew."""
FRESH = timedelta(days=1)
"""How old a kept file may be: windows such as ``since:7d`` need rows up to about now."""
CHUNK = 20_000
_MANUAL = ("dev_manual", "dev_manual", "dev")


def cache_folder() -> Path:
    """Return the folder for built databases: the platform's cache folder, or below XDG's."""
    if sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return base / "zos-monitor" / "bench"


def database(runs: int, *, now: datetime, folder: Path | None = None) -> Path:
    """Return a database of so many runs that end about ``now``, building it where none is fresh.

    Others of that size are deleted. What is returned is kept and meant to be read only.
    """
    return kept(
        f"zos-{runs}", VERSION, lambda path: build(path, runs, until=now), now=now, folder=folder
    )


def kept(
    stem: str,
    version: int,
    make: Callable[[Path], None],
    *,
    now: datetime,
    folder: Path | None = None,
) -> Path:
    """Return the kept database of that name and version, having it made where none is fresh.

    Nothing is at its path before it is complete. Those of other versions are deleted.
    """
    folder = folder or cache_folder()
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{stem}-v{version}.db"
    if path.exists() and _age(path, now) < FRESH:
        return path
    for old in folder.glob(f"{stem}-v*.db*"):
        old.unlink()
    part = path.with_name(f"{path.name}.part")
    make(part)
    part.replace(path)
    return path


def _age(path: Path, now: datetime) -> timedelta:
    return now - datetime.fromtimestamp(path.stat().st_mtime, UTC)


def build(path: Path, runs: int, *, until: datetime, seed: int = 7) -> None:
    """Write a database of so many runs up to the aware instant ``until``.

    Besides them there is one run ``dev_manual``. The indexes are made last, for speed.
    """
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        for pragma in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -200000"):
            connection.execute(f"PRAGMA {pragma}").fetchall()
        for script in TABLES.values():
            connection.execute(script.partition(";")[0])
        _fill(connection, History(runs, micros(until), seed))
        _write_manual_run(connection, until - timedelta(days=days_of(runs) / 2))
        for script in TABLES.values():
            connection.executescript(script)
    finally:
        connection.close()
    # Only now the rest, as the demo's writer makes it: it also turns the file into a WAL one.
    with ZosWriter(path, seed=seed) as writer, writer.batch():
        begun = until - timedelta(days=days_of(runs))
        write_surroundings(writer, begun)
        for topic in sorted(_topics(path)):
            writer.topic(topic, at=begun)


def _fill(connection: sqlite3.Connection, history: History) -> None:
    insight = ", ".join(INSIGHT)
    connection.execute("BEGIN")
    for chunk in history.chunks(CHUNK):
        connection.executemany(f"INSERT INTO layer_runs VALUES ({_marks(RUN)})", chunk.runs)
        connection.executemany(f"INSERT INTO llm_calls VALUES ({_marks(CALL)})", chunk.calls)
        connection.executemany(
            f"INSERT INTO insights ({insight}) VALUES ({_marks(len(INSIGHT))})", chunk.insights
        )
    connection.execute("COMMIT")


def _marks(count: int) -> str:
    return ", ".join("?" * count)


def _write_manual_run(connection: sqlite3.Connection, at: datetime) -> None:
    stamp = at.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")
    connection.execute(
        f"INSERT INTO layer_runs VALUES ({_marks(RUN)})",
        (*_MANUAL, stamp, stamp, "success", *(0,) * 4, *(None,) * 8),
    )


def _topics(path: Path) -> set[str]:
    connection = sqlite3.connect(path)
    try:
        rows = connection.execute("SELECT DISTINCT topic_key FROM insights").fetchall()
    finally:
        connection.close()
    return {str(key) for (key,) in rows}
