"""Totals of windows that move: what leaves is taken away, and questions that fail lose nothing."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest

from tests.conftest import NOW
from tests.totals.comparing import Clock, compare
from tests.watching import Time
from zos_monitor.demo.writer import ZosWriter
from zos_monitor.model.faults import DatabaseFault
from zos_monitor.model.filters import parse_filter
from zos_monitor.model.states import RunState
from zos_monitor.service import RunService
from zos_monitor.store.database import Reader

STATUSES = ("success", "failed", "partial", "success", "success")
RUNS = 60


@pytest.fixture
def full(zos: ZosWriter) -> ZosWriter:
    return _fill(zos)


def _fill(zos: ZosWriter) -> ZosWriter:
    """Write a day and a half: two layers, all statuses, and every seventh run is open."""
    with zos.batch():
        for n in range(RUNS):
            start = NOW - timedelta(minutes=37 * n + 0.25)
            zos.raw_run(
                id=f"run-{n}",
                started_at=start,
                completed_at=None if n % 7 == 3 else start + timedelta(seconds=40),
                status=STATUSES[n % 5],
                layer_name=f"layer-{n % 2}",
            )
            zos.call(f"run-{n}", "Ada", created_at=start, cost=0.25 * (n % 3))
    return zos


@pytest.mark.parametrize("index", [True, False])
@pytest.mark.parametrize(
    "text", ["since:1d", "since:20h status:failed", "since:1d -layer:layer-0", "since:1d until:5h"]
)
async def test_what_leaves_a_window_is_taken_away(
    full: ZosWriter,
    service: RunService,
    clock: Clock,
    begun: list[object],
    index: bool,
    text: str,
) -> None:
    if not index:
        full._connection.execute("DROP INDEX ix_layer_runs_name_started")
    await service.totals(parse_filter(text))
    for _ in range(60):
        clock.now += timedelta(minutes=29)
        await compare(service, text, None)
    found = (await service.totals(parse_filter(text))).overall
    assert len(begun) == 1 + 60  # the others are those of the fresh ones
    assert found.runs == 0


async def test_a_start_that_is_no_instant_leaves_a_window_as_well(
    zos: ZosWriter, service: RunService, clock: Clock
) -> None:
    zos.raw_run(started_at=NOW)
    zos.raw_run(started_at=f"{NOW - timedelta(hours=23):%Y-%m-%d %H}:1st")
    for runs in (2, 1, 1):
        assert (await compare(service, "", "24h")).overall.runs == runs
        clock.now += timedelta(hours=2)


async def test_a_clock_that_is_set_back_brings_runs_back(
    full: ZosWriter, service: RunService, clock: Clock, begun: list[object]
) -> None:
    flt = parse_filter("since:12h")
    before = await service.totals(flt)
    for hours in (5, -5, -3):
        clock.now += timedelta(hours=hours)
        found = await service.totals(flt)
        assert len(begun) == 1
        if hours == -5:
            assert found == before
    assert found.overall.runs > before.overall.runs
    await compare(service, "since:12h", None)


async def test_a_window_that_has_moved_far_is_summed_up_anew(
    full: ZosWriter, service: RunService, clock: Clock, begun: list[object]
) -> None:
    flt = parse_filter("since:12h until:1h")
    await service.totals(flt)
    for hours, times in ((20, 1), (30, 2), (-5, 3)):
        clock.now += timedelta(hours=hours)
        await service.totals(flt)
        assert len(begun) == times
    await compare(service, "since:12h until:1h", None)


async def test_an_answer_that_fails_half_way_spoils_nothing(
    tmp_path: Path, begun: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Have each query of an answer fail in turn, until there is none more to fail."""
    failed = 0
    while await _fails_half_way(tmp_path / f"{failed}.db", failed + 1, begun, monkeypatch):
        failed += 1
    assert failed >= 5, "an answer takes several queries"


async def _fails_half_way(
    path: Path, failing: int, begun: list[object], monkeypatch: pytest.MonkeyPatch
) -> bool:
    """Let that query of an answer fail, and compare the next one; tell whether there was one."""
    clock = Clock()
    service = RunService(path, clock=clock)
    flt = parse_filter("since:1d until:30m status:failed,success")
    rows, asked = Reader.rows, 0

    async def failing_once(
        reader: Reader, sql: str, params: Sequence[object] = ()
    ) -> list[sqlite3.Row]:
        nonlocal asked
        asked += 1
        if asked == failing:
            raise sqlite3.OperationalError("database is locked")
        return await rows(reader, sql, params)

    begun.clear()
    with ZosWriter(path) as zos:
        _fill(zos)
        await service.totals(flt)
        clock.now += timedelta(hours=3)
        zos.finish_run("run-3", completed_at=NOW, processed=1, status="failed")
        zos.raw_run(started_at=NOW)
        with monkeypatch.context() as patch:
            patch.setattr(Reader, "rows", failing_once)
            with suppress(DatabaseFault):
                await service.totals(flt)
        await service.totals(flt)
        assert len(begun) == 1
        await compare(service, flt.text, None)
    await service.closed()
    return asked >= failing


async def test_summed_up_anew_it_still_knows_which_old_runs_are_open(
    zos: ZosWriter, service: RunService, history_length: Time, begun: list[object]
) -> None:
    zos.raw_run(id="first")
    flt = parse_filter("status:failed")
    await service.totals(flt)
    run = zos.start_run("nightly", started_at=NOW, targets_matched=1)
    for _ in range(6):
        for _ in range(3):
            zos.raw_run()
        await service.totals(flt)
    assert len(begun) == 1
    zos._connection.execute("DELETE FROM layer_runs WHERE id = 'first'")
    history_length.now += 60
    await service.totals(flt)
    assert len(begun) == 2
    zos.finish_run(run, completed_at=NOW, processed=1, status="failed")
    assert (await service.totals(flt)).overall.counts == {RunState.FAILED: 1}
    assert len(begun) == 2
