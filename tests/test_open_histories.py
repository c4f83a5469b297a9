"""Open runs over random histories, against a naive reading; and old ones that are found late."""

from __future__ import annotations

import random
import sqlite3
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.conftest import NOW
from tests.open_states import naive_open_state
from tests.totals.comparing import Clock
from tests.watching import QUICK
from zos_monitor import listing
from zos_monitor.demo.writer import ZosWriter
from zos_monitor.model.filters import RunFilter, parse_filter
from zos_monitor.model.sorting import Sort, SortKey
from zos_monitor.model.states import OPEN_STATES, RunState
from zos_monitor.service import RunService
from zos_monitor.store import probe

RUNNING, STALLED, INTERRUPTED = OPEN_STATES
MINUTE = timedelta(minutes=1)
SORTS = (Sort(), Sort(reverse=True), Sort(SortKey.COST), Sort(SortKey.DURATION, reverse=True))
OPEN_IDS = "SELECT id FROM layer_runs WHERE completed_at IS NULL"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def service(
    path: Path, zos: ZosWriter, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[RunService]:
    """Return one service, which keeps every list that the tests ask about."""
    monkeypatch.setattr(listing, "_KEPT", 20)
    service = RunService(path, clock=clock, poll_interval=QUICK)
    yield service
    await service.closed()


async def assert_told(service: RunService, state: RunState, ids: set[str], total: int) -> None:
    flt, denied = parse_filter(f"status:{state}"), parse_filter(f"-status:{state}")
    assert await service.count(flt) == (len(ids), total)
    assert await service.count(denied) == (total - len(ids), total)
    for sort in SORTS:
        found = await service.run_slice(flt, limit=500, sort=sort)
        assert {run.id for run in found.runs} == ids
        assert (found.matched, len(found.runs)) == (len(ids), len(ids))


@pytest.mark.parametrize("seed", range(3))
async def test_against_a_naive_reading(
    service: RunService, zos: ZosWriter, path: Path, clock: Clock, seed: int
) -> None:
    rng = random.Random(seed)
    stalled = RunService(path, clock=clock)  # it keeps the totals of another question
    with closing(sqlite3.connect(path)) as db:
        for _ in range(8):
            with zos.batch():
                for _ in range(rng.randrange(9)):
                    write_at_random(zos, db, rng, clock.now)
            clock.now += rng.choice((0, 1, 3, 9)) * rng.choice((MINUTE, timedelta.resolution))
            wanted = {run: naive_open_state(db, run, clock.now) for (run,) in db.execute(OPEN_IDS)}
            everything = await service.run_slice(RunFilter(), limit=500)
            assert {run.id: run.state for run in everything.runs if run.open} == wanted
            counts = (await service.totals(RunFilter())).overall.counts
            assert Counter({one: counts.get(one, 0) for one in OPEN_STATES}) == Counter(
                wanted.values()
            )
            found = await stalled.totals(parse_filter("status:stalled"))
            assert found.overall.runs == counts.get(STALLED, 0)
            for state in OPEN_STATES:
                ids = {run for run, one in wanted.items() if one is state}
                await assert_told(service, state, ids, everything.total)
    await stalled.closed()


def write_at_random(
    zos: ZosWriter, db: sqlite3.Connection, rng: random.Random, now: datetime
) -> None:
    at = now - rng.choice((-2, 0, 1, 4, 5, 6, 10, 11, 40)) * MINUTE
    layer = rng.choice(("nightly-user-reflection", "channel-speak"))
    runs = [run for (run,) in db.execute(OPEN_IDS)]
    kind = rng.choice(("begin", "begin", "finished", "call", "insight", "end"))
    if kind == "finished":
        end = at + rng.choice((0.1, 4, 9)) * MINUTE
        zos.raw_run(layer_name=layer, started_at=at, completed_at=end)
    elif kind == "begin" or not runs:
        zos.raw_run(layer_name=layer, started_at=at, completed_at=None, status="dry")
    elif kind == "call":
        zos.call(rng.choice(runs), None, created_at=at)
    elif kind == "insight":
        zos.insight(rng.choice(runs), "server:1:user:1", created_at=at)
    else:
        zos.update("layer_runs", rng.choice(runs), completed_at=now)


async def test_old_runs_that_turn_before_they_are_found(
    service: RunService, zos: ZosWriter, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The poll searches old rows for open runs bit by bit, and meanwhile the time goes on."""
    monkeypatch.setattr(probe, "RECENT_ROWS", 5)
    monkeypatch.setattr(probe, "SLICE_ROWS", 10)
    others = {f"run-{number}" for number in (2, 3, 17)}
    with zos.batch():
        for number in range(40):
            start = NOW - (40 - number) / 10 * MINUTE
            end = None if f"run-{number}" in others | {"run-39"} else start
            layer = f"layer-{number % 4}"
            zos.raw_run(id=f"run-{number}", layer_name=layer, started_at=start, completed_at=end)
    news = service.changes()
    await anext(news)
    assert service.poll.marks is not None
    assert service.poll.marks.unsearched
    await assert_told(service, RUNNING, {*others, "run-39"}, 40)
    await assert_told(service, STALLED, set(), 40)
    await assert_told(service, INTERRUPTED, set(), 40)
    clock.now += 30 * MINUTE
    while service.poll.marks.unsearched:
        await anext(news)
    await assert_told(service, RUNNING, set(), 40)
    await assert_told(service, STALLED, {"run-39"}, 40)
    await assert_told(service, INTERRUPTED, others, 40)
