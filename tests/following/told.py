"""Runs to be followed, and what a following has told of them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from tests.conftest import NOW
from tests.waiting import eventually, soon
from zos_monitor.demo.writer import ZosWriter
from zos_monitor.followed import Followed
from zos_monitor.following import Following
from zos_monitor.model.news import Event, News, Verdict
from zos_monitor.service import RunService

LAYER = "nightly-user-reflection"
MINUTE = timedelta(minutes=1)
OPEN, BEGAN, WENT_ON, TURNED, ENDED = list(Event)[:5]
AWAITED = [(Event.AWAITED, "first"), (Event.AWAITED, "second")]


def begin(zos: ZosWriter, run_id: str, minutes: float = 0, layer: str = LAYER) -> None:
    zos.raw_run(
        id=run_id,
        layer_name=layer,
        started_at=NOW - minutes * MINUTE,
        completed_at=None,
        status="dry",
        targets_matched=2,
    )


def end(zos: ZosWriter, run_id: str, status: str = "success") -> None:
    zos.finish_run(run_id, completed_at=NOW, processed=1, status=status)


class Told:
    """What a following has told so far."""

    def __init__(self, following: Following) -> None:
        self.following = following
        self.news: list[News] = []
        self.looks = 0
        self.task = asyncio.create_task(self._listen())

    async def _listen(self) -> None:
        async for news in self.following.news():
            self.looks += 1
            self.news += news

    @property
    def events(self) -> list[tuple[str, str]]:
        return [
            (str(one.event), one.run.id if one.run is not None else one.layer_name)
            for one in self.news
        ]

    async def so_far(self, *events: tuple[str, str]) -> None:
        await eventually(lambda: self.events == list(events) or self.task.done())
        assert self.events == list(events)

    async def over(self) -> Verdict:
        await soon(self.task)
        return self.following.verdict


@asynccontextmanager
async def follow(
    service: RunService, followed: Followed, *, patient: bool = False
) -> AsyncIterator[Told]:
    told = Told(Following(service, followed, patient=patient))
    try:
        yield told
    finally:
        told.task.cancel()
        await asyncio.wait([told.task])
