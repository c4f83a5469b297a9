"""The open runs as answers: how far each is, and when it will end."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.answers.plainly import iso, runs_of, strict
from tests.conftest import NOW, service_on
from zos_monitor.answers.progress import progress
from zos_monitor.demo.writer import ZosWriter
from zos_monitor.model.filters import parse_filter

MINUTE = timedelta(minutes=1)


async def ask(path: Path) -> Any:  # noqa: ANN401
    service = service_on(path)
    first = strict(await progress(service))
    assert strict(await progress(service)) == first
    await service.closed()
    assert first["at"] == iso(NOW)
    return first["runs"]


async def test_the_open_runs_of_a_history(history: Path) -> None:
    told = await ask(history)
    service = service_on(history)
    listed = await service.run_slice(parse_filter("status:running,stalled"), limit=100)
    await service.closed()
    states = {run.id: run.state for run in listed.runs}
    assert {one["id"]: one["state"] for one in told} == states
    plain = {run.id: run for run in runs_of(history)}
    assert set(states) <= {run.id for run in plain.values() if run.open}
    for one in told:
        run = plain[one["id"]]
        assert (one["layer_name"], one["started_at"]) == (run.layer, iso(run.started))
        assert one["calls"] == len(run.calls)
        assert one["tokens_total"] == run.tokens
        cost = run.cost[0]
        assert one["estimated_cost_usd"] == (None if cost is None else pytest.approx(cost))


async def test_how_far_an_open_run_is(zos: ZosWriter, path: Path) -> None:
    begun = zos.start_run("users", started_at=NOW - 4 * MINUTE, targets_matched=4)
    for user in (1, 2):
        at = NOW - (4 - user) * MINUTE
        zos.call(begun, f"user:{user}", created_at=at, cost=0.25)
        zos.insight(begun, f"user:{user}", created_at=at)
    zos.call(begun, "user:3", created_at=NOW - MINUTE, success=False, error="429", cost=None)
    (one,) = await ask(path)
    assert one == {
        "id": begun,
        "layer_name": "users",
        "state": "running",
        "started_at": iso(NOW - 4 * MINUTE),
        "calls": 3,
        "tokens_total": 9600,
        "estimated_cost_usd": 0.5,
        "progress": {
            "matched": 4,
            "done": 3,
            "share": 0.75,
            "with_insight": 2,
            "failed": 1,
            "in_flight": 0,
            "errors": 1,
            "last_activity": iso(NOW - MINUTE),
        },
        "ends_earliest": iso(NOW),
        "ends_latest": iso(NOW),
    }


async def test_of_what_nothing_is_known_nothing_is_told(zos: ZosWriter, path: Path) -> None:
    zos.raw_run(id="ended")
    zos.start_run("a", run_id="fresh", started_at=NOW, targets_matched=0)
    zos.start_run("b", run_id="stalled", started_at=NOW - 60 * MINUTE, targets_matched=2)
    zos.start_run("a", run_id="interrupted", started_at=NOW - 60 * MINUTE, targets_matched=2)
    told = {one["id"]: one for one in await ask(path)}
    assert set(told) == {"fresh", "stalled"}
    for one in told.values():
        assert (one["ends_earliest"], one["ends_latest"]) == (None, None)
        assert (one["calls"], one["tokens_total"], one["estimated_cost_usd"]) == (0, None, None)
    assert told["fresh"]["progress"]["share"] is None
    assert told["stalled"]["progress"]["share"] == 0


async def test_the_newest_by_its_start_is_the_first(zos: ZosWriter, path: Path) -> None:
    for run_id, minutes in (("second", 3), ("first", 1), ("third", 9), ("same", 9)):
        zos.start_run(run_id, run_id=run_id, started_at=NOW - minutes * MINUTE, targets_matched=1)
    zos.raw_run(id="timeless", started_at=2, completed_at=None)
    told = [one["id"] for one in await ask(path)]
    assert told == ["first", "second", "same", "third", "timeless"]


async def test_no_open_run(writer: ZosWriter, path: Path) -> None:
    assert await ask(path) == []
