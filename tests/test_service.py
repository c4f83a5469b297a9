"""The service: what its questions say of a file that can't be read, and that it is asked again."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path
from typing import cast

import pytest

from tests.conftest import NOW, ZosProcess, service_on
from tests.waiting import eventually, soon
from tests.watching import Time, Watcher
from zos_monitor import polling
from zos_monitor.demo.writer import ZosWriter
from zos_monitor.model.changes import Changed
from zos_monitor.model.faults import DatabaseFault, FaultKind
from zos_monitor.model.filters import RunFilter, parse_filter
from zos_monitor.service import RunService
from zos_monitor.store.database import Reader
from zos_monitor.store.probe import Marks, read_marks

QUESTIONS: dict[str, Callable[[RunService], Awaitable[object]]] = {
    "newest": lambda service: service.newest(parse_filter("status:failed"), limit=9),
    "whole": lambda service: anext(service.details(RunFilter())),
    "slice": lambda service: service.run_slice(parse_filter("status:failed")),
    "count": lambda service: service.count(RunFilter()),
    "run": lambda service: service.run("dev_manual"),
    "totals": lambda service: service.totals(RunFilter()),
    "layers": lambda service: service.layer_names(),
}


def execute(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        for statement in statements:
            connection.execute(statement)


def crash_in_the_middle(path: Path, history: Path) -> None:
    """Leave a database in rollback mode as a power cut leaves it: with a journal to play back."""
    path.write_bytes(history.read_bytes())
    execute(path, "PRAGMA journal_mode = delete")
    process = ZosProcess()
    process.open(path, journal_mode="delete")
    process.do(
        "zos._connection.execute('PRAGMA cache_size = 1')\n"
        "zos._connection.execute('BEGIN')\n"
        'zos._connection.execute("UPDATE layer_runs SET errors = hex(zeroblob(9000))")'
    )
    process.kill()


def cut(path: Path, history: Path) -> None:
    path.write_bytes(history.read_bytes()[:30_000])


def overwritten(path: Path, history: Path) -> None:
    whole = history.read_bytes()
    path.write_bytes(whole[:4096] + b"\xaa" * (len(whole) - 4096))


# What was done to the file, the kind of the fault, and words of its message.
Fault = tuple[Callable[[Path, Path], object], FaultKind, str]
FAULTS: dict[str, Fault] = {
    "missing": (lambda path, history: None, FaultKind.MISSING, "no database at"),
    "a folder": (lambda path, history: path.mkdir(), FaultKind.UNREADABLE, "is a folder"),
    "a link to nothing": (
        lambda path, history: path.symlink_to(path.parent / "gone"),
        FaultKind.MISSING,
        "no database at",
    ),
    "a link to itself": (
        lambda path, history: path.symlink_to(path),
        FaultKind.UNREADABLE,
        "can't be reached",
    ),
    "empty": (lambda path, history: path.touch(), FaultKind.NOT_ZOS, "the file is empty"),
    "a text": (
        lambda path, history: path.write_text("a text\n" * 999),
        FaultKind.NOT_SQLITE,
        "not an SQLite database",
    ),
    "foreign": (
        lambda path, history: execute(path, "CREATE TABLE runs (id)"),
        FaultKind.NOT_ZOS,
        "no table layer_runs",
    ),
    "without runs": (
        lambda path, history: ZosWriter(path, without={"layer_runs"}).close(),
        FaultKind.NOT_ZOS,
        "no table layer_runs",
    ),
    "without a column": (
        lambda path, history: execute(path, "CREATE TABLE layer_runs (id, layer_name, status)"),
        FaultKind.NOT_ZOS,
        "no column completed_at, started_at",
    ),
    "cut": (cut, FaultKind.DAMAGED, "damaged or half-copied"),
    "overwritten": (overwritten, FaultKind.DAMAGED, "damaged or half-copied"),
    "crashed": (crash_in_the_middle, FaultKind.UNREADABLE, "in the middle of a write"),
}


@pytest.fixture(params=list(FAULTS.values()), ids=list(FAULTS))
def faulty(
    request: pytest.FixtureRequest, path: Path, history: Path
) -> tuple[Path, FaultKind, str]:
    make, kind, words = cast(Fault, request.param)
    make(path, history)
    return path, kind, words


async def test_a_fault_has_its_kind_and_one_sentence(faulty: tuple[Path, FaultKind, str]) -> None:
    path, kind, words = faulty
    before = sorted(os.listdir(path.parent))
    service = service_on(path)
    for name, question in QUESTIONS.items():
        with pytest.raises(DatabaseFault) as caught:
            await soon(question(service))
        fault = caught.value
        assert (fault.kind, words in fault.message) == (kind, True), (name, fault.message)
        assert str(path) in fault.message
        assert str(fault) == fault.message
        assert len(fault.message.splitlines()) == 1
        assert ". " not in fault.message.replace(str(path), "")
    assert sorted(os.listdir(path.parent)) == before


async def test_the_poll_tells_the_same_fault_and_recovers_by_itself(
    faulty: tuple[Path, FaultKind, str], history: Path, watcher: Watcher
) -> None:
    path, kind, words = faulty
    async with watcher(path) as watch:
        news = await watch.turned(kind)
        assert words in news.health.message
        if path.is_dir() and not path.is_symlink():
            path.rmdir()
        for journal in path.parent.glob("*-journal"):
            journal.unlink()
        sound = path.with_name("sound.db")
        sound.write_bytes(history.read_bytes())
        sound.replace(path)
        news = await watch.turned(None)
        assert (news.changed, news.health.message) == (Changed.ALL, "")
        assert "dev_manual" in await watch.service.layer_names()


def test_a_file_that_sqlite_cannot_open_is_a_fault_and_leaves_no_thread(tmp_path: Path) -> None:
    # A path that is too long for SQLite is the one fault of this kind that root can have.
    folder = tmp_path.joinpath(*["x" * 200] * 3)
    folder.mkdir(parents=True)
    (folder / "zos.db").write_bytes(b"SQLite format 3\0" + b"\0" * 99)
    for _ in range(40):  # a thread that outlives its event loop fails the test, now and then
        with (
            pytest.raises(DatabaseFault) as caught,
            asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner,
        ):
            runner.run(service_on(folder / "zos.db").layer_names())
        assert caught.value.kind is FaultKind.UNREADABLE


async def test_a_locked_file_is_a_fault_until_it_is_let_go(
    zos_process: ZosProcess, path: Path, watcher: Watcher, poll_time: Time
) -> None:
    zos_process.open(path, journal_mode="delete")
    async with watcher(path) as watch:
        await watch.told(Changed.ALL)
        poll_time.now += 60  # past the second looks
        await watch.quiet()
        zos_process.do("zos._connection.execute('BEGIN EXCLUSIVE')")
        with pytest.raises(DatabaseFault, match="locked by another process") as caught:
            await soon(watch.service.layer_names())
        assert caught.value.kind is FaultKind.LOCKED
        poll_time.now += polling.RETRY_SECONDS
        await watch.turned(FaultKind.LOCKED)
        zos_process.do("zos.raw_run(layer_name='new'); zos._connection.execute('COMMIT')")
        poll_time.now += polling.RETRY_SECONDS
        assert (await watch.turned(None)).changed is Changed.ALL
        assert await watch.service.layer_names() == ("new",)


async def test_after_a_failed_question_everything_is_asked_again(
    zos: ZosWriter, path: Path, watcher: Watcher, poll_time: Time
) -> None:
    async with watcher(path) as watch:
        await watch.told(Changed.ALL)
        poll_time.now += 60
        await watch.quiet()
        path.rename(path.with_name("away"))
        await watch.turned(FaultKind.MISSING)
        with pytest.raises(DatabaseFault):
            await watch.service.count(RunFilter())
        path.with_name("away").rename(path)
        assert (await watch.turned(None)).changed is Changed.ALL


@pytest.mark.parametrize("ask", ["suspect", "look_now"])
async def test_what_is_asked_for_while_the_poll_looks_is_not_lost(
    zos: ZosWriter,
    path: Path,
    watcher: Watcher,
    poll_time: Time,
    monkeypatch: pytest.MonkeyPatch,
    ask: str,
) -> None:
    async with watcher(path) as watch:
        await watch.told(Changed.ALL)
        looked: list[Marks | None] = []

        async def meanwhile(reader: Reader, last: Marks | None, *, hints: Marks | None) -> Marks:
            found = await read_marks(reader, last, hints=hints)
            if not looked:
                poll_time.now += 0.01
                getattr(watch.poll, ask)()
            looked.append(last)
            return found

        monkeypatch.setattr(polling, "read_marks", meanwhile)
        zos.raw_run()
        await eventually(lambda: bool(looked))
        poll_time.now += polling.RETRY_SECONDS
        await eventually(lambda: len(watch.news) >= 2)
        assert [change.changed for change in watch.news[:2]] == [Changed.RUNS, Changed.ALL]


async def test_a_look_that_was_cancelled_is_made_up_for(zos: ZosWriter, path: Path) -> None:
    service = service_on(path, poll_interval=0.001)
    for turns in range(0, 40, 2):
        service.poll.look_now()
        listening = asyncio.ensure_future(anext(service.changes()))
        for _ in range(turns):
            await asyncio.sleep(0)
        if not listening.done():
            listening.cancel()
            await asyncio.wait([listening])
            change = await soon(anext(service.changes()))
            assert change.changed is Changed.ALL
        await service.closed()


async def test_the_health_dates_from_its_turn(path: Path) -> None:
    times = iter(range(10_000))
    service = RunService(
        path, clock=lambda: NOW.replace(microsecond=next(times)), poll_interval=0.001
    )
    changes = service.changes()
    missing = await soon(anext(changes))
    with ZosWriter(path) as zos:
        found = await soon(anext(changes))
        zos.raw_run()
        again = await soon(anext(changes))
        assert missing.health.since < found.health.since == again.health.since


async def test_all_time_asks_for_the_same_runs_as_no_time(history: Path) -> None:
    service = service_on(history)
    everything, every = parse_filter("since:all"), RunFilter()
    async with service._ask(everything) as question:
        assert question.scope.unbounded
    assert await service.count(everything) == await service.count(every)
    assert await service.newest(everything, limit=9) == await service.newest(every, limit=9)
    until = await service.count(parse_filter("since:all until:7d"))
    assert until == await service.count(parse_filter("until:7d"))
    await service.closed()
