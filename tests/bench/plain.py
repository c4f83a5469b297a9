"""The plain SQL of each question, as zos's own API would ask it, and what is right on the screen.

It knows none of the ways around the missing index on ``started_at``.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from tests.bench.runs import Run
from zos_monitor.model.times import format_stored

PAGE = 50
_PAGE_SQL = "SELECT * FROM layer_runs AS r WHERE {where} ORDER BY r.started_at DESC LIMIT ?"
_COUNT_SQL = "SELECT count(*) FROM layer_runs AS r WHERE {where}"
_STATES_SQL = """
SELECT r.layer_name, r.status, count(*), sum(r.insights_created), max(r.started_at),
    avg(julianday(r.completed_at) - julianday(r.started_at))
FROM layer_runs AS r WHERE {where} GROUP BY r.layer_name, r.status
"""
# As zos's API sums it: each run's calls first, then those of the runs that are asked for.
_COST_SQL = """
SELECT r.layer_name, sum(c.tokens), sum(c.cost)
FROM layer_runs AS r LEFT JOIN (
    SELECT layer_run_id, sum(tokens_total) AS tokens, sum(estimated_cost_usd) AS cost
    FROM llm_calls GROUP BY layer_run_id
) AS c ON c.layer_run_id = r.id
WHERE {where} GROUP BY r.layer_name
"""
_RUNS_SQL = """
SELECT id, layer_name, CASE WHEN completed_at IS NOT NULL THEN status END, started_at
FROM layer_runs AS r WHERE {where} ORDER BY r.started_at {way}, r.rowid {way} LIMIT ?
"""
EVERYTHING = "1"


class Filter(NamedTuple):
    """A filter in the monitor's language, and as the plain condition."""

    name: str
    text: str
    where: str
    params: tuple[str, ...]
    timed: bool
    """Whether it names a time: where it does not, the totals are those of seven days."""


def filters(today: date) -> list[Filter]:
    """Return the filters that are measured: by layer, by status, by time, and by all of them."""
    begin, end = today - timedelta(days=59), today - timedelta(days=30)
    days = f"since:{begin} until:{end}"
    spanned = "r.started_at >= ? AND r.started_at < ?"
    span = tuple(f"{day} 00:00:00.000000" for day in (begin, end + timedelta(days=1)))
    layer, talk = "nightly-dyad-reflection", "channel-speak"
    every = f"r.layer_name = ? AND r.status = ? AND {spanned}"
    return [
        Filter("layer", f"layer:{layer}", "r.layer_name = ?", (layer,), False),
        Filter("status", "status:failed", "r.status = ?", ("failed",), False),
        Filter("time", days, spanned, span, True),
        Filter(
            "all three",
            f"layer:{talk} status:failed {days}",
            every,
            (talk, "failed", *span),
            True,
        ),
    ]


def containing(text: str) -> Filter:
    """Return a search for a text that occurs in errors only, if anywhere."""
    return Filter(text, f'"{text}"', "r.errors LIKE ?", (f"%{text}%",), False)


class Plain:
    """Asks a database plainly. Each question that is a baseline returns how many seconds it took.

    While it is open, its connection keeps the database as it is while zos is up: with its side
    files there.
    """

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None)
        self._connection.execute("SELECT count(*) FROM sqlite_master").fetchall()

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def page(self, where: str = EVERYTHING, params: tuple[str, ...] = ()) -> float:
        """Time the newest runs."""
        return self._timed(_PAGE_SQL.format(where=where), (*params, PAGE))

    def count(self, where: str = EVERYTHING, params: tuple[str, ...] = ()) -> float:
        """Time how many runs there are."""
        return self._timed(_COUNT_SQL.format(where=where), params)

    def totals(self, where: str, params: tuple[str, ...]) -> float:
        """Time the totals by layer and status, with the cost summed over all calls."""
        states = self._timed(_STATES_SQL.format(where=where), params)
        return states + self._timed(_COST_SQL.format(where=where), params)

    def newest(
        self, limit: int, where: str = EVERYTHING, params: tuple[str, ...] = ()
    ) -> list[Run]:
        """Return the newest runs, in the exact order."""
        return self._runs(_RUNS_SQL.format(where=where, way="DESC"), (*params, limit))

    def oldest(self) -> Run:
        """Return the oldest run."""
        return self._runs(_RUNS_SQL.format(where=EVERYTHING, way="ASC"), (1,))[0]

    def matching(self, where: str, params: tuple[str, ...]) -> int:
        """Return how many runs there are."""
        rows = self._connection.execute(_COUNT_SQL.format(where=where), params).fetchall()
        return int(rows[0][0])

    def started(self, run_id: str) -> str:
        """Return when a run started, in the stored form; nothing for an unknown one."""
        found = self._connection.execute(
            "SELECT started_at FROM layer_runs WHERE id = ?", (run_id,)
        ).fetchall()
        return str(found[0][0]) if found else ""

    def fold(self) -> bool:
        """Fold the write-ahead log into the file; tell whether no reader was in the way."""
        self._connection.execute("PRAGMA busy_timeout = 0").fetchall()
        busy = self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()[0][0]
        return not busy

    def _runs(self, sql: str, params: tuple[object, ...]) -> list[Run]:
        return [Run(*row) for row in self._connection.execute(sql, params).fetchall()]

    def _timed(self, sql: str, params: tuple[object, ...]) -> float:
        begun = time.perf_counter()
        self._connection.execute(sql, params).fetchall()
        return time.perf_counter() - begun


@contextmanager
def plain(path: Path) -> Iterator[Plain]:
    """Open a database for plain questions."""
    asking = Plain(path)
    try:
        yield asking
    finally:
        asking.close()


def since(now: datetime, days: int) -> tuple[str, tuple[str, ...]]:
    """Return the condition of the last so many days, and what it binds."""
    return "r.started_at >= ?", (format_stored(now - timedelta(days=days)),)
