"""What is at an address: found out at the start, or said in a sentence."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from tests.api.serving import serving_api
from tests.conftest import service_on
from tests.remote.raw_server import answer, speaking
from zos_monitor.model.times import utc_now
from zos_monitor.remote import opening
from zos_monitor.remote.opening import AddressError, service_at
from zos_monitor.remote.service import RemoteService
from zos_monitor.remote.zos_api import ZosApiService
from zos_monitor.wire import PROTOCOL

RUNS = answer(json.dumps({"runs": [], "total": 0, "offset": 0, "limit": 1}))
NOT_FOUND = answer('{"detail": "Not Found"}', "404 Not Found")


def greeting(**told: object) -> bytes:
    health = {"fault": None, "message": "", "since": "2026-11-21T12:00:00Z"}
    return answer(json.dumps({"service": "zos-monitor", "protocol": PROTOCOL, **health, **told}))


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("", "is no address of ours"),
        ("server:8765", "is no address of ours: write http://host:port"),
        ("ftp://server", "is no address of ours"),
        ("file:///etc/passwd", "is no address of ours"),
        ("http://", "names no host"),
        ("http://:80", "names no host"),
        ("http://server:port", "is no address"),
        ("http://server:99999", "is no address"),
        ("http://[::1", "is no address"),
        ("http://server/?token=1", "leave out what follows"),
        ("http://server/#runs", "leave out what follows"),
        ("http://ser ver", "has a space or worse"),
        ("http://server\r\nHost: evil", "has a space or worse"),
        ("http://\x1b[31mserver", "has a space or worse"),
        ("http://server/\udcff", "has a space or worse"),
    ],
)
def test_what_is_no_address_is_told_in_a_sentence(url: str, words: str) -> None:
    with pytest.raises(AddressError) as error:
        service_at(url)
    assert words in str(error.value)
    assert str(error.value).isprintable()


def test_a_token_that_is_none_is_refused() -> None:
    for token in ("a b", "a\n", "é", ""):
        with pytest.raises(AddressError, match="token"):
            service_at("http://127.0.0.1:1", token)


@pytest.mark.parametrize(
    ("say", "found"),
    [
        (lambda path: greeting(), RemoteService),
        (lambda path: RUNS if path.startswith("/runs") else NOT_FOUND, ZosApiService),
        (lambda path: RUNS if path.startswith("/runs") else answer('{"ok": 1}'), ZosApiService),
        (lambda path: b"", RemoteService),
        (lambda path: answer("<html>", "502 Bad Gateway"), RemoteService),
        (lambda path: None, RemoteService),
    ],
)
async def test_what_answers_is_found_out(
    say: Callable[[str], bytes | None], found: type, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "PROBE_SECONDS", 0.5)
    async with speaking(say) as server:
        service = await asyncio.to_thread(service_at, f"{server.url}/", "t0ken")
        assert type(service) is found
        assert service.place == server.url
        await service.closed()


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (NOT_FOUND, "is neither a zos-monitor api nor a zos"),
        (answer('{"hello": "world"}'), "is neither a zos-monitor api nor a zos"),
        (greeting(protocol=PROTOCOL + 1), "upgrade zos-monitor here"),
        (answer("{}", "401 Unauthorized"), "asks for a token"),
    ],
)
async def test_what_waiting_does_not_mend_is_said_at_once(said: bytes, words: str) -> None:
    async with speaking(lambda path: said) as server:
        with pytest.raises(AddressError, match=words):
            await asyncio.to_thread(service_at, server.url)


async def test_time_goes_by_the_clock_there_from_the_start() -> None:
    for hours in (-30, 0, 5):
        now = (utc_now() + timedelta(hours=hours)).isoformat()
        async with speaking(lambda path, now=now: greeting(now=now)) as server:  # type: ignore[misc]
            service = await asyncio.to_thread(service_at, server.url)
            off = service.clock() - (utc_now() + timedelta(hours=hours))
            assert abs(off) < timedelta(seconds=5)
            if not hours:
                assert isinstance(service, RemoteService)
                assert service._ahead == timedelta()
            await service.closed()


def program(*arguments: str, **environ: str) -> tuple[int, str, str]:
    """Return the exit status, and what was printed; on the outputs' own."""
    ended = subprocess.run(
        [sys.executable, "-m", "zos_monitor", *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **environ},
    )
    return ended.returncode, ended.stdout, ended.stderr


async def test_the_program_takes_a_url_and_a_token(history: Path) -> None:
    async with serving_api(service_on(history), token="s3cret") as url:

        async def run(*arguments: str, **environ: str) -> tuple[int, str, str]:
            return await asyncio.to_thread(program, *arguments, **environ)

        asked = ("--url", url, "--json", "latest", "odd")
        status, out, err = await run(*asked, "--token-env", "MINE", MINE="s3cret")
        assert (status, err) == (0, "")
        assert json.loads(out)["layer_name"] == "odd"
        assert (await run(*asked, ZOS_MONITOR_TOKEN="s3cret"))[1] == out
        status, out, err = await run(*asked, ZOS_MONITOR_TOKEN="another")
        assert (status, out) == (2, "")
        assert err.endswith("does not take this token; mind --token-env\n")
        assert err.count("\n") == 1


def test_the_program_says_what_can_not_be_asked(tmp_path: Path) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
        for arguments, words in [
            (("--url", url), "refuses the connection"),
            (("--url", url, "--db", str(tmp_path)), "leave out --db and --zos-dir"),
            (("--url", url, "--token-env", "NOT_SET"), "'NOT_SET', named by --token-env, is not"),
        ]:
            status, out, err = program("runs", *arguments)
            assert (status, out) == (2, "")
            assert words in err
            assert err.count("\n") == 1
