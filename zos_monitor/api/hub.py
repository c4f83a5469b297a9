"""The hub: one task that listens to the service's news, and tells them to any number of streams."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import NamedTuple, Protocol

from zos_monitor.api.journal import Grumbler
from zos_monitor.model.changes import Change, Changed
from zos_monitor.model.runs import RunSummary

AGAIN_SECONDS = 1.0
"""How long after an unforeseen fault the news are listened to again."""

MOST_RUNS = 256
"""How many runs wait at most for one who listens slowly: those that turned last."""


class Newsagent(Protocol):
    """What the news come from: the part of a service that the hub needs."""

    def changes(self) -> AsyncIterator[Change]:
        """Yield news for ever."""


class News(NamedTuple):
    """What has happened since the last news: a change or none, and runs that turned by then."""

    change: Change | None
    runs: tuple[RunSummary, ...] = ()


class Listener:
    """One that is told of changes and of runs, at its own pace.

    What happens before it asks again is told as one: ``changed`` holds all of it, health and time
    of writing are the newest, and each run is told as it is last. So a slow one takes no more
    memory than a quick one.
    """

    def __init__(self) -> None:
        self._change: Change | None = None
        self._runs: dict[int, RunSummary] = {}
        self._over = False
        self._wake = asyncio.Event()

    def tell(self, change: Change) -> None:
        """Have a change told along with those that still wait."""
        before = self._change.changed if self._change is not None else Changed.NOTHING
        self._change = change._replace(changed=before | change.changed)
        self._wake.set()

    def tell_run(self, run: RunSummary) -> None:
        """Have a run told as it is now; the oldest of too many that wait are left out."""
        self._runs.pop(run.key.rowid, None)
        self._runs[run.key.rowid] = run
        while len(self._runs) > MOST_RUNS:
            del self._runs[next(iter(self._runs))]
        self._wake.set()

    def end(self) -> None:
        """Have nothing told any more."""
        self._over = True
        self._wake.set()

    async def next(self) -> News | None:
        """Return what has happened since this was asked last, once anything has; None at the end.

        May be cancelled: nothing gets lost by that.
        """
        await self._wake.wait()
        if self._over:
            return None
        self._wake.clear()
        news = News(self._change, tuple(self._runs.values()))
        self._change, self._runs = None, {}
        return news


class Hub:
    """Listens to a service's news in one task, for that has one consumer of them.

    That goes on where nobody listens to the hub, too: the service counts on it, as its answers
    take up what the poll has found.
    """

    def __init__(self, service: Newsagent) -> None:
        self._service = service
        self._listeners: set[Listener] = set()
        self._latest: Change | None = None
        self._first = asyncio.Event()
        self.ended = asyncio.Event()
        """Set once nothing is told any more: all streams are to end."""

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Listen meanwhile; at the end all listeners come to theirs."""
        task = asyncio.create_task(self._listen())
        try:
            yield
        finally:
            self.close()
            task.cancel()
            await asyncio.wait([task])

    def close(self) -> None:
        """End all that listen, and those that come later at once."""
        self.ended.set()
        self._first.set()
        for listener in self._listeners:
            listener.end()

    async def latest(self) -> Change | None:
        """Return the news that stand at present, once there are any; None at the end."""
        await self._first.wait()
        return self._latest if not self.ended.is_set() else None

    @contextmanager
    def listening(self) -> Iterator[Listener]:
        """Return a listener, who is told of everything at first if there are any news yet."""
        listener = Listener()
        if self._latest is not None:
            listener.tell(self._latest._replace(changed=Changed.ALL))
        if self.ended.is_set():
            listener.end()
        self._listeners.add(listener)
        try:
            yield listener
        finally:
            self._listeners.discard(listener)

    def tell_run(self, run: RunSummary) -> None:
        """Tell all listeners of a run as it is now."""
        for listener in self._listeners:
            listener.tell_run(run)

    async def _listen(self) -> None:
        grumbler = Grumbler("The news can't be listened to")
        while True:
            try:
                async for change in self._service.changes():
                    self._tell(change)
            except Exception as fault:  # else all streams would be still for ever
                grumbler.tell(fault)
            await asyncio.sleep(AGAIN_SECONDS)

    def _tell(self, change: Change) -> None:
        first = self._latest is None
        self._latest = change
        self._first.set()
        for listener in self._listeners:
            listener.tell(change._replace(changed=Changed.ALL) if first else change)
