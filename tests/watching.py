"""A poll that is listened to, with counted looks and a time that can stand still."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from functools import reduce
from operator import or_
from pathlib import Path

from tests.waiting import eventually
from zos_monitor.model.changes import Change, Changed
from zos_monitor.model.faults import FaultKind
from zos_monitor.polling import Poll
from zos_monitor.service import RunService

QUICK = 0.001
MANY = 30


class Watch:
    """A poll that is listened to, and what it does: its looks, its news, its connections."""

    def __init__(self, service: RunService) -> None:
        self.service = service
        self.poll: Poll = self.service.poll
        self.news: list[Change] = []
        self.looks = 0
        self.may_go_on = asyncio.Event()
        self.may_go_on.set()

    async def listen(self) -> None:
        async for change in self.service.changes():
            self.news.append(change)
            await self.may_go_on.wait()

    async def quiet(self) -> None:
        """Wait for many more looks."""
        goal = self.looks + MANY
        await eventually(lambda: self.looks >= goal)

    async def told(self, wanted: Changed) -> Changed:
        """Wait until the news so far contain what is wanted; return all they told and forget it."""
        await eventually(lambda: wanted in self._changed())
        await self.quiet()
        found = self._changed()
        self.news.clear()
        return found

    async def turned(self, fault: FaultKind | None) -> Change:
        await eventually(lambda: bool(self.news) and self.news[-1].health.fault is fault)
        return self.news[-1]

    def _changed(self) -> Changed:
        return reduce(or_, (change.changed for change in self.news), Changed.NOTHING)


class Time:
    """The time by which the polls look again; it stands still unless told."""

    now = 1000.0

    def monotonic(self) -> float:
        return self.now


Watcher = Callable[[Path], AbstractAsyncContextManager[Watch]]
