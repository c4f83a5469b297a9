"""What many tests share: databases as zos writes them, and a zos that is another process."""

from __future__ import annotations

import asyncio
import gc
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiosqlite
import pytest
from hypothesis import settings

from tests.compiling import keep_compiled, take_turns
from tests.watching import QUICK, Time, Watch, Watcher
from zos_monitor import polling
from zos_monitor.demo.history import write_history
from zos_monitor.demo.writer import ZosWriter
from zos_monitor.model.changes import Change
from zos_monitor.polling import Poll
from zos_monitor.reports import log, places
from zos_monitor.service import RunService

settings.register_profile("zos-monitor", deadline=None, max_examples=150)
settings.load_profile("zos-monitor")

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
"""The present of the history, and of every service that the tests make."""
NIGHTS = 30

_ZOS = """
import json, sqlite3, sys
from datetime import UTC, datetime, timedelta
from zos_monitor.demo.writer import ZosWriter
for line in sys.stdin:
    try:
        exec(json.loads(line), globals())
        answer = None
    except BaseException as fault:
        answer = repr(fault)
    print(json.dumps(answer), flush=True)
"""


def pytest_xdist_auto_num_workers() -> int | None:
    """Have two processes more than there are processors: much of the time of tests is waiting."""
    if "PYTEST_XDIST_AUTO_NUM_WORKERS" in os.environ:
        return None
    return (os.cpu_count() or 1) + 2


def pytest_configure(config: pytest.Config) -> None:
    keep_compiled(config)
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as shells have it in the background
        signal.signal(signal.SIGINT, signal.default_int_handler)  # programs heed it that we start


@pytest.hookimpl(tryfirst=True)
def pytest_collection(session: pytest.Session) -> None:
    take_turns(session.config)


def pytest_collection_finish() -> None:
    """Look for cycles less often: each app that a test leaves is a large one."""
    gc.collect()
    gc.freeze()  # modules and tests stay until the end
    gc.set_threshold(300_000, 20, 100)


class ZosProcess:
    """Another process that writes to the database: it holds real locks and makes real commits."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", _ZOS],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def do(self, code: str) -> None:
        """Run Python code in it, and wait for its end; what it raises fails the test."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(code) + "\n")
        self._process.stdin.flush()
        fault = json.loads(self._process.stdout.readline())
        assert fault is None, fault

    def open(self, path: Path, **options: object) -> None:
        """Open the database for writing, as ``zos`` in later code."""
        self.do(f"zos = ZosWriter({str(path)!r}, **{options!r}); at = datetime.now(UTC)")

    def kill(self) -> None:
        """End it as a power cut would, with its database open."""
        self._process.kill()
        self._process.communicate()


@pytest.fixture(scope="session", autouse=True)
def noted_at_all(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Have the monitor note its own faults in a folder of the tests', not in the user's."""
    folder = tmp_path_factory.mktemp("noted")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(places.ENVIRONMENT, str(folder))
        yield folder


@pytest.fixture(autouse=True)
def nothing_unforeseen(noted_at_all: Path) -> Iterator[None]:
    """Fail a test in which the monitor met a fault of its own, which it would survive."""
    yield
    if found := sorted(noted_at_all.iterdir()):
        told = "\n".join(path.read_text() for path in found)
        for path in found:
            path.unlink()
        log._known.clear()
        pytest.fail(f"unforeseen (a test that provokes it takes the fixture noted):\n{told}")


@pytest.fixture
def noted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Return the folder of the log and of crash reports, for a test that provokes any."""
    folder = tmp_path / "noted"
    monkeypatch.setenv(places.ENVIRONMENT, str(folder))
    log._known.clear()
    yield folder
    log._known.clear()


@pytest.fixture
def zos_process() -> Iterator[ZosProcess]:
    process = ZosProcess()
    yield process
    process.kill()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "zos.db"


@pytest.fixture
def writer(path: Path) -> Iterator[ZosWriter]:
    """Return a zos in this process, up for as long as the test runs, on an empty database."""
    with ZosWriter(path) as writer:
        yield writer


@pytest.fixture
def zos(writer: ZosWriter) -> ZosWriter:
    """Return the same by its other name, for tests in which it is the other side."""
    return writer


def service_on(path: Path, poll_interval: float = 0.25) -> RunService:
    return RunService(path, clock=lambda: NOW, poll_interval=poll_interval)


def error(text: object, topic: object = None, node: object = "reflect") -> dict[str, object]:
    return {"topic": topic, "error": text, "node": node}


def write_odd_runs(zos: ZosWriter) -> None:
    """Write runs that hold everything that a column was not made for."""
    day = NOW - timedelta(days=2)
    same = day + timedelta(hours=5)
    surrogate = json.dumps([error("stream \udcff closed", "user:\ud800")])
    plain: dict[str, object] = {"started_at": day, "layer_name": "odd"}
    rows: list[dict[str, object]] = [
        *({"id": f"same-{n}", "started_at": same} for n in range(7)),
        {"id": "backdated", "started_at": NOW - timedelta(days=400)},
        {"id": "tomorrow", "started_at": NOW + timedelta(days=1)},
        {"id": "sql-null", "errors": None},
        {"id": "json-null", "errors": "null"},
        {"id": "blank", "errors": " "},
        {"id": "surrogate", "errors": surrogate},
        {"id": "bytes", "errors": b'[{"topic": null, "error": "caf\xe9", "node": null}]'},
        {"id": "escapes", "errors": json.dumps([error("\x1b[31m[bold]\x1b[0m\t\n\x07" * 500)])},
        {"id": "text", "errors": "out of memory"},
        {"id": "number", "errors": 429},
        {"id": "object", "errors": json.dumps(error("alone", "solo"))},
        {"id": "cut", "errors": '[{"error": "cut o'},
        {"id": "deep", "errors": "[" * 50_000},
        {"id": "counters", "targets_matched": "many", "insights_created": "some"},
        {"id": "fractions", "targets_processed": 1.5, "insights_created": 2.5},
        {"id": "free", "estimated_cost_usd": "free", "tokens_total": "lots"},
        {"id": "endless", "estimated_cost_usd": float("inf"), "tokens_input": -1},
        {"id": "uncounted", "tokens_input": None, "tokens_total": None, "model_name": None},
        {"id": "uncosted", "estimated_cost_usd": None},
        {"id": "yesterday", "started_at": "yesterday", "completed_at": "now"},
        {"id": "year-two", "started_at": 2, "completed_at": 3.5},
        {"id": "blob-date", "started_at": memoryview(b"\xff2026"), "completed_at": "never"},
        {"id": "back-in-time", "completed_at": day - timedelta(hours=1)},
        {"id": "iso", "started_at": "2026-11-19T13:00:00+01:00", "completed_at": day},
        {"id": "first-of-all", "started_at": "0001-01-01 00:00:00.000000"},
        {"id": "paused", "status": "paused"},
        {"id": "shouting", "status": "SUCCESS"},
        {"id": "open-success", "completed_at": None},
        {"id": "open-dry", "completed_at": None, "status": "dry"},
        {"id": "open-now", "completed_at": None, "started_at": NOW - timedelta(minutes=1)},
        {"id": "silent", "completed_at": None, "layer_name": "once", "status": "dry"},
        {"id": "name-1", "layer_name": b"broken \xff name", "model_name": b"\xfe"},
        {"id": "name-2", "layer_name": b"broken \xfe name", "layer_hash": b"\xfe"},
        {"id": b"broken \xff id", "status": b"\xff"},
    ]
    with zos.batch():
        for row in rows:
            zos.raw_run(**plain | row)
        for run, cost in (("uncosted", None), ("text", 0.25), ("text", None), ("cut", 2.0)):
            zos.call(run, "server:1:user:2", created_at=day, cost=cost)
        zos.call("text", None, created_at=day, success=False, error="no answer", cost=None)
        zos.call(None, None, created_at=day, cost=99.0)
        zos.insert("llm_calls", **_odd_call("number", day))
        for n in range(3):
            zos.insight("text", f"server:1:user:{n}", created_at=day)


def _odd_call(run_id: str, at: datetime) -> dict[str, object]:
    words = ("call_type", "model_profile", "model_provider", "model_name", "prompt")
    return {
        **dict.fromkeys(words, "odd"),
        **dict.fromkeys(("tokens_input", "tokens_output", "tokens_total"), "lots"),
        **{"id": "odd-call", "layer_run_id": run_id, "estimated_cost_usd": "free"},
        **{"success": "perhaps", "created_at": at},
    }


@pytest.fixture(scope="session")
def history(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Thirty nights and the odd runs, for reading only; zos is down."""
    database = tmp_path_factory.mktemp("history") / "zos.db"
    with ExitStack() as stack:
        zos = stack.enter_context(ZosWriter(database))
        write_history(zos, nights=NIGHTS, until=NOW)
        write_odd_runs(zos)
    return database


@pytest.fixture
def poll_time(monkeypatch: pytest.MonkeyPatch) -> Time:
    standing = Time()
    monkeypatch.setattr(polling, "time", standing)
    return standing


@pytest.fixture
def watcher(monkeypatch: pytest.MonkeyPatch) -> Watcher:
    watches: list[Watch] = []
    look = Poll._look

    async def counted(poll: Poll) -> Change | None:
        for watch in watches:
            watch.looks += watch.poll is poll
        return await look(poll)

    monkeypatch.setattr(Poll, "_look", counted)

    @asynccontextmanager
    async def watch(path: Path) -> AsyncIterator[Watch]:
        watch = Watch(service_on(path, poll_interval=QUICK))
        watches.append(watch)
        task = asyncio.create_task(watch.listen())
        try:
            yield watch
        finally:
            assert not task.done(), task.exception()
            task.cancel()
            await asyncio.wait([task])
            await watch.service.closed()

    return watch


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Return what was opened, from now on."""
    found: list[object] = []
    connect = aiosqlite.connect

    def counted(database: str, **options: object) -> object:
        found.append(database)
        return connect(database, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(aiosqlite, "connect", counted)
    return found
