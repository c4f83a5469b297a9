"""Opening zos's database for one short read, and leaving no trace of it.

Every question opens a connection of its own and closes it with the answer: a connection that is
held would keep zos from folding its write-ahead log away, and would not notice a replaced file.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import aiosqlite

from zos_monitor.store.faults import explain, inspect, not_zos
from zos_monitor.store.filter_sql import SQL_FUNCTIONS
from zos_monitor.store.schema import COLUMNS_SQL, Schema

BUSY_SECONDS = 0.2
"""How long a read waits for a lock before it says so; the poll tries again anyway."""

_WAL = 2  # the file format's read and write version where a write-ahead log is used


class Reader:
    """One open read transaction: every query in it sees the same state of the database."""

    def __init__(
        self, connection: aiosqlite.Connection, schema: Schema, *, lacks_log: bool = False
    ) -> None:
        self._connection = connection
        self.schema = schema
        self.lacks_log = lacks_log
        """Whether commits in a write-ahead log stay unseen, since reading it would leave files."""

    async def rows(self, sql: str, params: Sequence[object] = ()) -> list[sqlite3.Row]:
        """Return all rows of a query; the cursor is finished when this returns."""
        return list(await self._connection.execute_fetchall(sql, params))

    async def row(self, sql: str, params: Sequence[object] = ()) -> sqlite3.Row | None:
        """Return the first row of a query, None where there is none."""
        rows = await self.rows(sql, params)
        return rows[0] if rows else None

    async def use_filter_functions(self) -> None:
        """Register the SQL functions that compiled filters may call."""
        for name, arguments, function in SQL_FUNCTIONS:
            await self._connection.create_function(name, arguments, function, deterministic=True)


class Database:
    """zos's database file, read through short connections."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._locking = 0  # connections now open that hold locks on the file

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Reader]:
        """Open the file for one read transaction.

        Raises DatabaseFault where it can't be read. A cancelled task interrupts its query.
        """
        fault = inspect(self.path)
        if fault is not None:
            raise fault
        file = self.path.resolve()
        immutable = not self._locking and _would_leave_files(file)
        self._locking += not immutable
        try:
            async with _connection(file, immutable) as connection:
                yield await self._begin(
                    connection, immutable and _stamp(side_file(file, "-wal")).size > 0
                )
        except sqlite3.Error as error:
            raise explain(self.path, error) from error
        finally:
            self._locking -= not immutable

    async def _begin(self, connection: aiosqlite.Connection, lacks_log: bool) -> Reader:
        connection.text_factory = _decode
        connection.row_factory = sqlite3.Row
        await connection.execute_fetchall("BEGIN")
        columns = await connection.execute_fetchall(COLUMNS_SQL)
        schema = Schema.read((row[0], row[1]) for row in columns)
        if schema.lack is not None:
            raise not_zos(self.path, schema.lack)
        return Reader(connection, schema, lacks_log=lacks_log)


class Stamp(NamedTuple):
    """A file's inode, time of last writing (nanoseconds since the epoch) and size in bytes."""

    inode: int
    written_ns: int
    size: int


class Fingerprint(NamedTuple):
    """What changes about the database's files whenever anyone commits."""

    file: str
    main: Stamp
    log: Stamp

    @property
    def written_at(self) -> datetime | None:
        """When the files were last written."""
        newest = max(self.main.written_ns, self.log.written_ns)
        return datetime.fromtimestamp(newest // 1_000_000 / 1000, UTC) if newest else None


def fingerprint(path: Path) -> Fingerprint | None:
    """Return the present fingerprint, None where there is no file.

    Two calls of ``stat`` and no connection: cheap enough for several times a second.
    """
    try:
        file = path.resolve()
        stamp = _stamp(file)
        return (
            Fingerprint(str(file), stamp, _stamp(side_file(file, "-wal"))) if any(stamp) else None
        )
    except OSError:
        return None


def side_file(file: Path, suffix: str) -> Path:
    """Return the path of a file that SQLite keeps beside the database, such as ``-wal``."""
    return file.with_name(file.name + suffix)


def _stamp(file: Path) -> Stamp:
    try:
        stat = file.stat()
    except FileNotFoundError:
        return Stamp(0, 0, 0)
    return Stamp(stat.st_ino, stat.st_mtime_ns, stat.st_size)


def _would_leave_files(file: Path) -> bool:
    """Tell whether a read-only connection would create files beside the database.

    In WAL mode SQLite creates a missing ``-shm`` and ``-wal`` for readers too, owned by the
    reader, and can't take them away again; such a file is read as if it were on a read-only disk.
    Looking into the file ourselves drops the locks that this process holds on it (a trait of
    POSIX), so callers ask only while none are held.
    """
    if all(side_file(file, suffix).exists() for suffix in ("-wal", "-shm")):
        return False
    try:
        with file.open("rb") as stream:
            header = stream.read(20)
    except OSError:
        return False
    return header[18:20] == bytes((_WAL, _WAL))


@asynccontextmanager
async def _connection(file: Path, immutable: bool) -> AsyncIterator[aiosqlite.Connection]:
    connection = await _open(file.as_uri() + ("?immutable=1" if immutable else "?mode=ro"))
    try:
        yield connection
    except asyncio.CancelledError:
        await connection.interrupt()
        raise
    finally:
        await asyncio.shield(connection.close())


async def _open(uri: str) -> aiosqlite.Connection:
    """Open a connection; a cancelled opening is finished and closed, for its thread's sake."""
    connector = aiosqlite.connect(uri, uri=True, timeout=BUSY_SECONDS, isolation_level=None)
    opening = asyncio.ensure_future(_settle(connector))
    try:
        return await asyncio.shield(opening)
    except asyncio.CancelledError:
        with suppress(sqlite3.Error):
            await (await opening).close()
        raise


async def _settle(connector: aiosqlite.Connection) -> aiosqlite.Connection:
    return await connector


def _decode(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")
