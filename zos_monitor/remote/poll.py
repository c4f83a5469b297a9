"""RemotePoll: the news of a server, read as they come, and what becomes of a lost connection."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager, suppress
from datetime import datetime, timedelta

from zos_monitor.model.changes import Change, Changed, Health
from zos_monitor.model.faults import DatabaseFault, FaultKind
from zos_monitor.remote.http_faults import unreachable
from zos_monitor.remote.server import Server

RETRY_SECONDS = 1.0
"""How long after a question failed the server is looked into."""

PAUSES = (1.0, 2.0, 4.0, 8.0, 16.0, 30.0)
"""Seconds between attempts to connect again; from then on the last of them."""

SILENCE_SECONDS = 16.0
"""How long the stream may be silent: a beat comes every 5 seconds."""

LOST_SECONDS = 3.0
"""How long an answer is waited for while the server is lost."""

_JITTER = 0.2  # by what part a pause is shorter or longer, so that not all come back at once


class RemotePoll:
    """Reads the stream of news of one server, and says what to ask again; see ``polling.Poll``.

    While nothing changes nothing is asked: the stream is open, with a beat now and then. While
    paused it stays open, and what it tells is kept until ``resume``. A connection that is lost, or
    silent for too long, is told once and made again, after longer and longer pauses; then
    everything is to be asked again. ``interval`` means nothing here: the server has its own.
    """

    def __init__(
        self,
        server: Server,
        *,
        clock: Callable[[], datetime],
        on_clock: Callable[[timedelta], None] = lambda ahead: None,
    ) -> None:
        self.interval = 0.0
        self.followed = False
        """Whether news were ever asked for: then questions are asked again and again."""
        self._server = server
        self._clock = clock
        self._on_clock = on_clock
        self._health: Health | None = None  # as it is by now; None before anything is known
        self._told: Health | None = None  # as it was told last
        self._good_at: datetime | None = None  # when what was told was up to date
        self._pending = Changed.NOTHING  # what changed and is not told yet
        self._committed_at: datetime | None = None
        self._connected = False
        self._paused = False
        self._asked = False  # whether to look into the server at once
        self._owed = False  # whether everything is to be told, paused or not
        self._suspected_at: float | None = None
        self._questions: set[asyncio.Timeout] = set()  # those that wait for an answer
        self._wake = asyncio.Event()  # for who tells
        self._retry = asyncio.Event()  # for who connects

    @property
    def paused(self) -> bool:
        """Whether news are held back."""
        return self._paused

    def pause(self) -> None:
        """Hold back what changes until ``resume``; a lost connection waits for that as well."""
        self._paused = True

    def resume(self) -> None:
        """Go on, and first tell of whatever changed meanwhile."""
        self._paused = False
        self._retry.set()
        self._wake.set()

    def look_now(self) -> None:
        """Ask the server at once and tell of everything, changed or not; also while paused."""
        self._asked = self._owed = True
        self._retry.set()
        self._wake.set()

    def suspect(self) -> None:
        """Take note that a question failed: look into it soon, and have everything asked again.

        That is done while paused too, for what was asked for is owed an answer.
        """
        if self._suspected_at is None:
            self._suspected_at = asyncio.get_running_loop().time() + RETRY_SECONDS
        self._owed = True
        self._wake.set()
        if self._paused:
            self._retry.set()

    # Questions

    @asynccontextmanager
    async def unless_lost(self) -> AsyncIterator[None]:
        """Await an answer here: once the server is lost, DatabaseFault is raised in its place."""
        known = self._health
        lost = known is not None and known.fault is FaultKind.UNREACHABLE
        limit = asyncio.timeout(LOST_SECONDS if lost else None)
        try:
            async with limit:
                self._questions.add(limit)
                try:
                    yield
                finally:
                    self._questions.discard(limit)
        except TimeoutError:
            told = self._health.message if self._health is not None else ""
            raise unreachable(told or f"{self._server.place} does not answer") from None

    # Telling

    async def changes(self) -> AsyncIterator[Change]:
        """Yield news for ever; what comes while the last is dealt with is told as one."""
        self.followed = True
        connection = asyncio.create_task(self._stay_connected())
        try:
            while True:
                self._wake.clear()
                if self._due() and not await self._look():
                    await _ended(connection)  # the stream may not have noticed yet
                    connection = asyncio.create_task(self._stay_connected())
                change = self._news()
                if change is not None:
                    yield change
                else:
                    await self._sleep()
        finally:
            await _ended(connection)

    def _due(self) -> bool:
        """Tell whether to ask the server how it is; one that is not connected is tried anyway."""
        return self._connected and (self._asked or self._suspected_in() == 0)

    def _suspected_in(self) -> float | None:
        if self._suspected_at is None:
            return None
        return max(0.0, self._suspected_at - asyncio.get_running_loop().time())

    async def _look(self) -> bool:
        """Ask the server how it is, and have everything told; return whether it has answered."""
        self._settle()
        before = self._health
        try:
            greeting = await self._server.greet()
        except DatabaseFault as fault:
            self._lose(fault)
            return False
        except Exception as error:  # whatever nobody has foreseen: it is told, and tried again
            self._lose(_unforeseen(error))
            return False
        self._on_clock(greeting.ahead)
        self._pending = Changed.ALL
        if self._health is before:  # else the stream has told since what is not older
            self._health = greeting.health
        self._note_good()
        return True

    def _settle(self) -> None:
        self._asked, self._suspected_at = False, None

    def _news(self) -> Change | None:
        """Return what is to be told by now, None for nothing, and take note that it is told."""
        health = self._health
        if health is None or (self._paused and not self._owed):
            return None
        changed = self._pending if health.fault is None else Changed.NOTHING
        if not changed and self._told is not None and _same(health, self._told):
            return None
        if changed:
            self._pending, self._owed = Changed.NOTHING, False
        self._told = health
        return Change(changed, health, self._committed_at)

    async def _sleep(self) -> None:
        seconds = self._suspected_in() if self._connected else None
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._wake.wait()

    # Connecting

    async def _stay_connected(self) -> None:
        """Read the stream for ever; make the connection anew whenever it is lost.

        One that was good is made again at once, and only if that fails it is told of: a server
        that is started again, or a proxy that closes what is still, is none to speak of. Where it
        ends at once again and again that is a fault as well.
        """
        failures, hurried, now = 0, False, asyncio.get_running_loop().time
        while True:
            began = now()
            try:
                await self._read()
                fault = unreachable(f"{self._server.place} closed the connection")
            except DatabaseFault as found:
                fault = found
            except Exception as error:  # else nobody would read news any more, nor say so
                fault = _unforeseen(error)
            was_good, self._connected = self._connected, False
            stood = now() - began >= PAUSES[0]
            lost = fault.kind is FaultKind.UNREACHABLE and not isinstance(fault, _Silence)
            if was_good and (stood or not hurried) and lost:
                failures, hurried = 0, not stood
                continue
            self._lose(fault)
            await self._rest(PAUSES[min(failures, len(PAUSES) - 1)])
            failures = 0 if self._retry.is_set() else failures + 1

    async def _read(self) -> None:
        """Read the stream until it ends. Raises DatabaseFault."""
        greeting = await self._server.greet()
        self._on_clock(greeting.ahead)
        async with aclosing(self._server.news()) as news:
            while True:
                try:
                    async with asyncio.timeout(SILENCE_SECONDS):
                        change = await anext(news, _END)
                except TimeoutError:
                    raise _Silence(self._server.place) from None
                if change is _END:
                    return
                if isinstance(change, Change):
                    self._take(change)
                self._note_good()

    def _take(self, change: Change) -> None:
        if not self._connected:
            self._connected = True
            self._pending = Changed.ALL  # whatever was asked before may be of another database
            self._settle()
        self._pending |= change.changed
        self._health, self._committed_at = change.health, change.committed_at
        self._wake.set()

    def _note_good(self) -> None:
        """Take note that the server has just been heard of, as of what it says itself."""
        health = self._health
        if health is not None:
            self._good_at = self._clock() if health.fault is None else health.good_at

    def _lose(self, fault: DatabaseFault) -> None:
        """Take note that the server can't be asked; since when, stays as it was first."""
        before, since = self._health, self._clock()
        if before is not None and before.fault is fault.kind:
            since = before.since
        self._connected = False
        redacted = before is not None and before.redacted  # what is shown stays what it was
        self._health = Health(since, fault.kind, fault.message, self._good_at, redacted)
        while self._questions:
            self._questions.pop().reschedule(0)
        self._wake.set()

    async def _rest(self, seconds: float) -> None:
        """Wait before the next attempt, while paused until one is asked for."""
        self._retry.clear()
        spread = random.uniform(1 - _JITTER, 1 + _JITTER)
        waits_long = self._paused and not self._owed
        with suppress(TimeoutError):
            async with asyncio.timeout(None if waits_long else seconds * spread):
                await self._retry.wait()


_END = object()


class _Silence(DatabaseFault):
    """The stream has been silent for too long: what it stands for may be long out of date."""

    def __init__(self, place: str) -> None:
        message = f"{place} has been silent for {SILENCE_SECONDS:g} seconds"
        super().__init__(FaultKind.UNREACHABLE, message)


def _same(health: Health, other: Health) -> bool:
    """Tell whether two healths differ in no more than their times."""
    return (health.fault, health.message) == (other.fault, other.message)


def _unforeseen(error: Exception) -> DatabaseFault:
    from zos_monitor.reports import unforeseen

    return unforeseen(error, "reading the server's news")


async def _ended(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.wait([task])
