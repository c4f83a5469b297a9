"""Questions that are given up at any moment leave no connection open."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.remote.raw_server import answer, speaking
from zos_monitor.remote.http import Http
from zos_monitor.remote.orphans import close_orphans

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
        assert len(pool_of(http).connections) <= LEAST
        await http.closed()


class Otherwise:
    """A client or a pool that has other parts than those which are known."""

    def __init__(self, **parts: object) -> None:
        vars(self).update(parts)


@pytest.mark.parametrize(
    "pool",
    [
        None,
        Otherwise(),
        Otherwise(_connections=(), _requests=[]),
        Otherwise(_connections=[Otherwise()], _requests=[]),
        Otherwise(_connections=[], _requests=[Otherwise()]),
    ],
)
async def test_a_pool_that_is_built_otherwise_is_left_alone(pool: object) -> None:
    client: Any = Otherwise(_transport=Otherwise(_pool=pool))
    before = repr(vars(pool)) if pool is not None else ""
    await close_orphans(client, ())
    assert pool is None or repr(vars(pool)) == before


def pool_of(http: Http) -> Any:  # noqa: ANN401
    return http._client._transport._pool  # type: ignore[attr-defined]
