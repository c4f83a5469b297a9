"""The poll: it tells what changed and what is wrong, and is quiet while nothing is."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.conftest import NOW, ZosProcess
from tests.waiting import eventually
from tests.watching import MANY, QUICK, Time, Watcher
from zos_monitor import polling
from zos_monitor.demo.writer import ZosWriter
from zos_monitor.model.changes import Changed
from zos_monitor.model.faults import FaultKind
from zos_monitor.polling import Poll
from zos_monitor.store import probe
from zos_monitor.store.fingerprint import Fingerprint, fingerprint


async def test_the_first_news_is_everything(zos: ZosWriter, path: Path, watcher: Watcher) -> None:
    async with watcher(path) as watch:
        await eventually(lambda: bool(watch.news))
        [first] = watch.news
        assert first.changed is Changed.ALL
        assert (first.health.fault, first.health.message) == (None, "")
        written = max(entry.stat().st_mtime for entry in path.parent.glob("zos.db*[bl]"))
        assert first.committed_at is not None
        assert first.committed_at.timestamp() == pytest.approx(written, abs=0.002)


async def test_commits_of_another_process_are_told_by_what_they_change(
    zos_process: ZosProcess, path: Path, watcher: Watcher
) -> None:
    steps = [
        ("run = zos.start_run('nightly', started_at=at, targets_matched=1)", Changed.RUNS),
        ("zos.call(run, 'Ada', created_at=at)", Changed.CALLS),
        ("zos.insight(run, 'Ada', created_at=at)", Changed.INSIGHTS),
        ("zos.message('1', '2', created_at=at)", Changed.OTHER),
        ("zos.finish_run(run, completed_at=at, processed=1)", Changed.RUNS),
        ("zos.update('layer_runs', run, status='failed')", Changed.OTHER),
        ("zos._connection.execute('PRAGMA wal_checkpoint(TRUNCATE)')", Changed.OTHER),
        ("zos.call(None, None, created_at=at)", Changed.CALLS),
    ]
    zos_process.open(path)
    async with watcher(path) as watch:
        await watch.told(Changed.ALL)
        for code, changed in steps:
            zos_process.do(code)
            told = await watch.told(changed)
            # A look that meets a commit half-way tells of something, then of what it is.
            assert told & ~Changed.OTHER == changed & ~Changed.OTHER, code


async def test_while_nothing_changes_nothing_is_told_and_nothing_opened(
    zos: ZosWriter, path: Path, watcher: Watcher, poll_time: Time, opened: list[object]
) -> None:
    async with watcher(path) as watch:
        await watch.told(Changed.ALL)
        poll_time.now += 60  # past the second looks
        await watch.quiet()
        opened.clear()
        poll_time.now += 3600
        await watch.quiet()
        assert (watch.news, opened) == ([], [])
        zos.raw_run()
        await watch.told(Changed.RUNS)
        assert opened


async def test_a_missing_file_is_a_fault_and_is_noticed_when_it_appears(
    path: Path, watcher: Watcher
) -> None:
    async with watcher(path) as watch:
        fault = await watch.turned(FaultKind.MISSING)
        assert (fault.changed, fault.committed_at) == (Changed.NOTHING, None)
        assert str(path) in fault.health.message
        await watch.quiet()
        assert watch.news == [fault]
        with ZosWriter(path):
            await watch.told(Changed.ALL)
        path.unlink()
        await watch.turned(FaultKind.MISSING)
        with ZosWriter(path):
            news = await watch.turned(None)
            assert (news.changed, news.health.message) == (Changed.ALL, "")


async def test_a_file_that_is_read_unseen_is_missed_once_it_has_gone(
    path: Path, watcher: Watcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ZosWriter(path) as zos:
        zos.raw_run()
    # It comes between the look at the files and the reading, and goes before the next look.
    monkeypatch.setattr(polling, "fingerprint", lambda path, last=None: None)
    async with watcher(path) as watch:
        await watch.told(Changed.ALL)
        path.unlink()
        await watch.turned(FaultKind.MISSING)


async def test_faults_turn_into_each_other_and_go(
    history: Path, path: Path, tmp_path: Path, watcher: Watcher
) -> None:
    new = tmp_path / "new"
    whole = history.read_bytes()
    async with watcher(path) as watch:
        for content, kind in [
            (b"", FaultKind.NOT_ZOS),
            (b"just a text\n" * 999, FaultKind.NOT_SQLITE),
            (whole[:20_000], FaultKind.DAMAGED),
            (whole, None),
            (b"just a text\n" * 99, FaultKind.NOT_SQLITE),
            (whole, None),
        ]:
            new.write_bytes(content)
            new.replace(path)
            news = await watch.turned(kind)
            assert news.changed is (Changed.ALL if kind is None else Changed.NOTHING)


async def test_a_fault_is_told_once_and_tried_again_each_second(
    path: Path, watcher: Watcher, poll_time: Time, opened: list[object]
) -> None:
    path.write_text("just a text\n" * 99)
    async with watcher(path) as watch:
        await watch.turned(FaultKind.NOT_SQLITE)
        tries = len(opened)
        await watch.quiet()
        assert len(opened) == tries
        poll_time.now += polling.RETRY_SECONDS
        await eventually(lambda: len(opened) > tries)
        await watch.quiet()
        assert len(opened) == tries + 1
        assert len(watch.news) == 1


async def test_a_file_that_is_replaced_is_noticed(
    path: Path, tmp_path: Path, watcher: Watcher
) -> None:
    for name in ("zos.db", "other.db"):
        with ZosWriter(tmp_path / name) as zos:
            zos.raw_run(layer_name=name)
    times = path.stat().st_atime_ns, path.stat().st_mtime_ns
    os.utime(tmp_path / "other.db", ns=times)
    async with watcher(path) as watch:
        await watch.told(Changed.ALL)
        (tmp_path / "other.db").replace(path)
        assert await watch.told(Changed.ALL) is Changed.ALL
        assert await watch.service.layer_names() == ("other.db",)


async def test_a_commit_that_is_seen_late_or_leaves_no_stamp_is_found_by_a_second_look(
    zos: ZosWriter, path: Path, watcher: Watcher, poll_time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    stamp = fingerprint(path)

    def stuck(path: Path, last: Fingerprint | None) -> Fingerprint | None:
        return stamp

    monkeypatch.setattr(polling, "fingerprint", stuck)
    async with watcher(path) as watch:
        await watch.told(Changed.ALL)
        for after in (0.3, 0.3, 0.5, 1.0, 3.0, 10.0, 50.0):
            zos.raw_run()
            poll_time.now += after
            assert await watch.told(Changed.RUNS) == Changed.RUNS
        zos.raw_run()
        poll_time.now += 60
        await watch.quiet()
        assert watch.news == []


async def test_a_long_history_is_searched_for_open_runs_at_further_looks(
    zos: ZosWriter,
    path: Path,
    watcher: Watcher,
    poll_time: Time,
    monkeypatch: pytest.MonkeyPatch,
    opened: list[object],
) -> None:
    monkeypatch.setattr(probe, "RECENT_ROWS", 1)
    monkeypatch.setattr(probe, "SLICE_ROWS", 1)
    for n in range(2 * MANY):
        zos.raw_run(completed_at=None if n == 3 else NOW)
    async with watcher(path) as watch:
        poll_time.now += 3600  # past the second looks
        await eventually(lambda: len(watch.news) >= 2)
        assert [change.changed for change in watch.news] == [Changed.ALL, Changed.RUNS]
        await watch.quiet()
        await watch.quiet()
        opened.clear()
        await watch.quiet()
        assert (len(watch.news), opened) == (2, [])


async def test_a_deletion_in_a_long_history_is_noticed_within_a_minute(
    zos: ZosWriter, path: Path, watcher: Watcher, poll_time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(probe, "FEW_RUNS", 1)
    monkeypatch.setattr(probe, "time", poll_time)
    for n in range(4):
        zos.raw_run(id=f"run-{n}")
    async with watcher(path) as watch:
        await watch.told(Changed.ALL)
        poll_time.now += 7200
        await watch.quiet()
        zos.raw_run()
        await watch.told(Changed.RUNS)
        zos._connection.execute("DELETE FROM layer_runs WHERE id = 'run-1'")
        assert await watch.told(Changed.OTHER) == Changed.OTHER
        poll_time.now += probe.COUNT_SECONDS
        assert await watch.told(Changed.ALL) == Changed.ALL


async def test_paused_it_does_not_look_and_resumed_it_tells_what_it_missed(
    zos: ZosWriter, path: Path, watcher: Watcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with watcher(path) as watch, watcher(path) as other:
        await watch.told(Changed.ALL)
        sleeps, sleep = [], Poll._sleep

        async def noted(poll: Poll) -> None:
            sleeps.append(poll)
            await sleep(poll)

        monkeypatch.setattr(Poll, "_sleep", noted)
        watch.poll.pause()
        paused, looks = [watch.poll.paused], watch.looks
        await other.quiet()
        assert sleeps.count(watch.poll) <= 1
        zos.raw_run()
        await other.told(Changed.RUNS)
        assert (watch.news, watch.looks) == ([], looks)
        watch.poll.look_now()
        await eventually(lambda: bool(watch.news))
        await other.quiet()
        assert [change.changed for change in watch.news] == [Changed.ALL]
        assert watch.looks == looks + 1
        watch.news.clear()
        zos.call(None, None, created_at=NOW)
        watch.poll.resume()
        assert [*paused, watch.poll.paused] == [True, False]
        assert await watch.told(Changed.CALLS) & ~Changed.OTHER == Changed.CALLS


async def test_look_now_tells_everything_though_nothing_changed_and_it_sleeps_long(
    zos: ZosWriter, path: Path, watcher: Watcher
) -> None:
    async with watcher(path) as watch:
        watch.poll.interval = 3600
        await eventually(lambda: bool(watch.news))
        looks = watch.looks
        watch.poll.look_now()
        await eventually(lambda: len(watch.news) == 2)
        assert (watch.news[1].changed, watch.looks) == (Changed.ALL, looks + 1)
        watch.poll.interval = QUICK
        watch.poll.resume()
        await watch.quiet()


async def test_the_next_look_waits_for_a_slow_consumer(
    zos: ZosWriter, path: Path, watcher: Watcher
) -> None:
    async with watcher(path) as watch, watcher(path) as other:
        watch.may_go_on.clear()
        await eventually(lambda: bool(watch.news))
        looks = watch.looks
        zos.raw_run()
        zos.call(None, None, created_at=NOW)
        watch.poll.look_now()
        await other.told(Changed.RUNS | Changed.CALLS)
        assert (len(watch.news), watch.looks) == (1, looks)
        watch.may_go_on.set()
        await eventually(lambda: len(watch.news) == 2)
        assert watch.news[1].changed is Changed.ALL
