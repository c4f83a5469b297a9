"""What is going on: the open runs, and each run that turns out badly, told once."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from aiosqlite import Connection

from tests.conftest import NOW
from tests.totals.comparing import Clock
from tests.watching import QUICK
from zos_monitor import present
from zos_monitor.demo.writer import ZosWriter
from zos_monitor.model.present import Present
from zos_monitor.model.states import OPEN_STATES, RunState
from zos_monitor.service import RunService
from zos_monitor.store import database, probe

RUNNING, STALLED, INTERRUPTED = OPEN_STATES
FAILED, PARTIAL = RunState.FAILED, RunState.PARTIAL
MINUTE = timedelta(minutes=1)
LAYER = "nightly-user-reflection"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def service(path: Path, zos: ZosWriter, clock: Clock) -> AsyncIterator[RunService]:
    service = RunService(path, clock=clock, poll_interval=QUICK)
    yield service
    await service.closed()


def begin(zos: ZosWriter, run_id: str, minutes: float = 0, layer: object = LAYER) -> None:
    """Begin a run of two targets so many minutes before ``NOW``."""
    zos.raw_run(
        id=run_id,
        layer_name=layer,
        started_at=NOW - minutes * MINUTE,
        completed_at=None,
        status="dry",
        targets_matched=2,
    )


def end(zos: ZosWriter, run_id: str, status: str) -> None:
    zos.finish_run(run_id, completed_at=NOW, processed=1, status=status)


def open_ids(found: Present) -> list[str]:
    return [one.run.id for one in found.open_runs]


async def turned(service: RunService) -> list[tuple[str, RunState]]:
    return [(run.id, run.state) for run in (await service.present()).turned]


async def test_open_runs_are_told_but_for_interrupted_ones(
    service: RunService, zos: ZosWriter
) -> None:
    zos.raw_run(id="past", started_at=NOW - 60 * MINUTE, completed_at=NOW - 59 * MINUTE)
    begin(zos, "interrupted", 50)
    begin(zos, "stalled", 40)
    begin(zos, "talk", 1, "channel-speak")
    zos.raw_run(id="closed", layer_name="dm-response", started_at=NOW)
    found = await service.present()
    assert open_ids(found) == ["talk", "stalled"]
    assert [one.run.state for one in found.open_runs] == [RUNNING, STALLED]
    assert found.turned == ()


async def test_how_long_it_will_take_is_told_of_running_runs_alone(
    service: RunService, zos: ZosWriter, clock: Clock
) -> None:
    start = NOW - 60 * MINUTE
    zos.raw_run(started_at=start, completed_at=start + 2 * MINUTE)  # of one target
    begin(zos, "run")
    begin(zos, "without a past", 0, "channel-speak")
    found = {one.run.id: one.eta for one in (await service.present()).open_runs}
    assert found["without a past"] is None
    eta = found["run"]
    assert eta is not None
    assert eta.left(clock.now) == (4 * MINUTE, 4 * MINUTE)
    clock.now += 11 * MINUTE
    [other, run] = (await service.present()).open_runs
    assert (other.run.state, run.run.state) == (STALLED, STALLED)
    assert (other.eta, run.eta) == (None, None)


@pytest.mark.parametrize("status", ["success", "dry", "partial", "failed", "weird"])
async def test_a_bad_end_is_told_once(service: RunService, zos: ZosWriter, status: str) -> None:
    begin(zos, "run")
    assert await turned(service) == []
    assert await turned(service) == []
    end(zos, "run", status)
    bad = [("run", RunState(status))] if status in ("partial", "failed") else []
    assert await turned(service) == bad
    assert await turned(service) == []
    zos.call(None, None, created_at=NOW)
    assert await turned(service) == []


async def test_what_was_so_before_the_first_look_is_no_news(
    service: RunService, zos: ZosWriter, clock: Clock
) -> None:
    zos.raw_run(id="failed", status="failed")
    begin(zos, "stalled", 20)
    assert await turned(service) == []
    clock.now += 20 * MINUTE
    assert await turned(service) == []


async def test_a_run_that_begins_and_ends_between_two_looks_is_told(
    service: RunService, zos: ZosWriter
) -> None:
    await service.present()
    zos.raw_run(id="failed", started_at=NOW, status="failed")
    zos.raw_run(id="fine", started_at=NOW)
    zos.raw_run(id="partial", started_at=NOW, status="partial")
    begin(zos, "stalled", 20, "channel-speak")
    assert await turned(service) == [("failed", FAILED), ("partial", PARTIAL), ("stalled", STALLED)]
    assert await turned(service) == []


async def test_a_silence_is_told_each_time(
    service: RunService, zos: ZosWriter, clock: Clock
) -> None:
    begin(zos, "run")
    await service.present()
    clock.now += 11 * MINUTE
    assert await turned(service) == [("run", STALLED)]
    clock.now += MINUTE
    assert await turned(service) == []
    zos.call("run", None, created_at=clock.now)
    assert await turned(service) == []
    clock.now += 11 * MINUTE
    assert await turned(service) == [("run", STALLED)]
    end(zos, "run", "failed")
    assert await turned(service) == [("run", FAILED)]


async def test_an_interrupted_run_is_no_news(
    service: RunService, zos: ZosWriter, clock: Clock
) -> None:
    begin(zos, "run")
    await service.present()
    clock.now += 11 * MINUTE
    begin(zos, "again", -11)
    found = await service.present()
    assert (open_ids(found), found.turned) == (["again"], ())


async def test_nothing_has_turned_where_the_file_is_another(
    service: RunService, zos: ZosWriter, path: Path
) -> None:
    begin(zos, "run")
    await service.present()
    zos.close()
    other = path.with_name("other.db")
    with ZosWriter(other) as another:
        another.raw_run(id="failed", status="failed", started_at=NOW)
        begin(another, "silent", 30, "channel-speak")
    for suffix in ("-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    os.replace(other, path)
    found = await service.present()
    assert (open_ids(found), found.turned) == (["silent"], ())
    with ZosWriter(path) as another:
        end(another, "silent", "failed")
        assert await turned(service) == [("silent", FAILED)]


async def test_deleted_runs_are_no_news(service: RunService, zos: ZosWriter) -> None:
    begin(zos, "run")
    begin(zos, "gone", 1)
    await service.present()
    zos._connection.execute("DELETE FROM layer_runs WHERE id = 'gone'")
    found = await service.present()
    assert (open_ids(found), found.turned) == (["run"], ())
    end(zos, "run", "failed")
    assert await turned(service) == [("run", FAILED)]


async def test_a_look_that_is_cut_off_while_it_closes_loses_nothing(
    service: RunService, zos: ZosWriter, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin(zos, "one")
    await turned(service)
    end(zos, "one", "failed")
    closing, go_on, close = asyncio.Event(), asyncio.Event(), database._close

    async def slowly(connection: Connection, *, interrupting: bool) -> None:
        closing.set()
        await go_on.wait()
        await close(connection, interrupting=interrupting)

    with monkeypatch.context() as patch:
        patch.setattr(database, "_close", slowly)
        look = asyncio.ensure_future(service.present())
        await closing.wait()
        look.cancel()
        with pytest.raises(asyncio.CancelledError):
            await look
        go_on.set()
    assert await turned(service) == [("one", FAILED)]


async def test_old_open_runs_that_are_found_late_are_no_news(
    service: RunService, zos: ZosWriter, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(probe, "RECENT_ROWS", 3)
    monkeypatch.setattr(probe, "SLICE_ROWS", 4)
    begin(zos, "silent", 30, "removed-layer")
    begin(zos, "quiet", 0, "slow-layer")
    for _ in range(9):
        zos.raw_run(started_at=NOW - MINUTE)
    news = service.changes()
    await anext(news)
    assert service.poll.marks is not None
    assert open_ids(await service.present()) == []
    while service.poll.marks.unsearched:
        await anext(news)
    found = await service.present()
    assert (open_ids(found), found.turned) == (["quiet", "silent"], ())
    clock.now += 11 * MINUTE
    assert await turned(service) == [("quiet", STALLED)]


async def test_of_very_many_runs_the_newest_are_looked_at(
    service: RunService, zos: ZosWriter, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(present, "MOST", 20)
    with zos.batch():
        for number in range(60):
            begin(zos, f"run-{number:02}", 20, f"layer-{number}")
    assert open_ids(await service.present()) == [f"run-{number}" for number in range(59, 39, -1)]
    with zos.batch():
        for number in range(50, 60):
            end(zos, f"run-{number}", "partial")
    found = await service.present()
    assert open_ids(found) == [f"run-{number}" for number in range(49, 29, -1)]
    # The ten that come into view have been stalled before.
    assert [(run.id, run.state) for run in found.turned] == [
        (f"run-{number}", PARTIAL) for number in range(50, 60)
    ]
    with zos.batch():
        for number in range(60, 120):
            zos.raw_run(id=f"run-{number}", started_at=NOW, status="failed")
    assert await turned(service) == [(f"run-{number}", FAILED) for number in range(100, 120)]


async def test_runs_whose_ids_look_alike_are_told_apart(
    service: RunService, zos: ZosWriter, clock: Clock
) -> None:
    for byte, minutes in ((b"\xfe", 9), (b"\xff", 0)):
        zos.raw_run(
            id=b"broken " + byte,
            layer_name=f"layer-{minutes}",
            started_at=NOW - minutes * MINUTE,
            completed_at=None,
        )
    await service.present()
    told = []
    for _ in range(3):
        clock.now += 5 * MINUTE
        told.append(len(await turned(service)))
    assert told == [1, 0, 1]
