"""Reading a sample back, plainly."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any


def rows(database: Path, sql: str, *bound: object) -> list[Any]:
    with closing(sqlite3.connect(database)) as connection:
        return connection.execute(sql, bound).fetchall()


def values(database: Path, sql: str, *bound: object) -> list[Any]:
    return [row[0] for row in rows(database, sql, *bound)]


def everything(database: Path) -> dict[str, list[Any]]:
    names = values(database, "SELECT name FROM sqlite_master WHERE type = 'table'")
    return {name: rows(database, f"SELECT rowid, * FROM {name}") for name in names}
