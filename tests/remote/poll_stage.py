"""A server whose stream a test writes, and the poll that reads it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

from tests.remote.raw_server import STREAM, RawServer, answer, speaking
from tests.waiting import eventually
from zos_monitor.model.changes import Change
from zos_monitor.model.times import utc_now
from zos_monitor.remote.http import Http
from zos_monitor.remote.poll import RemotePoll
from zos_monitor.remote.server import Server
from zos_monitor.wire import PROTOCOL

SINCE = "2026-11-21T12:00:00Z"
GOOD: dict[str, str | None] = {"fault": None, "message": "", "since": SINCE}
GONE: dict[str, str | None] = {"fault": "missing", "message": "it is gone", "since": SINCE}


def event(*changed: str, health: dict[str, Any] = GOOD) -> bytes:
    data = json.dumps({"changed": changed, "health": health, "committed_at": SINCE})
    return f"event: change\nid: 1\ndata: {data}\n\n".encode()


ALL = event("runs", "calls", "insights", "other")


class Stage:
    """A server whose stream a test writes, and a poll that reads it."""

    def __init__(self, server: RawServer) -> None:
        self.server = server
        self.greeting: dict[str, Any] | None = {"service": "zos-monitor", "protocol": PROTOCOL}
        self.health = GOOD
        self.first = ALL
        self.streams = True
        self.news: list[Change] = []
        self.ahead: list[timedelta] = []
        self.http = Http("http://127.0.0.1:1")
        self.may_go_on = asyncio.Event()
        self.may_go_on.set()

    def say(self, path: str) -> bytes | None:
        if path == "/health":
            if self.greeting is None:
                return b""
            status = "200 OK" if self.health["fault"] is None else "503 No"
            return answer(json.dumps(self.greeting | self.health), status)
        return STREAM + self.first if self.streams else b""

    def tell(self, said: bytes) -> None:
        self.server.streams[-1].write(said)

    def greetings(self) -> int:
        return sum(head.startswith("GET /health") for head in self.server.asked)

    def start(self) -> RemotePoll:
        self.http = Http(self.server.url)
        return RemotePoll(Server(self.http), clock=utc_now, on_clock=self.ahead.append)

    async def listen(self, poll: RemotePoll) -> None:
        async for change in poll.changes():
            self.news.append(change)
            await self.may_go_on.wait()

    async def told(self, count: int) -> list[Change]:
        await eventually(lambda: len(self.news) >= count)
        return self.news

    async def quiet(self) -> None:
        """Give what is on its way the time to arrive."""
        for _ in range(20):
            await asyncio.sleep(0.001)


@asynccontextmanager
async def staged(**setting: object) -> AsyncIterator[tuple[Stage, RemotePoll]]:
    async with speaking(lambda path: stage.say(path)) as server:
        stage = Stage(server)
        for name, value in setting.items():
            setattr(stage, name, value)
        poll = stage.start()
        task = asyncio.create_task(stage.listen(poll))
        try:
            yield stage, poll
        finally:
            assert not task.done(), task.exception()
            task.cancel()
            await asyncio.wait([task])
            await stage.http.closed()
