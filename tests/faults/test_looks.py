"""Looks that hang or meet what nobody has foreseen: they are told, gone on with, and made again."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import threading
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import NOW, service_on
from tests.crash.injecting import SECRET, fail
from tests.waiting import eventually, soon
from tests.watching import MANY, Time, Watcher
from zos_monitor import polling
from zos_monitor.demo.writer import ZosWriter
from zos_monitor.model.changes import Changed
from zos_monitor.model.faults import DatabaseFault, FaultKind
from zos_monitor.store import database as store
from zos_monitor.store.judge import Judge

HOUR = 3600


class Disk:
    """Has reading stand still in its thread, as a disk does that does not answer."""

    def __init__(self) -> None:
        self.answers = threading.Event()
        self.answers.set()
        self.reads = 0

    def judge(self, *arguments: Any) -> Judge:  # noqa: ANN401
        self.reads += 1
        assert self.answers.wait(30)
        return Judge(*arguments)


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Disk:
    found = Disk()
    monkeypatch.setattr(store, "Judge", found.judge)
    monkeypatch.setattr(polling, "SLOW_SECONDS", 0.02)
    return found


async def test_a_look_that_hangs_is_told_once_and_gone_on_with(
    zos: ZosWriter, path: Path, watcher: Watcher, disk: Disk
) -> None:
    async with watcher(path) as watch:
        await watch.told(Changed.ALL)
        disk.answers.clear()
        watch.poll.look_now()
        try:
            news = await watch.turned(FaultKind.SLOW)
            assert f"{path} has not answered for 0.02 seconds" in news.health.message
            assert news.health.good_at == NOW
            watch.news.clear()
            reads, looks = disk.reads, watch.looks
            await eventually(lambda: watch.looks > looks + 5)
            assert (disk.reads, watch.news) == (reads, [])  # one at a time
        finally:
            disk.answers.set()
        await watch.turned(None)
        zos.raw_run(layer_name="later")
        await watch.told(Changed.RUNS)


async def test_a_look_that_hangs_is_given_up_with_the_poll(
    zos: ZosWriter, path: Path, disk: Disk
) -> None:
    service = service_on(path, 0.001)
    changes = service.changes()
    while (await soon(anext(changes))).health.fault is not None:
        pass  # on a busy machine the first look takes long as well
    disk.answers.clear()
    service.poll.look_now()
    change = await soon(anext(changes))
    assert change.health.fault is FaultKind.SLOW
    closing = asyncio.ensure_future(changes.aclose())  # type: ignore[attr-defined]
    await asyncio.sleep(0)
    disk.answers.set()
    await soon(closing)
    await soon(service.closed())
    assert len(asyncio.all_tasks()) == 1


@pytest.mark.parametrize("name", ["fingerprint", "read_marks"])
async def test_what_nobody_foresaw_is_told_and_tried_again_until_it_is_over(
    zos: ZosWriter,
    path: Path,
    watcher: Watcher,
    noted: Path,
    poll_time: Time,
    name: str,
) -> None:
    async with watcher(path) as watch:
        await watch.told(Changed.ALL)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(polling, name, fail)
            watch.poll.look_now()
            news = await watch.turned(FaultKind.UNFORESEEN)
            assert "looking for changes failed" in news.health.message
            assert "LookupError" in news.health.message
            assert SECRET not in news.health.message
            watch.news.clear()
            looks = watch.looks
            await eventually(lambda: watch.looks > looks + MANY)
            assert watch.news == []
        poll_time.now += polling.RETRY_SECONDS
        await eventually(lambda: watch.poll._health.fault is None)
        zos.raw_run(layer_name="later")
        await watch.told(Changed.RUNS)
    assert any(noted.iterdir())


@pytest.mark.parametrize("error", [ZeroDivisionError, MemoryError, sqlite3.Error])
async def test_a_connection_that_fails_in_any_way_is_closed(
    zos: ZosWriter, path: Path, error: type[Exception], disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*arguments: object) -> Judge:
        raise error("no")

    threads, service = threading.active_count(), service_on(path)
    monkeypatch.setattr(store, "Judge", fails)
    with pytest.raises((error, DatabaseFault)):
        await soon(service.layer_names())
    await soon(service.closed())
    await eventually(lambda: threading.active_count() <= threads)
    monkeypatch.undo()
    assert await soon(service.layer_names()) == ()


async def test_no_thread_to_read_in_leaves_nothing_open(
    zos: ZosWriter, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = service_on(path)
    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", fail)
        with pytest.raises(LookupError):
            await soon(service.layer_names())
    await soon(service.closed())
    assert await soon(service.layer_names()) == ()


async def test_questions_that_fail_though_looks_are_good_are_asked_again_less_and_less_often(
    zos: ZosWriter, path: Path, watcher: Watcher, poll_time: Time
) -> None:
    async with watcher(path) as watch:
        await watch.told(Changed.ALL)
        poll_time.now += HOUR
        await watch.quiet()
        watch.news.clear()
        for pause in (1, 1, 1, 1, 2, 4, 30):
            watch.poll._doubts = 40 if pause == 30 else watch.poll._doubts
            watch.poll.suspect()
            poll_time.now += pause - 0.01
            await watch.quiet()
            assert watch.news == []
            poll_time.now += 0.02
            assert await watch.told(Changed.ALL) is Changed.ALL
        watch.poll.look_now()
        await watch.told(Changed.ALL)
        watch.poll.suspect()
        poll_time.now += 1.01
        assert await watch.told(Changed.ALL) is Changed.ALL


async def good_at_of(
    path: Path, watcher: Watcher, before: Callable[[Any], Awaitable[None]]
) -> object:
    """Return as of when the data is told to be once the file is gone."""
    async with watcher(path) as watch:
        await watch.told(Changed.ALL)
        await before(watch)
        path.rename(path.with_name("away"))
        news = await watch.turned(FaultKind.MISSING)
        path.with_name("away").rename(path)
        return news.health.good_at


async def test_data_is_as_of_the_last_look_though_that_read_nothing(
    zos: ZosWriter, path: Path, watcher: Watcher, poll_time: Time
) -> None:
    later = NOW.replace(hour=15)

    async def before(watch: Any) -> None:  # noqa: ANN401
        poll_time.now += HOUR  # past the second looks
        await watch.quiet()
        watch.poll._clock = lambda: later
        await watch.quiet()

    assert await good_at_of(path, watcher, before) == later


async def test_data_is_as_of_the_last_answers_where_questions_have_failed(
    zos: ZosWriter, path: Path, watcher: Watcher, poll_time: Time
) -> None:
    async def before(watch: Any) -> None:  # noqa: ANN401
        watch.poll.suspect()
        watch.poll._clock = lambda: NOW.replace(hour=15)
        await watch.quiet()

    assert await good_at_of(path, watcher, before) == NOW


async def test_data_is_as_of_when_the_poll_was_paused(
    zos: ZosWriter, path: Path, watcher: Watcher
) -> None:
    async with watcher(path) as watch:
        await watch.told(Changed.ALL)
        watch.poll.pause()
        await asyncio.sleep(0)
        watch.poll._clock = lambda: NOW.replace(hour=15)
        path.rename(path.with_name("away"))
        watch.poll.look_now()
        news = await watch.turned(FaultKind.MISSING)
        assert (news.health.good_at, news.health.since) == (NOW, NOW.replace(hour=15))
        path.with_name("away").rename(path)


async def test_a_fault_told_in_other_words_lasts_since_the_same_time(
    path: Path, watcher: Watcher
) -> None:
    path.touch()
    async with watcher(path) as watch:
        first = await watch.turned(FaultKind.NOT_ZOS)
        watch.poll._clock = lambda: NOW.replace(hour=15)
        with closing(sqlite3.connect(path)) as other:
            other.execute("CREATE TABLE recipes (id)")
        await eventually(lambda: "layer_runs" in watch.news[-1].health.message)
        assert watch.news[-1].health[:2] == first.health[:2]


async def test_a_log_that_zos_has_taken_for_its_own_is_not_told_any_more(
    path: Path, tmp_path: Path, watcher: Watcher
) -> None:
    for name in ("new", "old"):
        with ZosWriter(tmp_path / name) as zos:
            zos.raw_run(layer_name=name)
    (tmp_path / "old").rename(path)
    connection = sqlite3.connect(path)
    connection.execute("UPDATE layer_runs SET layer_hash = 'changed'")
    connection.commit()
    try:
        async with watcher(path) as watch:
            await watch.told(Changed.ALL)
            (tmp_path / "new").replace(path)
            await eventually(lambda: "log of the old one" in watch.poll._health.message)
            os.utime(path)  # as one does who writes to it
            await eventually(lambda: watch.poll._health.message == "")
    finally:
        connection.close()


async def test_a_file_that_is_overwritten_with_its_old_time_is_noticed_at_once(
    path: Path, tmp_path: Path, watcher: Watcher, poll_time: Time
) -> None:
    for name in ("zos.db", "other.db"):
        with ZosWriter(tmp_path / name, seed=len(name)) as zos:
            zos.raw_run(layer_name=name)
    times = path.stat().st_atime_ns, path.stat().st_mtime_ns
    other = (tmp_path / "other.db").read_bytes()
    assert len(other) == path.stat().st_size
    async with watcher(path) as watch:
        await watch.told(Changed.ALL)
        poll_time.now += HOUR  # past the second looks
        await watch.quiet()
        watch.news.clear()
        with path.open("r+b") as file:
            file.write(other)
        os.utime(path, ns=times)
        assert await watch.told(Changed.ALL) is Changed.ALL
        assert await watch.service.layer_names() == ("other.db",)


async def test_data_is_as_of_the_start_where_the_first_answers_meet_a_fault(
    zos: ZosWriter, path: Path
) -> None:
    service = service_on(path, 0.001)
    changes = service.changes()
    await soon(anext(changes))
    service.poll._clock = lambda: NOW.replace(hour=15)
    path.rename(path.with_name("away"))
    with pytest.raises(DatabaseFault):
        await soon(service.layer_names())
    change = await soon(anext(changes))
    assert (change.health.fault, change.health.good_at) == (FaultKind.MISSING, NOW)
    path.with_name("away").rename(path)
    await soon(service.closed())
