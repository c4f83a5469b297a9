"""Questions that are given up at any moment leave no connection open."""

from __future__ import annotations

import asyncio

from tests.remote.raw_server import answer, speaking
from zos_monitor.remote.http import Http

LEAST = 4


async def test_questions_that_are_given_up_leave_no_connection_open() -> None:
    async with speaking(lambda path: answer("{}")) as server:
        http = Http(server.url)
        for turn in range(60):
            asking = asyncio.ensure_future(http.get("/health"))
            for _ in range(turn % 30):  # at every step of asking
                await asyncio.sleep(0)
            asking.cancel()
            await asyncio.wait([asking])
        await http.get("/health")
        pool = http._client._transport._pool  # type: ignore[attr-defined]
        assert len(pool.connections) <= LEAST
        await http.closed()
