"""Opening zos's database for one short read, and leaving no trace of it.

Every question opens a connection of its own and closes it with the answer: a connection that is
held would keep zos from folding its write-ahead log away, and would not notice a replaced file.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import aiosqlite

from zos_monitor.model.times import utc_now
from zos_monitor.store.borrowing import Borrowing
from zos_monitor.store.faults import explain, inspect, locked, not_zos, unreachable
from zos_monitor.store.filter_sql import SQL_FUNCTIONS
from zos_monitor.store.fingerprint import side_file, stamp
from zos_monitor.store.indexes import Indexes, KnownIndexes
from zos_monitor.store.judge import Judge
from zos_monitor.store.past_queries import Pasts
from zos_monitor.store.schema import Schema, Schemas

BUSY_SECONDS = 0.2
"""How long a read waits for a lock before it says so; the poll tries again anyway."""

_INTERRUPT_SECONDS = 0.01

_LOCK_TRIES = 10


class Reader:
    """One open read transaction: every query in it sees the same state of the database."""

    def __init__(
        self,
        connection: aiosqlite.Connection,
        schema: Schema,
        judge: Judge,
        indexes: Indexes,
        *,
        lacks_log: bool = False,
    ) -> None:
        self._connection = connection
        self.schema = schema
        self.indexes = indexes
        self.judge = judge
        """Tells what open runs are at present; its SQL functions are there for every query."""
        self.lacks_log = lacks_log
        """Whether commits in a write-ahead log stay unseen, since reading it would leave files."""

    async def rows(self, sql: str, params: Sequence[object] = ()) -> list[sqlite3.Row]:
        """Return all rows of a query; the cursor is finished when this returns."""
        return list(await self._connection.execute_fetchall(sql, params))

    async def row(self, sql: str, params: Sequence[object] = ()) -> sqlite3.Row | None:
        """Return the first row of a query, None where there is none."""
        rows = await self.rows(sql, params)
        return rows[0] if rows else None


class Database:
    """zos's database file, read through short connections.

    ``clock`` tells the present, by which open runs are judged.
    """

    def __init__(self, path: Path, *, clock: Callable[[], datetime] = utc_now) -> None:
        self.path = path
        self.pasts = Pasts()
        """What the layers' last runs tell; kept from one connection to the next."""
        self.lacks_log = False
        """Whether what was read last left a write-ahead log out."""
        self._clock = clock
        self._schemas = Schemas()
        self._indexes = KnownIndexes()
        self._borrowing = Borrowing()
        self._locking = 0  # connections now open that hold locks on the file
        self._open = 0  # connections now open, opening or closing
        self._idle = asyncio.Event()
        self._idle.set()
        self._closings: set[asyncio.Future[None]] = set()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Reader]:
        """Open the file for one read transaction.

        Raises DatabaseFault where it can't be read. A cancelled task interrupts its query.
        """
        fault = inspect(self.path)
        if fault is not None:
            raise fault
        try:
            file = self.path.resolve()
            immutable = await self._would_leave_files(file)
        except OSError as error:  # such as a name that leaves no room for the side files'
            raise unreachable(self.path, error) from error
        self._locking += not immutable
        try:
            async with self._connection(file, immutable) as (connection, judge, indexes):
                schema = judge.schema
                if schema.lack is not None:
                    raise not_zos(self.path, schema.lack)
                self.lacks_log = immutable and stamp(side_file(file, "-wal")).size > 0
                yield Reader(connection, schema, judge, indexes, lacks_log=self.lacks_log)
        except sqlite3.Error as error:
            raise explain(self.path, error) from error
        finally:
            self._locking -= not immutable
            if not self._open:
                self._borrowing.release()

    async def closed(self) -> None:
        """Wait until no connection is open, also none of a question that was cancelled.

        To be awaited before the event loop ends: the connections' threads answer to it.
        """
        await self._idle.wait()

    async def _would_leave_files(self, file: Path) -> bool:
        """Tell whether reading would, see ``Borrowing``. Raises DatabaseFault."""
        for _ in range(_LOCK_TRIES):
            try:
                return self._borrowing.look(file, locking=self._locking > 0)
            except BlockingIOError:
                await asyncio.sleep(BUSY_SECONDS / _LOCK_TRIES)
        raise locked(self.path)

    @asynccontextmanager
    async def _connection(self, file: Path, immutable: bool) -> AsyncIterator[_Opened]:
        # Without the mode SQLite would make a file where there is none any more.
        uri = file.as_uri() + ("?mode=ro&immutable=1" if immutable else "?mode=ro")
        self._open += 1
        self._idle.clear()
        opening = asyncio.ensure_future(_connect(uri, self._begin))
        try:
            opened = await asyncio.shield(opening)
        except BaseException:  # whatever ends the wait, the connection is closed once it is open
            self._closing(_close_unused(opening))
            raise
        cancelled = False
        try:
            yield opened
        except asyncio.CancelledError:
            cancelled = True
            raise
        finally:
            closing = _close(opened.connection, interrupting=cancelled)
            await asyncio.shield(self._closing(closing))

    def _begin(self, connection: sqlite3.Connection) -> tuple[Judge, Indexes]:
        """Begin to read, on the connection's thread; all at once, for each hop there takes time."""
        connection.text_factory = _decode
        connection.row_factory = sqlite3.Row
        connection.execute("BEGIN").close()
        schema = self._schemas.of(connection)
        indexes = self._indexes.of(connection)
        for name, arguments, function in SQL_FUNCTIONS:
            connection.create_function(name, arguments, function, deterministic=True)
        return Judge(connection, schema, self.pasts, self._clock()), indexes

    def _closing(self, work: Coroutine[None, None, None]) -> asyncio.Future[None]:
        """Have a connection closed whatever becomes of its question, and note when it is."""
        closing = asyncio.ensure_future(work)
        self._closings.add(closing)
        closing.add_done_callback(self._closed)
        return closing

    def _closed(self, closing: asyncio.Future[None]) -> None:
        self._closings.discard(closing)
        self._open -= 1
        if not self._open:
            self._borrowing.release()
            self._idle.set()


class _Opened(NamedTuple):
    connection: aiosqlite.Connection
    judge: Judge
    indexes: Indexes


async def _close(connection: aiosqlite.Connection, *, interrupting: bool) -> None:
    """Close a connection once its query has ended, or with ``interrupting`` make it end.

    SQLite forgets an interrupt that meets no running query, and a query that was queued just now
    may begin to run right after it. So it is repeated until the connection is closed.
    """
    closing = asyncio.ensure_future(_closed(connection))
    while interrupting and not closing.done():
        with suppress(sqlite3.Error, ValueError):  # it is closed by now
            await connection.interrupt()
        await asyncio.wait([closing], timeout=_INTERRUPT_SECONDS)
    await closing


async def _closed(connection: aiosqlite.Connection) -> None:
    """Have a connection closed and its thread ended, by one message where aiosqlite has that."""
    stop = getattr(connection, "stop", None)
    stopped = stop() if stop is not None else None
    await (stopped if stopped is not None else connection.close())


async def _close_unused(opening: asyncio.Future[_Opened]) -> None:
    try:
        opened = await opening
    except Exception:  # it could not be opened, whatever the reason: there is nothing to close
        return
    await _closed(opened.connection)


async def _connect(
    uri: str, begin: Callable[[sqlite3.Connection], tuple[Judge, Indexes]]
) -> _Opened:
    """Connect, begin to read and look at the schema, all in one message to a new thread.

    Where that fails, the thread has ended before the error is raised. aiosqlite itself doesn't wait
    for it then, and a thread that outlives the event loop complains on standard error. So a failure
    is noted, and a connection to nothing closed in order.
    """
    outcome: list[tuple[Judge, Indexes] | Exception] = []

    def connect(*arguments: Any, **options: Any) -> sqlite3.Connection:  # noqa: ANN401
        try:
            connection = sqlite3.Connection(*arguments, **options)
        except Exception as fault:  # raised again below, whatever it is
            outcome.append(fault)
            return sqlite3.Connection(":memory:")
        try:
            outcome.append(begin(connection))
        except Exception as fault:  # as well: the thread has to end first
            connection.close()
            outcome.append(fault)
            return sqlite3.Connection(":memory:")
        return connection

    connection = await aiosqlite.connect(
        uri, uri=True, timeout=BUSY_SECONDS, isolation_level=None, factory=connect
    )
    (begun,) = outcome
    if isinstance(begun, Exception):
        await _closed(connection)
        raise begun
    return _Opened(connection, *begun)


def _decode(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")
