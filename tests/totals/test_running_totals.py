"""Totals that are kept: whatever happens, they equal those that are summed up from the start."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest

from tests.conftest import NOW
from tests.store.plans import plans_of
from tests.totals.comparing import Clock, compare
from tests.totals.moves import Moves
from tests.waiting import soon
from tests.watching import QUICK, Time
from zos_monitor.demo.writer import ZosWriter
from zos_monitor.model.changes import Changed
from zos_monitor.model.filters import parse_filter
from zos_monitor.model.states import RunState
from zos_monitor.service import RunService
from zos_monitor.store import probe

# A filter, and a window.
QUESTIONS: list[tuple[str, str | None]] = [
    ("", "7d"),
    ("", None),
    ("since:2d until:1h", None),
    ("-layer:dm-* status:failed,running,unknown", "24h"),
    ("since:today", None),
    ("until:3h status:partial,failed", None),
    ("Ada", "30d"),
    ("-Ada layer:nightly-*", None),
]


STEPS = 40


@pytest.mark.parametrize("seed", range(2))
async def test_kept_totals_equal_fresh_ones_after_every_step(
    zos: ZosWriter, path: Path, clock: Clock, history_length: Time, seed: int
) -> None:
    services = [RunService(path, clock=clock) for _ in QUESTIONS]
    news = [service.changes() for service in services]
    for changes in news:
        assert (await soon(anext(changes))).changed is Changed.ALL
    moves = Moves(zos, clock, Random(seed))
    for step in range(STEPS):
        move = moves.make()
        history_length.now += move.counts * probe.COUNT_SECONDS
        asked = zip(services, news, QUESTIONS, strict=True)
        for number, (service, changes, (text, window)) in enumerate(asked):
            if move.edits:  # what only the key for it makes known
                service.poll.look_now()
                assert (await soon(anext(changes))).changed is Changed.ALL
            if (step + number) % 2:  # each is asked after every other move, and so after two
                await compare(service, text, window, f"step {step}: {move}")


ZOS_STEPS: list[Callable[[ZosWriter, Clock], object]] = [
    lambda zos, clock: zos.start_run(
        "nightly", started_at=clock.now, targets_matched=2, run_id="x"
    ),
    lambda zos, clock: zos.call("x", "Ada", created_at=clock.now, cost=0.5),
    lambda zos, clock: setattr(clock, "now", clock.now + timedelta(minutes=10)),
    lambda zos, clock: zos.insight("x", "Ada", created_at=clock.now),
    lambda zos, clock: zos.message("1", "2", created_at=clock.now),
    lambda zos, clock: zos.finish_run("x", completed_at=clock.now, processed=2),
    lambda zos, clock: zos.raw_run(started_at=clock.now, layer_name="nightly-2"),
    lambda zos, clock: setattr(clock, "now", clock.now + timedelta(hours=20)),
    lambda zos, clock: zos.call("far", "Ada", created_at=clock.now),
]


@pytest.mark.parametrize(("text", "window"), QUESTIONS)
async def test_what_zos_does_is_never_summed_up_from_the_start(
    zos: ZosWriter,
    service: RunService,
    clock: Clock,
    begun: list[object],
    text: str,
    window: str | None,
) -> None:
    zos.raw_run(id="far", started_at=NOW - timedelta(days=900), layer_name="dm-response")
    for hours in range(1, 200, 7):
        zos.raw_run(started_at=NOW - timedelta(hours=hours), layer_name=f"nightly-{hours % 3}")
    bounded = window is not None or "since" in text
    before = (await service.totals(parse_filter(text), window=window)).overall
    assert len(begun) == 1
    found = []
    for step in ZOS_STEPS if bounded else ZOS_STEPS[:-1]:
        step(zos, clock)
        found.append((await service.totals(parse_filter(text), window=window)).overall)
        assert len(begun) == 1, len(found)
    await compare(service, text, window)
    if not text:
        assert (found[1].cost_usd or 0) - (before.cost_usd or 0) == pytest.approx(0.5)
        assert found[5].timed == before.timed + 1


async def test_a_step_looks_at_what_changed_only(
    zos: ZosWriter, service: RunService, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    for hours in range(1, 300, 7):
        zos.raw_run(started_at=NOW - timedelta(hours=hours), layer_name=f"nightly-{hours % 3}")
    run = zos.start_run("nightly-0", started_at=NOW, targets_matched=1)
    plans = plans_of(monkeypatch)
    for text, window in QUESTIONS:
        await service.totals(parse_filter(text), window=window)
        plans.clear()
        clock.now += timedelta(hours=8)
        zos.call(run, "Ada", created_at=NOW)
        zos.raw_run(started_at=NOW, layer_name="nightly-1")
        await service.totals(parse_filter(text), window=window)
        steps = [step for plan in plans for step in plan]
        assert any("SEARCH r USING INTEGER PRIMARY KEY" in step for step in steps)
        whole = ("SCAN r", "SCAN c", "SCAN g")
        assert not [step for step in steps if step.startswith(whole) and "VIRTUAL" not in step]


async def test_a_replaced_file_is_summed_up_from_the_start(
    zos: ZosWriter, service: RunService, path: Path, tmp_path: Path, begun: list[object]
) -> None:
    zos.raw_run()
    assert (await service.totals(parse_filter(""))).overall.runs == 1
    with ZosWriter(tmp_path / "other.db") as other:
        for n in range(3):
            other.raw_run(id=f"other-{n}", layer_name="other")
    zos.close()
    (tmp_path / "other.db").replace(path)
    await compare(service, "", None)
    assert (await service.totals(parse_filter(""))).overall.runs == 3


async def test_rows_that_others_edit_are_noticed_once_everything_is_asked_for(
    zos: ZosWriter, service: RunService, clock: Clock
) -> None:
    zos.raw_run(id="edited")
    changes = service.changes()
    before = [await service.totals(parse_filter(""))]
    assert (await soon(anext(changes))).changed is Changed.ALL
    before.append(await service.totals(parse_filter("")))
    zos.update("layer_runs", "edited", status="failed")
    before.append(await service.totals(parse_filter("")))
    assert [one.overall.counts for one in before] == [{RunState.SUCCESS: 1}] * 3
    service.poll.look_now()
    assert (await soon(anext(changes))).changed is Changed.ALL
    after = await compare(service, "", None)
    assert after.overall.counts == {RunState.FAILED: 1}


@pytest.mark.parametrize("polled", [False, True])
async def test_an_old_run_that_was_open_with_an_odd_status_is_found_in_time(
    zos: ZosWriter, service: RunService, history_length: Time, begun: list[object], polled: bool
) -> None:
    zos.raw_run(id="odd", completed_at=None, status="success")
    for _ in range(20):
        zos.raw_run()
    changes = service.changes()
    if polled:
        service.poll.interval = QUICK
        await soon(anext(changes))
    flt = parse_filter("status:success,failed")
    for _ in range(6):
        assert (await service.totals(flt)).overall.runs == 20
        if polled and (marks := service.poll.marks) and marks.unsearched:
            await soon(anext(changes))
    zos.finish_run("odd", completed_at=NOW, processed=1, status="failed")
    assert (await service.totals(flt)).overall.counts[RunState.FAILED] == 1
    assert len(begun) == 1


async def test_only_the_last_question_is_kept(
    zos: ZosWriter, service: RunService, begun: list[object]
) -> None:
    zos.raw_run()
    for text in ("", "", "status:failed", "status:failed", ""):
        await service.totals(parse_filter(text), window="7d")
    assert len(begun) == 3
    await service.totals(parse_filter(""), window="30d")
    assert len(begun) == 4
