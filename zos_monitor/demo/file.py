"""A zos database file that is written to: opening it, and putting rows into it."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from zos_monitor.demo.schema import TABLES
from zos_monitor.demo.ulid import UlidMaker
from zos_monitor.model.times import format_stored


class ZosFile:
    """Opens a zos database, making the file and its tables where they do not exist.

    Every method that writes is one commit, except inside ``batch()``. Methods raise
    ``sqlite3.OperationalError`` when another connection holds the lock for longer than
    ``busy_seconds``; they have then written nothing and can be called again. The seed fixes the
    ids that are made.
    """

    def __init__(
        self,
        path: Path | str,
        *,
        seed: int = 7,
        without: Collection[str] = (),
        journal_mode: str = "wal",
        busy_seconds: float = 5.0,
    ) -> None:
        """Open ``path``; ``without`` names tables to leave out, as older databases do."""
        self._ulids = UlidMaker(seed)
        self._connection = sqlite3.connect(path, timeout=busy_seconds, isolation_level=None)
        try:
            # A sample need not survive a power cut, so nothing waits for the disk.
            self._connection.execute("PRAGMA synchronous = OFF")
            self._connection.execute(f"PRAGMA journal_mode = {journal_mode}").fetchall()
            for name, script in TABLES.items():
                if name not in without:
                    self._connection.executescript(script)
        except BaseException:  # whatever ends it, the file is not left open
            self._connection.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the database; its WAL is folded in if no one else has it open."""
        self._connection.close()

    @contextmanager
    def batch(self) -> Iterator[None]:
        """Make everything written inside one commit, or none of it if the body raises."""
        if self._connection.in_transaction:
            yield
            return
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._connection.execute("COMMIT")
        except BaseException:  # whatever ends it, nothing of it is kept
            self._connection.rollback()
            raise

    def insert(self, table: str, **columns: object) -> None:
        """Insert one row as told, odd values too.

        Aware datetimes become zos's stored form. Bytes become TEXT of just those bytes, which is
        how a column comes to hold invalid UTF-8. Everything else goes in as it is.
        """
        names = ", ".join(f'"{name}"' for name in columns)
        marks = ", ".join(
            "CAST(? AS TEXT)" if isinstance(value, bytes) else "?" for value in columns.values()
        )
        bound = [_stored(value) for value in columns.values()]
        self._connection.execute(f'INSERT INTO "{table}" ({names}) VALUES ({marks})', bound)

    def update(self, table: str, row_id: str, **columns: object) -> None:
        """Set columns of the row with that id, with values as for ``insert``.

        Raises KeyError where there is no such row.
        """
        sets = ", ".join(
            f'"{name}" = ' + ("CAST(? AS TEXT)" if isinstance(value, bytes) else "?")
            for name, value in columns.items()
        )
        bound = [*(_stored(value) for value in columns.values()), row_id]
        cursor = self._connection.execute(f'UPDATE "{table}" SET {sets} WHERE id = ?', bound)
        if cursor.rowcount != 1:
            raise KeyError(row_id)


def _stored(value: object) -> object:
    return format_stored(value) if isinstance(value, datetime) else value
