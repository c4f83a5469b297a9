"""What layers' last runs tell, as the service answers it by their names."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.conftest import NOW
from zos_monitor.demo.writer import ZosWriter
from zos_monitor.model.filters import RunFilter
from zos_monitor.model.past import LayerPast
from zos_monitor.service import RunService
from zos_monitor.store import past_queries

MINUTE = timedelta(minutes=1)
LAYER = "nightly-user-reflection"


@pytest.fixture
async def service(path: Path, zos: ZosWriter) -> AsyncIterator[RunService]:
    service = RunService(path, clock=lambda: NOW)
    yield service
    await service.closed()


def finish(zos: ZosWriter, layer: object, cost: float = 0.1, minutes: float = 10) -> None:
    start = NOW - minutes * MINUTE
    zos.raw_run(
        layer_name=layer,
        started_at=start,
        completed_at=start + MINUTE,
        estimated_cost_usd=cost,
    )


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Return the runs that pasts are made of, each time that one is read."""
    found: list[object] = []
    past_of_runs = past_queries.past_of_runs

    def noted(*arguments: object) -> LayerPast:
        found.append(arguments[-1])
        return past_of_runs(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(past_queries, "past_of_runs", noted)
    return found


async def test_layers_without_finished_runs_are_left_out(
    service: RunService, zos: ZosWriter
) -> None:
    assert await service.pasts([]) == await service.pasts() == {}
    assert await service.pasts([LAYER]) == {}
    zos.raw_run(layer_name="open", started_at=NOW, completed_at=None)
    finish(zos, LAYER)
    found = await service.pasts(["open", "never", LAYER, LAYER])
    assert list(found) == [LAYER]
    assert (found[LAYER].runs, found[LAYER].cost_usd) == (1, 0.1)


async def test_odd_names_do_no_harm(service: RunService, zos: ZosWriter) -> None:
    names = ["", " ", "näme", "a'b\"c", "tab\t", "💤", "%", "7"]
    for name in (*names, b"broken \xff"):
        finish(zos, name)
    found = await service.pasts([*names, "broken \ufffd", "\ud800", "nul\0", "NÄME"])
    assert sorted(found) == sorted(names)
    assert {past.runs for past in found.values()} == {1}


async def test_a_past_is_read_again_when_another_run_has_finished(
    service: RunService, zos: ZosWriter, read: list[object]
) -> None:
    finish(zos, LAYER, 0.1)
    finish(zos, "other", 0.5)
    assert (await service.pasts([LAYER, "other"]))[LAYER].cost_usd == 0.1
    assert len(read) == 2
    run = zos.start_run(LAYER, started_at=NOW, targets_matched=1)
    await service.pasts([LAYER, "other"])
    assert len(read) == 2
    zos.finish_run(run, completed_at=NOW + MINUTE, processed=1, cost=0.3)
    found = await service.pasts([LAYER, "other"])
    assert len(read) == 3
    assert found[LAYER].cost_usd == pytest.approx(0.2)
    assert found["other"].cost_usd == 0.5


async def test_a_run_is_costly_by_its_own_layer(service: RunService, zos: ZosWriter) -> None:
    for cost in (0.1, 0.1, 9.0):
        finish(zos, LAYER, cost)
    finish(zos, "dear", 2.0)
    finish(zos, "free", 0.0)
    found = await service.pasts([LAYER, "dear", "free"])
    assert await service.pasts() == found
    assert not found[LAYER].costly(0.3)
    assert found[LAYER].costly(0.31)
    assert not found["dear"].costly(0.31)
    assert not found["free"].costly(0.31)
    assert not found[LAYER].costly(None)
    assert not LayerPast().costly(5.0)


async def test_a_layer_is_looked_at_once_for_all_its_open_runs(
    service: RunService, zos: ZosWriter, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []
    last = past_queries._last

    def noted(*arguments: object) -> object:
        asked.append(arguments[-1])
        return last(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(past_queries, "_last", noted)
    with zos.batch():
        for number in range(60):
            zos.start_run(f"layer-{number % 2}", started_at=NOW, targets_matched=1)
    await service.totals(RunFilter())
    assert len(asked) == 2
