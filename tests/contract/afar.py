"""A dashboard afar without its screen: a service that asks a server, and hears its news."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from tests.api.serving import serving_api
from tests.conftest import service_on
from tests.waiting import eventually
from zos_monitor.model.changes import Change
from zos_monitor.remote.http import Http
from zos_monitor.remote.service import RemoteService
from zos_monitor.service import RunService

QUICK = 0.005


@asynccontextmanager
async def listening(service: RemoteService) -> AsyncIterator[list[Change]]:
    news: list[Change] = []

    async def listen() -> None:
        async for change in service.changes():
            news.append(change)

    task = asyncio.create_task(listen())
    try:
        yield news
    finally:
        assert not task.done(), task.exception()
        task.cancel()
        await asyncio.wait([task])


@asynccontextmanager
async def afar(url: str) -> AsyncIterator[RemoteService]:
    service = RemoteService(Http(url))
    try:
        yield service
    finally:
        await service.closed()


@asynccontextmanager
async def both(path: Path) -> AsyncIterator[tuple[RunService, RemoteService, list[Change]]]:
    async with AsyncExitStack() as stack:
        served = service_on(path, poll_interval=QUICK)
        url = await stack.enter_async_context(serving_api(served))
        there = await stack.enter_async_context(afar(url))
        news = await stack.enter_async_context(listening(there))
        await eventually(lambda: bool(news))
        yield served, there, news
