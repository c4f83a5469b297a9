"""A zos that is killed in the middle of its runs: what its runs are from then on."""

from __future__ import annotations

import signal
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.demo.rows import values
from tests.demo.waiting import wait_for
from tests.open_states import naive_open_state
from tests.totals.comparing import Clock
from zos_monitor.demo import layers
from zos_monitor.demo.folder import DemoFolder
from zos_monitor.demo.writer import ZosWriter
from zos_monitor.model.filters import RunFilter, parse_filter
from zos_monitor.model.states import LEAST_PATIENCE, OPEN_STATES, RESTART_PATIENCE, RunState
from zos_monitor.model.times import utc_now
from zos_monitor.service import RunService

RUNNING, STALLED, INTERRUPTED = OPEN_STATES
TICK = timedelta.resolution
LAYER = layers.USERS.name
CALLS = """
SELECT count(*) FROM llm_calls AS c JOIN layer_runs AS r ON r.id = c.layer_run_id
WHERE r.layer_name = ? AND r.completed_at IS NULL
"""
FEW_CALLS = 3


@pytest.fixture
def killed() -> Iterator[Path]:
    """Return the database of a player that was killed while its user layer ran, as it left it."""
    with DemoFolder(nights=0, speed=15) as demo:
        player = demo.player
        assert player is not None
        wait_for(lambda: values(demo.database, CALLS, LAYER)[0] >= FEW_CALLS)
        player.send_signal(signal.SIGKILL)
        assert player.wait() == -signal.SIGKILL
        assert values(demo.database, CALLS, LAYER)[0] >= FEW_CALLS  # it was in the middle of it
        yield demo.database


@pytest.fixture
def clock() -> Clock:
    clock = Clock()
    clock.now = utc_now()
    return clock


@pytest.fixture
async def service(killed: Path, clock: Clock) -> AsyncIterator[RunService]:
    service = RunService(killed, clock=clock)
    yield service
    await service.closed()


async def check(service: RunService, now: datetime) -> dict[str, RunState]:
    """Return the states of all open runs by their ids, after comparing all that tells them."""
    with closing(sqlite3.connect(service.path)) as db:
        ids = db.execute("SELECT id FROM layer_runs WHERE completed_at IS NULL")
        states = {run: naive_open_state(db, run, now) for (run,) in ids}
    for run_id, state in states.items():
        detail = await service.run(run_id)
        assert detail is not None
        assert (detail.state, detail.completed_at, detail.status) == (state, None, "dry")
    counts = (await service.totals(RunFilter())).overall.counts
    for state in OPEN_STATES:
        wanted = {run for run, one in states.items() if one is state}
        found = await service.run_slice(parse_filter(f"status:{state}"))
        assert {run.id for run in found.runs} == wanted
        assert found.matched == counts.get(state, 0) == len(wanted)
    return states


async def present(service: RunService) -> tuple[dict[str, RunState], dict[str, RunState]]:
    """Return the runs that may go on, and those that have turned."""
    found = await service.present()
    assert all(one.eta is None for one in found.open_runs if one.run.state is STALLED)
    going_on = {one.run.id: one.run.state for one in found.open_runs}
    return going_on, {run.id: run.state for run in found.turned}


async def find(service: RunService) -> tuple[str, datetime]:
    """Return the open run of the layer, and its last activity."""
    [run] = (await service.run_slice(parse_filter(f"layer:{LAYER} status:running"))).runs
    assert run.activity is not None
    assert run.activity.last is not None
    assert run.progress is not None
    assert run.progress.done >= FEW_CALLS - 1
    return run.id, run.activity.last


async def test_it_is_running_then_stalled_then_interrupted(
    service: RunService, killed: Path, clock: Clock
) -> None:
    run, last = await find(service)
    clock.now = last + LEAST_PATIENCE  # at its very end
    states = await check(service, clock.now)
    assert states[run] is RUNNING
    assert await present(service) == (states, {})
    clock.now += TICK
    states = await check(service, clock.now)
    assert states[run] is STALLED
    assert await present(service) == (states, {run: STALLED})
    assert await present(service) == (states, {})
    clock.now += timedelta(hours=5)
    assert set((await check(service, clock.now)).values()) == {STALLED}
    with ZosWriter(killed, seed=8) as zos:
        again = zos.start_run(LAYER, started_at=clock.now, targets_matched=9)
        states = await check(service, clock.now)
        assert (states[run], states[again]) == (INTERRUPTED, RUNNING)
        going_on, turned = await present(service)
        assert going_on == {one: state for one, state in states.items() if one != run}
        assert run not in turned
        zos.finish_run(again, completed_at=clock.now, processed=9)
        assert (await check(service, clock.now))[run] is INTERRUPTED


async def test_a_zos_that_is_restarted_at_once_interrupts_it_after_five_minutes(
    service: RunService, killed: Path, clock: Clock
) -> None:
    run, last = await find(service)
    clock.now = last + timedelta(seconds=30)
    with ZosWriter(killed, seed=8) as zos:
        again = zos.start_run(LAYER, started_at=clock.now, targets_matched=9)
        clock.now = last + RESTART_PATIENCE - TICK
        states = await check(service, clock.now)
        assert (states[run], states[again]) == (RUNNING, RUNNING)
        assert await present(service) == (states, {})
        clock.now += TICK
        states = await check(service, clock.now)
        assert (states[run], states[again]) == (INTERRUPTED, RUNNING)
        del states[run]
        assert await present(service) == (states, {})
