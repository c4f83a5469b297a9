"""A server asked over HTTP: its answers, and each of its faults in a sentence."""

from __future__ import annotations

import asyncio
import socket
from contextlib import aclosing

import pytest

from tests.remote.raw_server import STREAM, answer, speaking
from tests.waiting import eventually, soon
from zos_monitor.model.faults import DatabaseFault, FaultKind, NotOffered
from zos_monitor.remote import http
from zos_monitor.remote.http import Http
from zos_monitor.remote.http_faults import Lasting

UNREACHABLE = FaultKind.UNREACHABLE


async def fault_of(url: str, path: str = "/health", token: str | None = None) -> DatabaseFault:
    server = Http(url, token=token, patience=0.3)
    try:
        with pytest.raises(DatabaseFault) as found:
            await soon(server.get(path, {"a": "b"}))
        return found.value
    finally:
        await server.closed()


@pytest.mark.parametrize(
    ("said", "kind", "words"),
    [
        (answer("<html>"), UNREACHABLE, "answers with what is no JSON; mind the address"),
        (answer("[" * 100_000), UNREACHABLE, "answers with what is no JSON"),
        (answer(b"\xff\xfe\x00"), UNREACHABLE, "answers with what is no JSON"),
        (b"SSH-2.0-OpenSSH_9.2\r\n\r\n", UNREACHABLE, "answers with what is no HTTP"),
        (b"", UNREACHABLE, "closed the connection"),
        (
            b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\nConnection: close\r\n\r\n{",
            UNREACHABLE,
            "closed",
        ),
        (answer("{}", "302 Found", "Location: http://evil/"), UNREACHABLE, "with a redirect"),
        (answer("abc", "200 OK", "Content-Encoding: gzip"), UNREACHABLE, "can't be unpacked"),
        (answer("<h1>no", "502 Bad Gateway"), UNREACHABLE, "answers with status 502"),
        (answer('{"detail": "a\\u001b[1m\\nb"}', "500 No"), UNREACHABLE, "can't answer this: a"),
        (
            answer('{"detail": [{"loc": ["query", "limit"], "msg": "too much"}]}', "422 No"),
            UNREACHABLE,
            "limit",
        ),
        (answer('{"detail": "it is gone", "fault": "missing"}', "503 No"), FaultKind.MISSING, "it"),
        (answer('{"detail": "it is gone", "fault": "odd"}', "503 No"), FaultKind.OTHER, "it is"),
        (answer('{"detail": "it is gone", "fault": [1]}', "503 No"), FaultKind.OTHER, "it is gone"),
        (answer("[1]", "503 No"), UNREACHABLE, "answers with status 503"),
        (answer('{"detail": "who?"}', "404 No"), FaultKind.NOT_OFFERED, "does not offer /health"),
        (answer("", "401 No"), UNREACHABLE, "asks for a token; name its variable"),
        (None, UNREACHABLE, "does not answer within 0.3 seconds"),
    ],
)
async def test_faults_in_words(said: bytes | None, kind: FaultKind, words: str) -> None:
    async with speaking(lambda path: said) as server:
        fault = await fault_of(server.url)
    assert fault.kind is kind
    assert words in fault.message
    assert fault.message.isprintable()
    assert len(fault.message) < 400
    assert isinstance(fault, NotOffered) == (kind is FaultKind.NOT_OFFERED)


async def test_faults_before_there_is_a_connection() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        refused = await fault_of(f"http://me:secret@127.0.0.1:{port}/")
        assert refused.message.startswith(f"http://127.0.0.1:{port} refuses the connection")
    assert "is not known" in (await fault_of("http://nobody.invalid:80")).message
    assert (await fault_of("http://exämple..invalid:80")).kind is UNREACHABLE


async def test_a_server_without_tls_is_told_of() -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(10)
        writer.write(answer("", "400 Bad Request"))
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    fault = await fault_of(f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    assert "speaks no TLS that we know" in fault.message
    server.close()
    await server.wait_closed()


async def test_a_token_is_sent_and_its_refusal_is_said() -> None:
    async with speaking(lambda path: answer("{}", "401 No")) as server:
        fault = await fault_of(server.url.replace("//", "//me:password@"), token="s3cret")
        assert isinstance(fault, Lasting)
        assert "does not take this token" in fault.message
        assert "authorization: bearer s3cret" in server.asked[0].lower()
        assert "basic" not in server.asked[0].lower()


async def test_no_proxy_that_the_environment_names_is_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    async with speaking(lambda path: answer("[1, Infinity]")) as server:
        client = Http(f"{server.url}/zos/")
        assert await client.get("/runs", {"a": "ä &\udcff"}) == [1, float("inf")]
        assert server.asked[0].startswith("GET /zos/runs?a=%C3%A4+%26%ED%B3%BF HTTP/1.1")
        await client.closed()


async def test_a_kept_connection_that_was_closed_meanwhile_is_no_fault() -> None:
    async with speaking(lambda path: answer("1")) as server:
        client = Http(server.url)
        assert await client.get("/a") == 1
        server.cut()
        assert await client.get("/b") == 1
        await client.closed()


async def test_a_cancelled_question_closes_its_connection_at_once() -> None:
    async with speaking(lambda path: None) as server:
        client = Http(server.url)
        asking = asyncio.create_task(client.get("/slow"))
        await eventually(lambda: bool(server.asked))
        asking.cancel()
        await eventually(lambda: server.gone == 1)
        with pytest.raises(asyncio.CancelledError):
            await asking
        await client.closed()


async def test_lines_come_as_they_are_said() -> None:
    async with speaking(lambda path: STREAM + b"one\r\ntw") as server:
        client = Http(server.url)
        async with aclosing(client.lines("/events")) as lines:
            assert await anext(lines) == "one"
            [writer] = server.writers
            writer.write("o\u2028\x85\n\n".encode())
            assert [await anext(lines), await anext(lines)] == ["two\u2028\x85", ""]
            writer.write(b"end")
            writer.close()
            assert [line async for line in lines] == ["end"]
        await client.closed()


async def test_a_stream_that_is_silent_for_too_long_is_a_fault() -> None:
    async with speaking(lambda path: STREAM + b"one\n") as server:
        client = Http(server.url)
        lines = client.lines("/events", patience=0.05)
        assert await anext(lines) == "one"
        with pytest.raises(DatabaseFault, match=r"does not answer within 0\.05 seconds"):
            await anext(lines)
        await client.closed()


async def test_answers_without_end_are_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "MOST_BYTES", 1000)
    async with speaking(lambda path: answer("1" * 3000)) as server:
        assert "more than any" in (await fault_of(server.url)).message
        client = Http(server.url)
        with pytest.raises(DatabaseFault, match="a line without an end"):
            [line async for line in client.lines("/events")]
        with pytest.raises(DatabaseFault, match="shorten the filter"):
            await client.get("/", {"flt": "x" * 100_000})
        await client.closed()
