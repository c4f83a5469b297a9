"""Clients that hold connections or ask a lot at a time leave room for others."""

from __future__ import annotations

import asyncio
import resource
import socket
import struct
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.api.serving import serving, serving_api
from tests.api.test_racing import GET, Slow, connected, slow
from tests.conftest import service_on
from tests.waiting import eventually, soon
from zos_monitor.api import connections, places
from zos_monitor.api.app import create_app

__all__ = ["slow"]

HEALTH = GET.format("/health")
_OF_CONNECTIONS = ("abort", "timeout_keep_alive_handler")
BODY = HEALTH.replace("\r\n\r\n", "\r\nContent-Length: 9\r\n\r\n")


async def all_of(client: socket.socket) -> bytes:
    """Return what a connection has until its end, also where that is an abrupt one."""
    loop, received = asyncio.get_running_loop(), b""
    client.setblocking(False)
    with suppress(ConnectionError):
        while part := await soon(loop.sock_recv(client, 65_536)):
            received += part
    return received


@pytest.mark.parametrize("begun", ["", "GET /hea", HEALTH[:-2], HEALTH + "GET", BODY + "body"])
async def test_who_is_long_about_a_request_is_left(
    history: Path, monkeypatch: pytest.MonkeyPatch, begun: str
) -> None:
    monkeypatch.setattr(connections, "HEAD_SECONDS", 0.05)
    async with serving_api(service_on(history)) as url:
        with connected(url, begun) as client:
            if begun.startswith(HEALTH[:-2] + "\r\n") or begun.startswith(BODY):
                await asyncio.get_running_loop().run_in_executor(None, client.recv, 10)
                client.sendall(b"x")
            received = await all_of(client)
    assert received.count(b"HTTP/1.1") <= 1


async def test_an_answer_may_take_longer_than_a_request(
    slow: Slow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "HEAD_SECONDS", 0.05)
    async with serving_api(slow.service) as url:
        with connected(url, GET.format("/runs/x")) as client:
            await eventually(lambda: slow.asked == 1)
            client.settimeout(0.2)
            with pytest.raises(TimeoutError):
                await asyncio.to_thread(client.recv, 1)
            assert slow.given_up == 0


async def test_who_reads_nothing_is_left(history: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "READ_SECONDS", 0.05)
    ended = asyncio.Event()

    async def flood(scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401
        await send({"type": "http.response.start", "status": 200, "headers": []})
        try:
            while True:
                await send({"type": "http.response.body", "body": b"x" * 99_999, "more_body": True})
                await asyncio.sleep(0)
        finally:
            ended.set()

    service = service_on(history)
    app = create_app(service)
    app.mount("/flood", flood)
    async with serving(app, at_stop=app.state.hub.close) as url:
        with connected(url, GET.format("/flood/"), buffer=2048):
            await soon(ended.wait())
    await service.closed()


async def test_a_connection_that_is_lost_leaves_no_timer(history: Path) -> None:
    loop: Any = asyncio.get_running_loop()

    def timers() -> list[str]:
        names = [each._callback.__name__ for each in loop._scheduled if not each.cancelled()]
        return [name for name in names if name in _OF_CONNECTIONS]

    async with serving_api(service_on(history)) as url:
        with connected(url, HEALTH) as client:
            await asyncio.to_thread(client.recv, 1_000)
            assert timers() == ["timeout_keep_alive_handler"]
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        await eventually(lambda: timers() == [])  # it was reset, as by one who gives an answer up


async def test_one_connection_too_many_is_refused_until_there_is_room(
    history: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "most_connections", lambda: 2)
    async with serving_api(service_on(history)) as url:
        with ExitStack() as stack:
            for _ in range(2):
                client = stack.enter_context(connected(url, GET.format("/runs/events")))
                await asyncio.to_thread(client.recv, 100)
            with connected(url, HEALTH) as client:
                assert (await all_of(client)).startswith(b"HTTP/1.1 503 ")

        async def answered() -> bool:
            with suppress(httpx.HTTPError):
                async with httpx.AsyncClient(verify=False) as client:
                    return (await client.get(f"{url}/health")).status_code == 200
            return False

        async with asyncio.timeout(5):
            while not await answered():
                pass


@pytest.fixture
def files(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[tuple[int, int]]]:
    """Have the limits of open files that the list's last item has."""
    limits = [(0, 0)]
    monkeypatch.setattr(resource, "getrlimit", lambda _: limits[-1])
    monkeypatch.setattr(resource, "setrlimit", lambda _, wanted: limits.append(wanted))
    connections.most_connections.cache_clear()
    yield limits
    connections.most_connections.cache_clear()


INFINITE = resource.RLIM_INFINITY


@pytest.mark.parametrize(
    ("allowed", "raised", "most"),
    [
        ((1_024, 1_024), (1_024, 1_024), 576),
        ((256, 256), (256, 256), 128),
        ((256, 2_000), (2_000, 2_000), 1_552),
        ((1_024, 1 << 20), (4_544, 1 << 20), 4_096),
        ((1_024, INFINITE), (4_544, INFINITE), 4_096),
        ((INFINITE, INFINITE), (INFINITE, INFINITE), 4_096),
        ((1 << 20, 1 << 20), (1 << 20, 1 << 20), 4_096),
    ],
)
def test_connections_leave_files_for_the_database(
    files: list[tuple[int, int]], allowed: tuple[int, int], raised: tuple[int, int], most: int
) -> None:
    files[:] = [allowed]
    assert connections.most_connections() == most
    assert files[-1] == raised


async def test_many_questions_wait_for_their_turns(
    slow: Slow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(places, "PLACES", 2)
    monkeypatch.setattr(places, "WAIT_SECONDS", 0.1)
    async with (
        serving_api(slow.service) as url,
        httpx.AsyncClient(base_url=url, verify=False) as client,
    ):
        with connected(url, GET.format("/runs/x")):
            with connected(url, GET.format("/runs/x")):
                await eventually(lambda: slow.asked == 2)
                refused = await client.get("/runs")
                assert (refused.status_code, refused.headers["retry-after"]) == (503, "1")
                assert refused.json() == {"detail": places.CROWDED}
                assert (await client.get("/health")).status_code == 200
                monkeypatch.setattr(places, "WAIT_SECONDS", 10.0)
                waiting = asyncio.ensure_future(client.get("/runs"))
            assert (await soon(waiting)).status_code == 200
        assert slow.asked == 2
