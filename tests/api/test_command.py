"""``zos-monitor api`` as its users start and stop it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.commands.invoking import invoke
from zos_monitor.api import addresses
from zos_monitor.demo.writer import ZosWriter

PATIENCE = 20.0


class Api:
    """A running api, on a port of its own."""

    def __init__(self, path: Path, *options: str) -> None:
        asked = ("--db", str(path), "api", "--port", "0")
        self.process = subprocess.Popen(
            [sys.executable, "-W", "error", "-m", "zos_monitor", *asked, *options],
            stderr=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | {"ZOS_TOKEN": "s3cret"},
        )
        assert self.process.stderr is not None
        self.told = self.process.stderr.readline()
        self.url = self.told.partition(" on ")[2].partition(" ")[0]

    def end(self, number: int) -> tuple[int, str]:
        """Send a signal; return the exit status, and what is written after the first line."""
        self.process.send_signal(number)
        written, words = self.process.communicate(timeout=PATIENCE)
        assert written == ""
        return self.process.returncode, words


@contextmanager
def running(path: Path, *options: str) -> Iterator[Api]:
    api = Api(path, *options)
    try:
        yield api
    finally:
        api.process.kill()
        api.process.communicate()


def test_a_signal_ends_it_in_order_also_with_streams_open(path: Path) -> None:
    with ZosWriter(path) as zos:
        zos.raw_run(id="first")
    before = sorted(path.parent.iterdir())
    with running(path) as api, httpx.stream("GET", f"{api.url}/runs/events") as stream:
        assert api.told == (
            f"zos-monitor: answering about {path} on {api.url} (docs: {api.url}/docs)\n"
        )
        assert "event: change" in next(stream.iter_lines())
        assert httpx.get(f"{api.url}/runs").json()["total"] == 1
        assert api.end(signal.SIGTERM) == (143, "")
    assert sorted(path.parent.iterdir()) == before


def test_it_waits_for_a_database_and_tells_of_requests_but_of_no_token(path: Path) -> None:
    options = ("--access-log", "--host", "0.0.0.0", "--token-env", "ZOS_TOKEN")
    with running(path, *options) as api:
        url = api.url.replace("0.0.0.0", "127.0.0.1")
        with httpx.Client(base_url=url, headers={"Authorization": "Bearer s3cret"}) as client:
            answer = client.get("/runs?filter=%1b[31m")
            assert answer.status_code == 503
            assert str(path) in answer.json()["detail"]
            with ZosWriter(path) as zos:
                zos.raw_run(id="first")
            assert client.get("/runs").json()["total"] == 1
        assert httpx.get(f"{url}/runs").status_code == 401
        status, words = api.end(signal.SIGINT)
    assert status == 130
    lines = words.splitlines()
    assert ['"GET /runs?… HTTP/1.1" 503' in lines[0], len(lines)] == [True, 3]
    assert "s3cret" not in api.told + words
    assert "filter" not in words


def test_it_says_what_is_missing_where_the_extra_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "fastapi", None)
    monkeypatch.delitem(sys.modules, "zos_monitor.api.app", raising=False)
    words = "zos-monitor: fastapi is missing: install it with pip install 'zos-monitor[api]'.\n"
    assert refused("api") == words


def refused(*arguments: str, **environment: str) -> str:
    """Return what it says when it does not even begin."""
    result = invoke(*arguments, **environment)
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1
    return str(result.stderr)


HOSTS = {
    "0.0.0.0": ["0.0.0.0"],
    "::": ["::"],
    "192.0.2.7": ["192.0.2.7"],
    "zos.example": ["192.0.2.7"],
    "both.example": ["127.0.0.1", "192.0.2.7"],
}


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have names resolved without a network."""
    known = HOSTS | {"here.example": ["127.0.1.1", "::1"]}

    def resolved(host: str, *_: object, **__: object) -> list[tuple[object, ...]]:
        if host not in known:
            raise socket.gaierror(-2, "Name or service not known")
        family = {True: socket.AF_INET6, False: socket.AF_INET}
        return [(family[":" in one], 1, 6, "", (one, 0)) for one in known[host]]

    monkeypatch.setattr(socket, "getaddrinfo", resolved)


@pytest.mark.usefixtures("names")
@pytest.mark.parametrize("host", HOSTS)
def test_other_machines_need_a_token(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(addresses, "listening", lambda *_: pytest.fail("it was opened"))
    assert f"{host} can be reached from other machines: give a token" in refused(
        "api", "--host", host
    )


@pytest.mark.usefixtures("names")
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--host", ""], "Name a host"),
        (["--host", "nowhere.example"], "There is no host 'nowhere.example'"),
        (["--cors", "*"], "--cors '*' is no origin"),
        (["--cors", "https://page.example/"], "is no origin"),
        (["--cors", "null"], "is no origin"),
        (["--token", ""], "A token consists of"),
        (["--token", "two words"], "A token consists of"),
        (["--token", "\u00e9"], "A token consists of"),
        (["--token-env", "UNSET_HERE"], "'UNSET_HERE', which is to hold the token, is not set"),
        (["--token-env", "EMPTY"], "A token consists of"),
        (["--token-env", "GIVEN", "--token", "x"], "Give the token once"),
        (["--url", "http://127.0.0.1:1"], "name a database by --db"),
    ],
)
def test_options_that_mean_nothing(arguments: list[str], words: str) -> None:
    assert words in refused("api", *arguments, EMPTY="", GIVEN="s3cret")


def test_a_filter_is_named_by_each_request() -> None:
    assert "--filter means nothing to api" in refused("--filter", "status:failed", "api")


def test_a_port_that_is_taken() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert f"Port {port} of 127.0.0.1 is taken" in refused("api", "--port", str(port))


@pytest.mark.parametrize(
    ("number", "loopback"),
    [
        ("127.0.0.1", True),
        ("127.255.0.9", True),
        ("::1", True),
        ("::ffff:127.0.0.1", True),
        ("0.0.0.0", False),
        ("::", False),
        ("::ffff:10.0.0.1", False),
        ("fe80::1%lo", False),
        ("128.0.0.1", False),
    ],
)
def test_the_loopback_is_known_by_its_number(number: str, loopback: bool) -> None:
    family = socket.AF_INET6 if ":" in number else socket.AF_INET
    assert addresses.Address(family, number).is_loopback is loopback


def test_addresses_that_are_lacking_are_left_out() -> None:
    here = addresses.Address(socket.AF_INET, "127.0.0.1")
    lacking = addresses.Address(socket.AF_INET, "192.0.2.7")
    (listener,) = addresses.listening([lacking, here], 0)
    with listener:
        assert addresses.url_of(listener).startswith("http://127.0.0.1:")
        assert listener.proto == socket.IPPROTO_TCP  # else each answer is delayed by 40 ms
    with pytest.raises(addresses.AddressError, match=r"no address 192\.0\.2\.7"):
        addresses.listening([lacking], 0)
