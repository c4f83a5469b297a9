"""Answers that nobody waits for any more are given up, down to SQLite."""

from __future__ import annotations

import asyncio
import socket
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from tests.api.serving import serving, serving_api
from tests.conftest import service_on
from tests.waiting import eventually, soon
from zos_monitor.api.app import create_app
from zos_monitor.service import RunService

ENDLESS = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT max(x) FROM n"


class Slow:
    """A service on which the question for one run is answered never."""

    def __init__(self, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.service = service_on(path)
        self.asked = 0
        self.given_up = 0
        monkeypatch.setattr(self.service, "run", self._run)

    async def _run(self, run_id: str) -> Any:  # noqa: ANN401
        try:
            async with self.service._read() as reader:
                self.asked += 1
                await reader.rows(ENDLESS)
        except asyncio.CancelledError:
            self.given_up += 1
            raise


@pytest.fixture
def slow(history: Path, monkeypatch: pytest.MonkeyPatch) -> Slow:
    return Slow(history, monkeypatch)


def connected(url: str, request: str, *, buffer: int | None = None) -> socket.socket:
    parts = urlsplit(url)
    assert parts.hostname is not None
    assert parts.port is not None
    client = socket.socket()
    if buffer is not None:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
    client.connect((parts.hostname, parts.port))
    client.sendall(request.encode())
    return client


GET = "GET {} HTTP/1.1\r\nHost: localhost\r\n\r\n"


async def test_a_question_whose_client_has_gone_is_interrupted(slow: Slow) -> None:
    async with serving_api(slow.service) as url:
        with connected(url, GET.format("/runs/x")):
            await eventually(lambda: slow.asked == 1)
        await eventually(lambda: slow.given_up == 1)
        await soon(slow.service._database.closed())
        async with httpx.AsyncClient(verify=False) as client:
            assert (await client.get(f"{url}/health")).status_code == 200


async def test_also_where_the_client_gives_up(slow: Slow, caplog: pytest.LogCaptureFixture) -> None:
    async with (
        serving_api(slow.service) as url,
        httpx.AsyncClient(base_url=url, verify=False) as client,
    ):
        for method in ("GET", "HEAD"):
            with pytest.raises(httpx.ReadTimeout):
                await client.request(method, "/runs/x", timeout=0.1)
        await eventually(lambda: slow.given_up == 2)
        await soon(slow.service._database.closed())
    assert caplog.records == []


async def test_a_request_may_have_a_body_which_is_not_read(slow: Slow) -> None:
    body = "x" * 300_000
    request = f"GET /health HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(body)}\r\n\r\n"
    async with serving_api(slow.service) as url:
        async with httpx.AsyncClient(base_url=url, verify=False) as client:
            answer = await client.request("GET", "/health", content=body)
        assert answer.status_code == 200
        with connected(url, request + body[:10] + "\r\n"):
            pass


async def test_what_is_asked_when_the_server_stops_is_told_so(slow: Slow) -> None:
    async with httpx.AsyncClient(verify=False) as client:
        async with serving_api(slow.service) as url:
            asking = asyncio.ensure_future(client.get(f"{url}/runs/x"))
            await eventually(lambda: slow.asked == 1)
            begun = time.monotonic()
        assert time.monotonic() - begun < 2
        answer = await soon(asking)
    assert answer.status_code == 503
    assert answer.json() == {"detail": "The server is shutting down."}
    assert answer.headers["retry-after"] == "1"
    assert slow.given_up == 1


async def test_a_server_stops_though_somebody_reads_nothing(
    history: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    large = 4_000_000
    sent: list[int] = []

    async def flood(scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401
        if scope["type"] == "lifespan":
            await receive()
            await send({"type": "lifespan.startup.complete"})
            await receive()
            await send({"type": "lifespan.shutdown.complete"})
            return
        await send({"type": "http.response.start", "status": 200, "headers": []})
        while True:
            sent.append(large)
            await send({"type": "http.response.body", "body": b"x" * large, "more_body": True})

    service = service_on(history)
    app = create_app(service)
    app.mount("/flood", flood)
    async with serving(app, at_stop=app.state.hub.close) as url:
        client = connected(url, GET.format("/runs/events"), buffer=2048)
        flooded = connected(url, GET.format("/flood/"), buffer=2048)
        await eventually(lambda: len(sent) > 1)
        begun = time.monotonic()
    assert time.monotonic() - begun < 2
    client.close()
    flooded.close()
    await service.closed()
    assert "Traceback" not in capfd.readouterr().err


async def test_who_leaves_a_stream_is_forgotten(history: Path) -> None:
    service: RunService = service_on(history)
    app = create_app(service)
    hub = app.state.hub
    async with serving(app, at_stop=hub.close) as url:
        before = len(hub._listeners)
        clients = [connected(url, GET.format("/runs/events")) for _ in range(5)]
        await eventually(lambda: len(hub._listeners) == before + 5)
        for client in clients:
            client.close()
        await eventually(lambda: len(hub._listeners) == before)
    await service.closed()
