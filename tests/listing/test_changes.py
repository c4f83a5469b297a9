"""Single things that happen to a list that is kept, and what they may not do to it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.conftest import NOW
from tests.listing.truth import Listed, truth
from tests.totals.comparing import Clock
from tests.waiting import soon
from zos_monitor import tally
from zos_monitor.demo.writer import ZosWriter
from zos_monitor.model.filters import parse_filter
from zos_monitor.model.sorting import BY_START, Sort, SortKey
from zos_monitor.service import RunService
from zos_monitor.store import probe

RUNS = 60


@pytest.fixture
def many(zos: ZosWriter) -> ZosWriter:
    with zos.batch():
        for hours in range(RUNS):
            zos.raw_run(id=f"run-{hours}", started_at=NOW - timedelta(hours=hours, minutes=30))
    return zos


async def equal(service: RunService, text: str, clock: Clock, sort: Sort = BY_START) -> int:
    flt = parse_filter(text)
    expected = await truth(service, flt, clock.now)
    await Listed(service, flt, sort).compare(expected, clock.now, 7, text)
    return len(expected.runs)


@pytest.mark.parametrize("sort", [BY_START, Sort(SortKey.COST)])
async def test_a_name_that_comes_to_mean_somebody_else_finds_other_runs(
    many: ZosWriter, service: RunService, clock: Clock, sort: Sort
) -> None:
    many.call("run-7", "server:1:user:2", created_at=NOW)
    many.call("run-9", "server:1:user:3", created_at=NOW)
    many.call("run-9", "server:1:user:3", created_at=NOW)
    assert await equal(service, "Ada", clock, sort) == 0
    for user in ("2", "3"):
        many.person(user, "1", "Ada", captured_at=NOW)
        assert await equal(service, "Ada", clock, sort) == int(user) - 1


async def test_a_window_that_moves_while_runs_start_and_end_counts_each_once(
    many: ZosWriter, service: RunService, clock: Clock
) -> None:
    run = many.start_run("nightly", started_at=NOW, targets_matched=1)
    early = many.start_run("nightly", started_at=NOW - timedelta(hours=5), targets_matched=1)
    assert await equal(service, "since:6h -Ada", clock) == 6 + 2
    clock.now += timedelta(minutes=40)
    many.raw_run(id="new", started_at=NOW + timedelta(minutes=20))
    assert await equal(service, "since:6h -Ada", clock) == 6 + 2
    clock.now += timedelta(hours=1)
    many.call(run, "Ada", created_at=NOW)
    many.finish_run(early, completed_at=clock.now, processed=1)
    assert await equal(service, "since:6h -Ada", clock) == 5 + 1 - 1


@pytest.mark.parametrize("first", [0, 20, 30, 55])
@pytest.mark.parametrize("text", ["", "layer:nightly-*", "-Ada"])
async def test_the_middle_of_the_oldest_first_is_found_at_once(
    many: ZosWriter, service: RunService, clock: Clock, small: None, first: int, text: str
) -> None:
    found = await soon(
        service.run_slice(
            parse_filter(text), first=first, limit=5, sort=Sort(reverse=True), now=NOW
        )
    )
    assert [run.id for run in found.runs] == [
        f"run-{RUNS - 1 - n}" for n in range(first, first + 5)
    ]


async def test_old_open_runs_that_the_poll_finds_do_not_begin_a_count_anew(
    many: ZosWriter,
    service: RunService,
    clock: Clock,
    small: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    begun: list[object] = []
    begin = tally.Tally._begin

    def noted(order: tally.Tally) -> None:
        begun.append(order)
        begin(order)

    monkeypatch.setattr(tally.Tally, "_begin", noted)
    monkeypatch.setattr(probe, "RECENT_ROWS", 4)
    monkeypatch.setattr(probe, "SLICE_ROWS", 4)
    many._connection.execute("UPDATE layer_runs SET completed_at = NULL WHERE rowid IN (3, 9, 22)")
    service.poll.interval = 0.001
    changes, flt = service.changes(), parse_filter("status:running,stalled,interrupted")
    await soon(anext(changes))
    found = (await soon(service.run_slice(flt, limit=9))).runs
    versions = set()
    while service.poll.marks is None or service.poll.marks.unsearched:
        await soon(anext(changes))
        versions.add((await service.run_slice(flt, limit=9)).version)
    assert [run.id for run in found] == ["run-2", "run-8", "run-21"]
    assert len(versions) == 1
    assert len(begun) == 2  # when it was made, and when it was first asked
    many.finish_run("run-8", completed_at=NOW, processed=1)
    assert await equal(service, "status:running,stalled,interrupted", clock) == 2
    assert len(begun) == 2
    await soon(service.closed())
