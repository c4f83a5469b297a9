"""Who is answered, by which methods, and what is told when we fail ourselves."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio

from tests.api.asking import asking
from tests.api.test_answers import valid
from tests.conftest import service_on
from zos_monitor.demo.writer import ZosWriter

pytestmark = pytest.mark.asyncio(loop_scope="module")

TOKEN = "s3cret"
HERE = ("localhost", "LOCALHOST:8765", "127.0.0.1", "127.0.0.1:80", "127.8.9.1", "[::1]", "[::1]:1")
ELSEWHERE = (
    *("evil.example", "evil.example:8765", "10.0.0.1", "0.0.0.0", "[::]", "[::2]:80", "::1"),
    *("localhost.evil.example", "localhost:x", "127.0.0.1.evil.example", "2130706433", ""),
    *("localhost:80@evil.example", "[::1", "127.1", "localhost\u00e9"),
)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def locked(history: Path) -> AsyncIterator[httpx.AsyncClient]:
    """Return a client of an API that asks for the token."""
    async with asking(history, token=TOKEN) as client:
        yield client


@pytest.mark.parametrize("host", HERE)
async def test_without_a_token_this_machine_is_answered_by_its_own_names(
    client: httpx.AsyncClient, host: str
) -> None:
    answer = await client.get("/health", headers={"Host": host})
    assert answer.status_code == 200


@pytest.mark.parametrize("host", ELSEWHERE)
@pytest.mark.parametrize("path", ["/runs", "/openapi.json"])
async def test_a_page_that_takes_our_address_for_its_own_is_not_answered(
    client: httpx.AsyncClient, path: str, host: str
) -> None:
    answer = await client.get(path, headers=[(b"Host", host.encode())])
    assert answer.status_code == 421
    assert "localhost" in answer.json()["detail"]


async def test_with_a_token_any_host_is_answered(locked: httpx.AsyncClient) -> None:
    headers = {"Host": "zos.example", "Authorization": f"Bearer {TOKEN}"}
    assert (await locked.get("/runs", headers=headers)).status_code == 200


@pytest.mark.parametrize(
    "given",
    [
        None,
        "",
        "Bearer",
        "Bearer ",
        f"Basic {TOKEN}",
        TOKEN,
        f"Bearer {TOKEN}x",
        f"Bearer {TOKEN[:-1]}",
        f"Bearer {TOKEN.upper()}",
        "Bearer \u00e9\u00e9",
    ],
)
@pytest.mark.parametrize("path", ["/runs", "/health", "/runs/events", "/nope", "/docs/x"])
async def test_without_the_token_nothing_is_told(
    locked: httpx.AsyncClient, path: str, given: str | None
) -> None:
    headers = [(b"Authorization", given.encode())] if given is not None else []
    answer = await locked.get(path, headers=headers)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert list(answer.json()) == ["detail"]


async def test_two_tokens_are_none(locked: httpx.AsyncClient) -> None:
    headers = [("Authorization", f"Bearer {TOKEN}"), ("Authorization", "Bearer other")]
    assert (await locked.get("/runs", headers=headers)).status_code == 401


@pytest.mark.parametrize("given", [f"Bearer {TOKEN}", f"bearer {TOKEN}", f"BEARER  {TOKEN} "])
async def test_the_token_opens(locked: httpx.AsyncClient, given: str) -> None:
    answer = await locked.get("/runs", headers={"Authorization": given})
    assert answer.status_code == 200


async def test_the_document_tells_of_the_token(locked: httpx.AsyncClient) -> None:
    told = (await locked.get("/openapi.json")).json()
    (scheme,) = told["components"]["securitySchemes"].values()
    assert (scheme["type"], scheme["scheme"]) == ("http", "bearer")
    assert all(path["get"]["security"] for path in told["paths"].values())
    valid(told, "/runs", await locked.get("/runs"))


async def test_the_document_tells_of_hosts_where_there_is_no_token(
    client: httpx.AsyncClient, document: dict[str, Any]
) -> None:
    assert "securitySchemes" not in document["components"]
    valid(document, "/runs", await client.get("/runs", headers={"Host": "evil.example"}))


@pytest.mark.parametrize("path", ["/docs", "/openapi.json"])
async def test_what_can_be_asked_is_told_to_everyone(locked: httpx.AsyncClient, path: str) -> None:
    answer = await locked.get(path)
    assert answer.status_code == 200
    assert "nightly" not in answer.text.replace("nightly-*", "")


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "TRACE", "WIBBLE"])
@pytest.mark.parametrize("path", ["/runs", "/runs/dev_manual", "/nope"])
async def test_nothing_can_be_changed(client: httpx.AsyncClient, method: str, path: str) -> None:
    answer = await client.request(method, path)
    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, HEAD, OPTIONS"


async def test_heads_and_options(client: httpx.AsyncClient) -> None:
    got, head = await client.get("/runs"), await client.head("/runs")
    stream = await client.head("/runs/events")
    missing = await client.head("/runs/nope")
    options = await client.options("/runs")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers == got.headers
    assert (stream.status_code, stream.content) == (200, b"")
    assert stream.headers["content-type"].startswith("text/event-stream")
    assert missing.status_code == 404
    assert (options.status_code, options.headers["allow"]) == (204, "GET, HEAD, OPTIONS")


PAGE = "https://status.example"
PREFLIGHT = {
    "Origin": PAGE,
    "Access-Control-Request-Method": "GET",
    "Access-Control-Request-Headers": "Authorization",
}


def of_cors(answer: httpx.Response) -> list[str]:
    return [name for name in answer.headers if name.startswith("access-control")]


async def test_no_page_may_read_the_answers_unless_it_is_named(
    history: Path, client: httpx.AsyncClient
) -> None:
    for answer in (
        await client.get("/runs", headers={"Origin": PAGE}),
        await client.options("/runs", headers=PREFLIGHT),
    ):
        assert of_cors(answer) == []
    async with asking(history, cors=[PAGE]) as named:
        answer = await named.get("/runs", headers={"Origin": "https://evil.example"})
        assert "access-control-allow-origin" not in answer.headers


async def test_a_page_that_is_named_may_read_the_answers(history: Path) -> None:
    async with asking(history, cors=[PAGE], token=TOKEN) as client:
        asked = await client.options("/runs", headers=PREFLIGHT)
        headers = {"Origin": PAGE, "Authorization": f"Bearer {TOKEN}"}
        answer = await client.get("/runs", headers=headers)
        refused = await client.get("/runs", headers={"Origin": PAGE})
    assert asked.status_code == 200
    assert "authorization" in asked.headers["access-control-allow-headers"].lower()
    assert asked.headers["access-control-allow-methods"] == "GET, HEAD"
    for told in (asked, answer, refused):
        assert told.headers["access-control-allow-origin"] == PAGE
        assert "access-control-allow-credentials" not in told.headers


async def test_answers_are_neither_kept_nor_guessed_at(client: httpx.AsyncClient) -> None:
    for path in ("/runs", "/runs/nope", "/docs", "/runs?limit=0"):
        headers = (await client.get(path)).headers
        assert headers["cache-control"] == "no-store"
        assert headers["x-content-type-options"] == "nosniff"


async def test_our_own_faults_tell_nothing(
    history: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def failing(*_: object) -> Any:  # noqa: ANN401
        raise LookupError("a secret of Ada's")

    service = service_on(history)
    monkeypatch.setattr(service, "run", failing)
    async with asking(service) as client:
        answer = await client.get("/runs/dev_manual%1b")
    assert answer.status_code == 500
    assert answer.json() == {"detail": "Internal error"}
    said = capsys.readouterr().err
    assert "GET '/runs/dev_manual\\x1b' has no answer: LookupError" in said
    assert "test_guards:" in said
    assert "Ada" not in said


NEED_THE_DATABASE = (
    "/runs",
    "/runs/dev_manual",
    "/runs/stats/summary",
    "/runs/layer/odd/latest",
    "/runs/layer/odd/stats",
    "/runs/errors",
    "/runs/progress",
    "/runs/tonight",
    "/layers",
    "/health",
)


async def test_while_the_database_is_away_a_sentence_says_so(
    tmp_path: Path, document: dict[str, Any]
) -> None:
    async with asking(service_on(tmp_path / "gone.db")) as client:
        for path in NEED_THE_DATABASE:
            answer = await client.get(path)
            assert answer.status_code == 503
            assert int(answer.headers["retry-after"]) >= 1
            assert "gone.db" in answer.json()["detail"]
            described = path.replace("dev_manual", "{run_id}").replace("/odd/", "/{layer_name}/")
            assert "503" in document["paths"][described]["get"]["responses"]


async def test_a_database_that_comes_is_answered_from(path: Path) -> None:
    async with asking(service_on(path, 0.01)) as client:
        assert (await client.get("/runs")).status_code == 503
        assert (await client.get("/health")).json()["fault"] == "missing"
        with ZosWriter(path) as zos:
            zos.raw_run(id="first")
            assert [run["id"] for run in (await client.get("/runs")).json()["runs"]] == ["first"]
            async with asyncio.timeout(5):
                while (await client.get("/health")).status_code != 200:
                    pass
