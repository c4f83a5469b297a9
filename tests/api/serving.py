"""Servers within a test's own event loop: a real uvicorn on a port of its own, and its end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

from tests.waiting import soon
from zos_monitor.api.addresses import listening, resolve, url_of
from zos_monitor.api.app import create_app
from zos_monitor.api.server import Server
from zos_monitor.questions import Shared

LOOPBACK = "127.0.0.1"


@asynccontextmanager
async def serving(app: Any, *, at_stop: Callable[[], None] = lambda: None) -> AsyncIterator[str]:  # noqa: ANN401
    """Serve an ASGI application meanwhile, and yield its URL (without a slash at the end).

    It is stopped in order, also where streams are open: then ``at_stop`` is to end them.
    """
    (listener,) = listening(resolve(LOOPBACK), 0)
    server = Server(app, at_stop=at_stop)
    task = asyncio.create_task(server.serve([listener]))
    ready = asyncio.create_task(server.ready.wait())
    try:
        await soon(asyncio.wait([task, ready], return_when=asyncio.FIRST_COMPLETED))
        assert not task.done(), "the server has ended at once"
        yield url_of(listener)
    finally:
        ready.cancel()
        server.stop()
        await soon(task)


@asynccontextmanager
async def serving_api(
    service: Shared, *, token: str | None = None, cors: Sequence[str] = ()
) -> AsyncIterator[str]:
    """Serve the API of a service meanwhile, and yield its URL; the service is closed at the end."""
    app = create_app(service, token=token, cors=cors)
    try:
        async with serving(app, at_stop=app.state.hub.close) as url:
            yield url
    finally:
        await service.closed()
