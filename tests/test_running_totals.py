"""Totals that are kept: whatever happens, they equal those that are summed up from the start."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from tests.conftest import NOW
from tests.moves import Moves
from tests.store.plans import plans_of
from tests.waiting import eventually, soon
from tests.watching import Time
from zos_monitor import running_totals
from zos_monitor.demo.writer import ZosWriter
from zos_monitor.model.changes import Changed
from zos_monitor.model.filters import parse_filter
from zos_monitor.model.stats import RunTotals, Totals
from zos_monitor.service import RunService
from zos_monitor.store import probe, slices

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


class Clock:
    """The present, which the tests move."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def service(path: Path, clock: Clock) -> AsyncIterator[RunService]:
    service = RunService(path, clock=clock)
    yield service
    await service.closed()


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Return what was begun to be summed up from the start, from now on."""
    found: list[object] = []
    begin = running_totals._begin

    async def noted(*arguments: object) -> object:
        found.append(arguments)
        return await begin(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(running_totals, "_begin", noted)
    return found


def exact(totals: RunTotals) -> RunTotals:
    return replace(totals, cost_usd=None, seconds=0.0)


def assert_equal(kept: Totals, fresh: Totals, what: str) -> None:
    assert (kept.since, kept.until) == (fresh.since, fresh.until), what
    ours, others = (kept.overall, *kept.by_layer), (fresh.overall, *fresh.by_layer)
    assert [exact(part) for part in ours] == [exact(part) for part in others], what
    for one, other in zip(ours, others, strict=True):
        assert one.cost_usd == pytest.approx(other.cost_usd, rel=1e-9, abs=1e-9), what
        assert one.seconds == pytest.approx(other.seconds, rel=1e-9, abs=1e-9), what


async def compare(service: RunService, text: str, window: str | None, what: str = "") -> Totals:
    flt = parse_filter(text)
    kept = await soon(service.totals(flt, window=window))
    fresh = RunService(service.path, clock=service.clock)
    assert_equal(kept, await soon(fresh.totals(flt, window=window)), f"{text!r} {window} {what}")
    return kept


@pytest.fixture(params=[False, True], ids=["short", "long"])
def history_length(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Time:
    """Let a few runs count as a long history, or not; counts are due when the time moves."""
    standing = Time()
    monkeypatch.setattr(probe, "time", standing)
    if request.param:
        monkeypatch.setattr(probe, "FEW_RUNS", 3)
        monkeypatch.setattr(probe, "RECENT_ROWS", 4)
        monkeypatch.setattr(slices, "SLICE_RUNS", 5)
        monkeypatch.setattr(running_totals, "MANY_RUNS", 6)
        monkeypatch.setattr(running_totals, "GAP_SECONDS", 0.0)
    return standing


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
        for service, changes, (text, window) in zip(services, news, QUESTIONS, strict=True):
            if move.edits:  # what only the key for it makes known
                service.poll.look_now()
                assert (await soon(anext(changes))).changed is Changed.ALL
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


async def test_only_the_last_question_is_kept(
    zos: ZosWriter, service: RunService, begun: list[object]
) -> None:
    zos.raw_run()
    for text in ("", "", "status:failed", "status:failed", ""):
        await service.totals(parse_filter(text), window="7d")
    assert len(begun) == 3
    await service.totals(parse_filter(""), window="30d")
    assert len(begun) == 4


# A long question

RUNS = 40


@pytest.fixture
def long(zos: ZosWriter, monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Write a history of many slices, and return the slices that are gone through."""
    monkeypatch.setattr(slices, "SLICE_RUNS", 4)
    monkeypatch.setattr(running_totals, "GAP_SECONDS", 0.001)
    gone_through: list[object] = []
    go_through = running_totals._Kept.go_through

    async def noted(kept: running_totals._Kept, *arguments: object) -> None:
        await go_through(kept, *arguments)  # type: ignore[arg-type]
        gone_through.append(arguments)

    monkeypatch.setattr(running_totals._Kept, "go_through", noted)
    with zos.batch():
        for hours in range(RUNS):
            zos.raw_run(started_at=NOW - timedelta(hours=hours), layer_name=f"layer-{hours % 3}")
    return gone_through


async def test_a_long_question_lets_go_of_the_file_between_its_slices(
    service: RunService, long: list[object], opened: list[object]
) -> None:
    assert (await service.totals(parse_filter(""))).overall.runs == RUNS
    assert len(opened) == len(long) > RUNS / 8


async def test_a_long_question_takes_in_what_zos_does_meanwhile(
    zos: ZosWriter, service: RunService, long: list[object]
) -> None:
    ending = zos.start_run("late", started_at=NOW - timedelta(hours=30), targets_matched=1)
    zos.raw_run(id="odd", started_at=NOW - timedelta(hours=20), completed_at=None)
    asked = asyncio.create_task(service.totals(parse_filter("")))
    await eventually(lambda: len(long) >= 2)
    zos.finish_run(ending, completed_at=NOW, processed=1)
    zos.call("odd", "Ada", created_at=NOW, cost=3.0)
    zos.raw_run(started_at=NOW - timedelta(hours=25))
    found = await soon(asked)
    assert found.overall.runs == RUNS + 3
    assert found == await service.totals(parse_filter(""))
    await compare(service, "", None)


async def test_a_cancelled_question_goes_on_where_it_was(
    service: RunService, long: list[object], begun: list[object]
) -> None:
    for slices_done in (2, 4, 6):
        asked = asyncio.create_task(service.totals(parse_filter("")))
        await eventually(lambda enough=slices_done: len(long) >= enough)  # type: ignore[misc]
        asked.cancel()
        await asyncio.wait([asked])
    assert (await soon(service.totals(parse_filter("")))).overall.runs == RUNS
    await compare(service, "", None)
    assert len(begun) == 2  # the second is the fresh one's


async def test_who_asks_the_same_at_once_shares_the_work(
    service: RunService, long: list[object], begun: list[object]
) -> None:
    asking: list[Awaitable[Totals]] = [service.totals(parse_filter("")) for _ in range(3)]
    answers = await soon(asyncio.gather(*asking))
    assert [answer.overall.runs for answer in answers] == [RUNS] * 3
    assert len(begun) == 1
