"""zos's file is borrowed: nothing is written, nothing is left, and zos never waits for us."""

from __future__ import annotations

import asyncio
import hashlib
import os
import shutil
import sqlite3
import threading
import time
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.conftest import ZosProcess, service_on
from tests.waiting import eventually, soon
from zos_monitor.demo.writer import ZosWriter
from zos_monitor.model.filters import parse_filter
from zos_monitor.service import RunService
from zos_monitor.store.database import Database
from zos_monitor.store.faults import MIXED
from zos_monitor.store.fingerprint import fingerprint, side_file

QUESTIONS: dict[str, Callable[[RunService], Awaitable[object]]] = {
    "newest": lambda service: service.newest(parse_filter("error:a Ada since:300d"), limit=50),
    "slice": lambda service: service.run_slice(parse_filter("status:failed"), first=0),
    "count": lambda service: service.count(parse_filter("")),
    "run": lambda service: service.run("dev_manual"),
    "totals": lambda service: service.totals(parse_filter("layer:*"), window="7d"),
    "layers": lambda service: service.layer_names(),
    "news": lambda service: anext(service.changes()),
}
every_question = pytest.mark.parametrize("question", QUESTIONS.values(), ids=QUESTIONS.keys())
# Some seconds of work, so that a test that fails comes to an end too.
LONG = """
WITH RECURSIVE n(i) AS
    (SELECT coalesce(begun(), 1) UNION ALL SELECT i + 1 FROM n WHERE i < 60000000)
SELECT count(*) FROM n
"""


def traces(folder: Path) -> dict[str, tuple[str, int, int]]:
    """Return each file's content and when it was written; the shared memory's is SQLite's own."""
    return {
        file.name: (
            "" if file.name.endswith("-shm") else hashlib.sha256(file.read_bytes()).hexdigest(),
            file.stat().st_mtime_ns,
            file.stat().st_ino,
        )
        for file in folder.iterdir()
    }


def open_files(folder: Path) -> list[str]:
    """Return the files in a folder that this process has open."""
    found = []
    for number in os.listdir("/proc/self/fd"):
        try:
            found.append(os.readlink(f"/proc/self/fd/{number}"))
        except FileNotFoundError:  # the listing's own
            continue
    return [name for name in found if name.startswith(str(folder))]


async def ask_everything(service: RunService, without: str = "") -> None:
    for name, question in QUESTIONS.items():
        if name != without:
            await soon(question(service))


@pytest.fixture
def copy(history: Path, path: Path) -> Path:
    return Path(shutil.copy2(history, path))


@pytest.mark.parametrize("mode", ["wal", "delete"])
async def test_nothing_is_left_while_zos_is_down(copy: Path, mode: str) -> None:
    with closing(sqlite3.connect(copy)) as connection:
        connection.execute(f"PRAGMA journal_mode = {mode}").fetchall()
    before = traces(copy.parent)
    assert list(before) == ["zos.db"]
    await ask_everything(service_on(copy))
    assert traces(copy.parent) == before


@pytest.mark.parametrize("mode", ["wal", "delete"])
async def test_nothing_is_left_while_zos_is_up(
    zos_process: ZosProcess, path: Path, mode: str
) -> None:
    zos_process.open(path, journal_mode=mode)
    zos_process.do("zos.raw_run()")
    before = traces(path.parent)
    assert ("zos.db-wal" in before) is (mode == "wal")
    service = service_on(path)
    await ask_everything(service)
    after = traces(path.parent)
    assert {name: trace[0] for name, trace in after.items()} == {
        name: trace[0] for name, trace in before.items()
    }
    zos_process.do("zos.close()")
    assert os.listdir(path.parent) == ["zos.db"]


async def test_a_crashed_zos_without_shared_memory_is_read_without_its_log(
    zos_process: ZosProcess, path: Path, tmp_path: Path
) -> None:
    zos_process.open(path)
    zos_process.do("zos.raw_run(id='old'); zos._connection.execute('PRAGMA wal_checkpoint')")
    zos_process.do("zos.raw_run(id='new')")
    zos_process.kill()
    side_file(path, "-shm").unlink()
    before = traces(tmp_path)
    service = service_on(path)
    assert [run.id for run in await service.newest(parse_filter(""), limit=9)] == ["old"]
    assert traces(tmp_path) == before
    news = await soon(anext(changes := service.changes()))
    assert (news.health.fault, news.health.doubt) == (None, "log left out")
    assert "log is left out" in news.health.message
    # Beside another file it is not to be taken in: nothing says so then.
    Path(shutil.copy(path, tmp_path / "other")).replace(path)
    news = await soon(anext(changes))
    assert (news.health.message, news.health.doubt) == (MIXED, "log of another file")


@every_question
async def test_zos_can_commit_and_checkpoint_after_each_question(
    zos_process: ZosProcess, path: Path, question: Callable[[RunService], Awaitable[object]]
) -> None:
    zos_process.open(path, busy_seconds=0)
    zos_process.do("run = zos.raw_run(); zos.call(run, 'Ada', created_at=at)")
    await soon(question(service_on(path)))
    zos_process.do("zos.raw_run()")
    zos_process.do(
        "answer = zos._connection.execute('PRAGMA wal_checkpoint(TRUNCATE)').fetchone()\n"
        "assert answer[0] == 0, answer"
    )
    assert side_file(path, "-wal").stat().st_size == 0


async def test_zos_can_commit_while_a_question_is_asked_which_sees_one_state(
    zos_process: ZosProcess, path: Path
) -> None:
    zos_process.open(path, busy_seconds=0)
    async with Database(path).read() as reader:
        sql = "SELECT count(*) FROM layer_runs"
        zos_process.do("zos.raw_run(); zos._connection.execute('PRAGMA wal_checkpoint')")
        first, second = await reader.row(sql), await reader.row(sql)
        assert first is not None
        assert second is not None
        assert first[0] == second[0] == 0
    async with Database(path).read() as reader:
        third = await reader.row(sql)
        assert third is not None
        assert third[0] == 1


async def a_second_question_drops_no_lock(zos_process: ZosProcess, path: Path) -> None:
    """Assert that zos can't write under the eyes of a reader after another one has gone."""
    zos_process.open(path, journal_mode="delete", busy_seconds=0)
    database = Database(path)
    async with database.read():
        async with database.read():
            pass
        zos_process.do(
            "try: zos.raw_run()\n"
            "except sqlite3.OperationalError as fault: assert 'locked' in str(fault)\n"
            "else: assert False, 'written under the eyes of a reader'"
        )
    zos_process.do("zos.raw_run()")


async def test_a_second_question_does_not_drop_the_lock_of_the_first(
    zos_process: ZosProcess, path: Path
) -> None:
    await a_second_question_drops_no_lock(zos_process, path)


@every_question
async def test_no_thread_and_no_file_stays_open(
    copy: Path, question: Callable[[RunService], Awaitable[object]]
) -> None:
    threads = threading.active_count()
    await soon(question(service_on(copy)))
    await eventually(lambda: threading.active_count() <= threads)
    assert open_files(copy.parent) == []


async def test_nothing_stays_open_after_a_fault(path: Path) -> None:
    path.write_text("just a text, and long enough to be read as one\n" * 99)
    threads = threading.active_count()
    with pytest.raises(Exception, match="not an SQLite database"):
        await service_on(path).layer_names()
    await eventually(lambda: threading.active_count() <= threads)
    assert open_files(path.parent) == []


async def test_writing_is_refused(zos: ZosWriter, path: Path) -> None:
    async with Database(path).read() as reader:
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            await reader.rows("DELETE FROM layer_runs")


@pytest.mark.parametrize(
    "name", ["a b.db", "100%.db", "50%25.db", "what?mode=rwc.db", "no#1.db", "ä\udcff.db", "x;y&z"]
)
async def test_any_name_is_opened(copy: Path, name: str) -> None:
    folder = copy.parent / f"in {name}"
    folder.mkdir()
    file = folder / name
    copy.rename(file)
    assert "dev_manual" in await service_on(file).layer_names()
    assert [entry.name for entry in folder.iterdir()] == [name]


async def test_a_link_is_followed_to_the_side_files_of_its_target(
    zos_process: ZosProcess, tmp_path: Path
) -> None:
    real, link = tmp_path / "data" / "zos.db", tmp_path / "link.db"
    real.parent.mkdir()
    link.symlink_to(real)
    zos_process.open(real)
    zos_process.do("zos.raw_run(layer_name='in-the-log')")
    assert await service_on(link).layer_names() == ("in-the-log",)
    stamp = fingerprint(link)
    zos_process.do("zos.raw_run()")
    assert fingerprint(link) != stamp
    assert sorted(os.listdir(tmp_path)) == ["data", "link.db"]


async def test_a_relative_path_is_one_from_here(
    copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(copy.parent)
    assert "dev_manual" in await service_on(Path("zos.db")).layer_names()


def test_no_file_and_a_link_to_itself_have_no_fingerprint(tmp_path: Path) -> None:
    loop = tmp_path / "loop.db"
    loop.symlink_to(loop)
    assert fingerprint(loop) is None
    assert fingerprint(tmp_path / "none.db") is None


async def cancelled(task: asyncio.Task[None]) -> float:
    """Cancel a task; return how long it took to end."""
    begin = time.monotonic()
    task.cancel()
    await asyncio.wait([task], timeout=10)
    assert task.cancelled()
    return time.monotonic() - begin


@pytest.mark.parametrize("running", [False, True], ids=["only just asked", "running"])
async def test_a_cancelled_question_is_interrupted_and_frees_its_thread(
    copy: Path, running: bool
) -> None:
    threads, asking, begun = threading.active_count(), asyncio.Event(), threading.Event()

    async def ask() -> None:
        async with Database(copy).read() as reader:
            await reader._connection.create_function("begun", 0, begun.set)
            asking.set()
            await reader.rows(LONG)

    for _ in range(10):
        asking.clear()
        begun.clear()
        task = asyncio.create_task(ask())
        await soon(asking.wait())
        if running:
            await eventually(begun.is_set)
        assert await cancelled(task) < 1.0
        await eventually(lambda: threading.active_count() <= threads)
        assert open_files(copy.parent) == []


async def test_cancelled_at_any_point_nothing_stays_open(copy: Path) -> None:
    threads = threading.active_count()
    for turns in range(0, 120, 3):
        task = asyncio.create_task(ask_everything(service_on(copy)))
        for _ in range(turns):
            await asyncio.sleep(0)
        if not task.done():
            await cancelled(task)
        await eventually(lambda: threading.active_count() <= threads)
        assert open_files(copy.parent) == []


async def test_many_questions_at_once_leave_nothing(copy: Path) -> None:
    before = traces(copy.parent)
    service = service_on(copy)
    async with asyncio.TaskGroup() as group:
        for _ in range(3):  # news goes to one alone
            group.create_task(ask_everything(service, without="news"))
    assert traces(copy.parent) == before
    assert open_files(copy.parent) == []
