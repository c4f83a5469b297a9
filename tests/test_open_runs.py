"""Open runs through the service: what they are at each instant, in every kind of answer."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from tests.conftest import NOW
from tests.totals.comparing import Clock
from zos_monitor import listing
from zos_monitor.demo.writer import ZosWriter
from zos_monitor.model.filters import RunFilter, parse_filter
from zos_monitor.model.past import PAST_RUNS
from zos_monitor.model.sorting import Sort, SortKey
from zos_monitor.model.states import OPEN_STATES, Activity, RunState
from zos_monitor.service import RunService
from zos_monitor.store.judge import Judge

RUNNING, STALLED, INTERRUPTED = OPEN_STATES
TICK = timedelta.resolution
MINUTE = timedelta(minutes=1)
LAYER, OTHER = "nightly-user-reflection", "channel-speak"
ALL, STALLED_ONES = RunFilter(), parse_filter("status:stalled")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def service(
    path: Path, zos: ZosWriter, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[RunService]:
    """Return one service, which keeps every list that the tests ask about."""
    monkeypatch.setattr(listing, "_KEPT", 20)
    service = RunService(path, clock=clock)
    yield service
    await service.closed()


def begin(zos: ZosWriter, run_id: str, minutes: float, layer: object = LAYER) -> str:
    """Begin a run so many minutes before ``NOW``."""
    return zos.raw_run(
        id=run_id,
        layer_name=layer,
        started_at=NOW - minutes * MINUTE,
        completed_at=None,
        status="dry",
    )


def finish(zos: ZosWriter, run_id: str, minutes: float, lasting: float, layer: str = LAYER) -> None:
    """Write a run that was silent from its start, before ``NOW``, to its end (minutes)."""
    start = NOW - minutes * MINUTE
    zos.raw_run(
        id=run_id, layer_name=layer, started_at=start, completed_at=start + lasting * MINUTE
    )


async def state(service: RunService, run_id: str = "run") -> RunState:
    run = await service.run(run_id)
    assert run is not None
    return run.state


async def told(service: RunService) -> dict[RunState, int]:
    """Return how many open runs there are of each state, after comparing all that tells it."""
    counts = (await service.totals(ALL)).overall.counts
    everything = sum(counts.values())
    for one in OPEN_STATES:
        number = counts.get(one, 0)
        assert await service.count(parse_filter(f"status:{one}")) == (number, everything)
        for sort in (Sort(), Sort(SortKey.COST)):
            found = await service.run_slice(parse_filter(f"status:{one}"), limit=500, sort=sort)
            assert (found.matched, found.counted, len(found.runs)) == (number, True, number)
            assert {run.state for run in found.runs} <= {one}
        found = await service.run_slice(parse_filter(f"-status:{one}"), limit=500)
        assert (found.matched, found.counted) == (everything - number, True)
        assert len(found.runs) == found.matched
        assert one not in {run.state for run in found.runs}
    return {one: counts[one] for one in OPEN_STATES if counts.get(one)}


async def test_it_is_stalled_after_its_patience(
    service: RunService, zos: ZosWriter, clock: Clock
) -> None:
    begin(zos, "run", 0)
    clock.now = NOW + 10 * MINUTE
    assert await told(service) == {RUNNING: 1}
    clock.now += TICK
    assert await told(service) == {STALLED: 1}
    zos.call("run", "server:1:user:1", created_at=clock.now)
    assert await told(service) == {RUNNING: 1}
    zos.insight("run", "server:1:user:1", created_at=clock.now + 3 * MINUTE)
    clock.now += 13 * MINUTE
    assert await told(service) == {RUNNING: 1}
    clock.now += TICK
    assert await told(service) == {STALLED: 1}


async def test_it_is_interrupted_once_its_layer_starts_again(
    service: RunService, zos: ZosWriter, clock: Clock
) -> None:
    begin(zos, "run", 0)
    begin(zos, "later", -4)
    clock.now = NOW + 5 * MINUTE - TICK
    assert await told(service) == {RUNNING: 2}
    clock.now += TICK
    assert await told(service) == {RUNNING: 1, INTERRUPTED: 1}
    clock.now = NOW + 14 * MINUTE + TICK
    assert await told(service) == {STALLED: 1, INTERRUPTED: 1}
    zos.call("run", None, created_at=clock.now)  # it lives
    assert await told(service) == {RUNNING: 1, STALLED: 1}


async def test_runs_that_overlap_stay_running(service: RunService, zos: ZosWriter) -> None:
    for number in range(4):
        begin(zos, f"talk-{number}", 4.9 - number, OTHER)
    assert await told(service) == {RUNNING: 4}


@pytest.mark.parametrize(
    ("other", "start", "expected"),
    [
        (OTHER, 1, STALLED),
        (LAYER, 1, INTERRUPTED),
        (LAYER, 0, INTERRUPTED),  # just now
        (LAYER, -0.1, STALLED),  # in the future
        (LAYER, 20, STALLED),  # at the very instant of its last activity
        (LAYER, 20 - 1e-7, INTERRUPTED),
        (LAYER, 30, STALLED),
    ],
)
async def test_only_a_later_start_of_its_layer_proves_it(
    service: RunService, zos: ZosWriter, other: str, start: float, expected: RunState
) -> None:
    begin(zos, "run", 20)
    finish(zos, "other", start, 0, other)
    assert await state(service) is expected


async def test_a_start_that_was_to_come_proves_it_when_it_has_come(
    service: RunService, zos: ZosWriter, clock: Clock
) -> None:
    begin(zos, "run", 20)
    begin(zos, "later", -1)
    assert await told(service) == {STALLED: 1, RUNNING: 1}
    clock.now = NOW + MINUTE - TICK
    assert await told(service) == {STALLED: 1, RUNNING: 1}
    clock.now += TICK
    assert await told(service) == {INTERRUPTED: 1, RUNNING: 1}


async def test_the_last_finished_runs_of_its_layer_make_its_patience(
    service: RunService, zos: ZosWriter, clock: Clock
) -> None:
    finish(zos, "of another layer", 400, 90, OTHER)
    finish(zos, "too old", 3_000, 900)
    for number in range(PAST_RUNS):
        finish(zos, f"past-{number}", 1_000 + 10 * number, 7)
    begin(zos, "run", 0)
    clock.now = NOW + 21 * MINUTE
    assert await state(service) is RUNNING
    clock.now += TICK
    assert await state(service) is STALLED
    # With another one finished the oldest, which is one in twenty, counts no more.
    for number in range(2):
        finish(zos, f"slow-{number}", 900 - number, 8)
    clock.now = NOW + 24 * MINUTE
    assert await state(service) is RUNNING
    clock.now += TICK
    assert await state(service) is STALLED


async def test_its_own_start_proves_nothing(service: RunService, zos: ZosWriter) -> None:
    """Written in another form it is later than itself, as text."""
    start = "2026-11-20T23:00:00Z"
    zos.raw_run(id="run", layer_name=LAYER, started_at=start, completed_at=None)
    assert await told(service) == {STALLED: 1}
    finish(zos, "other", 12 * 60 + 30, 1)
    assert await told(service) == {INTERRUPTED: 1}


async def test_a_layer_without_a_readable_name(service: RunService, zos: ZosWriter) -> None:
    begin(zos, "run", 20, b"broken \xff")
    begin(zos, "alike", 6, b"broken \xfe")
    begin(zos, "blob", 1, memoryview(b"broken \xff"))
    begin(zos, "number", 1, 7)
    assert await told(service) == {STALLED: 1, RUNNING: 3}
    begin(zos, "again", 2, b"broken \xff")
    assert await state(service) is INTERRUPTED
    assert await state(service, "alike") is RUNNING


@pytest.mark.parametrize("start", ["yesterday", "", b"\xff2026", memoryview(b"2026"), 2, -3.5])
async def test_a_start_that_can_t_be_read(
    service: RunService, zos: ZosWriter, start: object
) -> None:
    zos.raw_run(id="run", layer_name=LAYER, started_at=start, completed_at=None)
    begin(zos, "second", 20)
    assert await told(service) == {STALLED: 2}
    zos.call("run", None, created_at=NOW - 6 * MINUTE)
    assert await told(service) == {STALLED: 1, RUNNING: 1}
    begin(zos, "third", 1)
    assert await told(service) == {INTERRUPTED: 2, RUNNING: 1}


async def test_activity_that_can_t_be_read_is_none(service: RunService, zos: ZosWriter) -> None:
    begin(zos, "run", 30)
    zos.call("run", None, created_at=NOW - 10 * MINUTE)
    for odd in ("yesterday", b"\xff", memoryview(b"2026"), 5):
        zos.update("llm_calls", zos.call("run", None, created_at=NOW), created_at=odd)
    assert await state(service) is RUNNING
    iso = "2026-11-21T11:40:00Z"  # though it is greater as text
    zos.update("llm_calls", zos.call("run", None, created_at=NOW), created_at=iso)
    assert await state(service) is RUNNING


@pytest.mark.parametrize("missing", ["llm_calls", "insights", "created_at"])
async def test_without_a_sign_of_life_its_start_counts(tmp_path: Path, missing: str) -> None:
    path = tmp_path / "old.db"
    with ZosWriter(path, without={"llm_calls", "insights"} if missing != "created_at" else ()) as w:
        for run_id, minutes in (("run", 10.0), ("older", 10.1)):
            begin(w, run_id, minutes)
        service = RunService(path, clock=lambda: NOW)
        with closing(sqlite3.connect(path)) as other, other:
            if missing == "created_at":
                for table in ("llm_calls", "insights"):
                    other.execute(f"DROP TABLE {table}")
                    other.execute(f"CREATE TABLE {table} (id, layer_run_id, topic_key)")
                    other.execute(f"INSERT INTO {table} VALUES ('one', 'older', 'topic')")
            elif missing == "llm_calls":
                other.execute("CREATE TABLE insights (id, layer_run_id, topic_key, created_at)")
                other.execute(f"INSERT INTO insights VALUES (1, 'older', '', '{NOW:%F %T}')")
        assert await state(service) is RUNNING
        expected = RUNNING if missing == "llm_calls" else INTERRUPTED
        assert await state(service, "older") is expected
        await service.closed()


async def test_more_than_a_page_turns_at_once(
    service: RunService, zos: ZosWriter, clock: Clock
) -> None:
    with zos.batch():
        for number in range(300):
            begin(zos, f"run-{number:03}", number % 2, f"layer-{number}")
    assert await told(service) == {RUNNING: 300}
    clock.now = NOW + 9.5 * MINUTE
    assert await told(service) == {RUNNING: 150, STALLED: 150}
    clock.now = NOW + 11 * MINUTE
    assert await told(service) == {STALLED: 300}
    begin(zos, "again", -11, "layer-7")
    assert await told(service) == {STALLED: 299, INTERRUPTED: 1, RUNNING: 1}


async def test_a_start_in_another_form_is_compared_as_an_instant(
    service: RunService, zos: ZosWriter, clock: Clock
) -> None:
    begin(zos, "one", 60)
    zos.raw_run(layer_name=LAYER, started_at=f"{NOW - 61 * MINUTE:%FT%TZ}")
    clock.now = NOW + timedelta(days=1)
    assert await state(service, "one") is STALLED
    zos.raw_run(layer_name=LAYER, started_at=f"{NOW - 59 * MINUTE:%FT%TZ}")
    assert await state(service, "one") is INTERRUPTED


@pytest.mark.parametrize("text", ["", "status:stalled", "-status:running", "status:dry,running"])
async def test_finished_runs_are_never_judged(
    service: RunService, zos: ZosWriter, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    begin(zos, "open", 20)
    with zos.batch():
        for _ in range(20):
            zos.raw_run(layer_name=LAYER, started_at=NOW - 30 * MINUTE)
    judged: set[int] = set()
    judge = Judge._judge

    def noted(self: Judge, rowid: int) -> Activity:
        judged.add(rowid)
        return judge(self, rowid)

    monkeypatch.setattr(Judge, "_judge", noted)
    flt = parse_filter(text)
    await service.totals(flt)
    for sort in (SortKey.START, SortKey.COST):
        await service.run_slice(flt, sort=Sort(sort))
    await service.count(flt)
    assert judged == {1}  # the row number of the open one
