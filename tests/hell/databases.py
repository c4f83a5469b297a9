"""Whole databases of such values, mixed with believable ones that refer to each other."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import NamedTuple

from hypothesis import strategies as st

from tests.conftest import NOW
from tests.hell.values import VALUES, Raw, Value
from zos_monitor.demo.schema import TABLES
from zos_monitor.model.times import format_stored

Row = Mapping[str, Value]

RUNS = ("run-0", "run-1", "run-2", "run-3", "01M7AAAAAAAAAAAAAAAAAAAAAA")
LAYERS = ("nightly-user-reflection", "weekly-meta-reflection", "dm-response")
TOPICS = ("server:1:user:2", "server:1:user:3", "server:1:channel:4", "user:2", "self:zos")


class Database(NamedTuple):
    """The rows of each table, in the order of their writing.

    With ``typed`` the columns keep their types and with them SQLite's conversions; a column
    without one keeps every value as it is. With ``indexed`` zos's indexes are there.
    """

    rows: Mapping[str, tuple[Row, ...]]
    typed: bool = True
    indexed: bool = True


def stored(hours: float) -> str:
    """Return the instant so many hours before the present, as zos stores it."""
    return format_stored(NOW - timedelta(hours=hours))


_STARTS = [stored(hours) for hours in (5, 0.02, 0.2, 1, 9, 33, 57, 81, 200, 900)]
_BELIEVABLE: dict[str, tuple[Value, ...]] = {
    "layer_name": LAYERS,
    "layer_hash": ("5f0c1ab2d94e7736", "77"),
    "started_at": tuple(_STARTS),
    "completed_at": (*(stored(hours) for hours in (4.9, 0, 0.1, 0.9, 8.5, 32, 50)), None, None),
    "status": ("success", "partial", "failed", "dry"),
    "model_profile": ("reflection", None),
    "model_provider": ("anthropic", None),
    "model_name": ("claude-opus", "claude-haiku", None),
    "estimated_cost_usd": (0.012, 0.5, None),
    "errors": ("null", None, '[{"topic": "server:1:user:2", "error": "429", "node": "reflect"}]'),
    "layer_run_id": (*RUNS, None),
    "topic_key": TOPICS,
    "call_type": ("reflection", "vision"),
    "latency_ms": (9000, 100, None),
    "success": (1, 1, 0),
    "error_message": (None, "429 rate limit"),
    "prompt": ("Reflect.", '{"json": [1, 2]}'),
    "response": ("A quiet day.", None),
    "created_at": tuple(_STARTS),
    "category": ("user_reflection",),
    "content": ("They were kind.",),
    "name": ("general", None),
    "user_id": ("2", "3"),
    "server_id": ("1", None),
    "display_name": ("Ada",),
    "username": ("ada",),
    "captured_at": tuple(_STARTS),
}
_IDS: dict[str, tuple[Value, ...]] = {
    "layer_runs": RUNS,
    "llm_calls": ("call-0", "call-1", "call-2", "call-3"),
    "insights": ("insight-0", "insight-1", "insight-2"),
    "servers": ("1",),
    "channels": ("4", "5"),
    "user_profiles": ("p-0",),
}
MOST: dict[str, int] = {
    "layer_runs": 7,
    "llm_calls": 7,
    "insights": 4,
    "servers": 2,
    "channels": 2,
    "user_profiles": 3,
}
"""How many rows a table has at most."""


@cache
def columns(table: str) -> tuple[tuple[str, str], ...]:
    """Return the columns of a table of zos's, each with its type."""
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript(TABLES[table])
        return tuple(
            (row[1], row[2]) for row in connection.execute(f"PRAGMA table_info({table})").fetchall()
        )


@cache
def _indexes(table: str) -> tuple[str, ...]:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript(TABLES[table])
        found = connection.execute("SELECT sql FROM sqlite_master WHERE type = 'index'").fetchall()
    return tuple(sql.replace("UNIQUE ", "") for (sql,) in found if sql)


def believable(table: str, column: str) -> tuple[Value, ...]:
    """Return values that a column of zos's may well have."""
    if column == "id":
        return _IDS[table]
    return _BELIEVABLE.get(column) or ((1, 3, 0, 12) if table != "insights" else (0.5, None, 0.9))


def plain_row(table: str, **values: Value) -> Row:
    """Return a row with the first believable value in each column that is not told."""
    return {name: believable(table, name)[0] for name, _ in columns(table)} | values


@cache
def _rows(table: str) -> st.SearchStrategy[Row]:
    """Return rows that have odd values in one column, in some, in all, or in none."""
    names = [name for name, _ in columns(table)]
    good = {name: st.sampled_from(believable(table, name)) for name in names}
    some = {name: st.one_of(good[name], good[name], VALUES) for name in names}
    alone = st.sampled_from(names).flatmap(
        lambda name: st.fixed_dictionaries({**good, name: VALUES})
    )
    everywhere = st.fixed_dictionaries(dict.fromkeys(names, VALUES))
    return st.one_of(alone, st.fixed_dictionaries(some), everywhere, st.fixed_dictionaries(good))


DATABASES: st.SearchStrategy[Database] = st.builds(
    Database,
    st.fixed_dictionaries(
        {table: st.lists(_rows(table), max_size=most).map(tuple) for table, most in MOST.items()}
    ),
    st.booleans(),
    st.sampled_from([True, True, True, False]),
)
"""Databases of few rows, of which some share ids and some refer to each other."""


def put(path: Path, database: Database) -> None:
    """Write a database, all in one commit; what is in the file already is replaced."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL").fetchall()
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("BEGIN IMMEDIATE")
        for table in MOST:
            _put_table(connection, table, database)
        connection.execute("COMMIT")


def _put_table(connection: sqlite3.Connection, table: str, database: Database) -> None:
    told = [f'"{name}" {kind if database.typed else ""}' for name, kind in columns(table)]
    connection.execute(f"DROP TABLE IF EXISTS {table}")
    connection.execute(f"CREATE TABLE {table} ({', '.join(told)})")
    if database.indexed:
        for sql in _indexes(table):
            connection.execute(sql)
    for row in database.rows.get(table, ()):
        names = ", ".join(f'"{name}"' for name in row)
        marks = ", ".join("CAST(? AS TEXT)" if isinstance(v, Raw) else "?" for v in row.values())
        bound = [value.text if isinstance(value, Raw) else value for value in row.values()]
        connection.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", bound)
