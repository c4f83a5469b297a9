"""How a list's questions are answered: by an index where there is one, and by no sort of all."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import pytest

from tests.conftest import NOW, service_on
from tests.store.plans import plans_of
from zos_monitor import tally
from zos_monitor.demo.writer import ZosWriter
from zos_monitor.model.filters import RunFilter, parse_filter
from zos_monitor.model.runs import RunKey
from zos_monitor.model.sorting import Sort, SortKey
from zos_monitor.model.times import format_stored
from zos_monitor.service import RunService
from zos_monitor.store import export_queries, scope

RUNS = 200
MIDDLE = RunKey(format_stored(NOW - timedelta(hours=100)), 101)
BY_LAYER, BY_STATUS = "ix_layer_runs_name_started", "ix_layer_runs_status"
BOUND = "layer_name=? AND started_at"  # how a plan tells that the span bounds the search
NO_START = "(r.started_at IS NULL)"  # no run is, by zos's schema: such a query reads nothing
COUNT = "SEARCH r USING COVERING INDEX ix_layer_runs_name_started (layer_name=?"

Question = Callable[[RunService, RunFilter], Awaitable[object]]


async def keys_after(service: RunService, flt: RunFilter, key: RunKey) -> list[RunKey]:
    """Return what the next part of an export is looked for among."""
    async with service._ask(flt, NOW) as question:
        return await export_queries.keys(question.reader, question.scope, after=key, limit=9)


QUESTIONS: dict[str, Question] = {
    "newest": lambda service, flt: service.run_slice(flt, limit=9, now=NOW),
    "oldest": lambda service, flt: service.run_slice(flt, first=RUNS - 9, limit=9, now=NOW),
    "middle": lambda service, flt: service.run_slice(flt, first=60, limit=9, now=NOW),
    "anchor": lambda service, flt: service.run_slice(flt, limit=9, anchor=MIDDLE, now=NOW),
    "count": lambda service, flt: service.count(flt),
    "since": lambda service, flt: service.row_since(flt, NOW - timedelta(hours=60), now=NOW),
    "next": lambda service, flt: keys_after(service, flt, MIDDLE),
    "cost": lambda service, flt: service.run_slice(flt, sort=Sort(SortKey.COST), now=NOW),
    "errors": lambda service, flt: service.run_slice(flt, sort=Sort(SortKey.ERRORS), now=NOW),
}
FILTERS = (
    "",
    "layer:layer-*",
    "since:5d",
    "layer:layer-1 since:5d until:1h",
    "-Ada",
    "error:no since:3d",
    "status:success",
    "id:run-1*",
    "kind:conversation",
    "kind:scheduled since:5d",
)


@pytest.fixture
def many(zos: ZosWriter, monkeypatch: pytest.MonkeyPatch) -> ZosWriter:
    monkeypatch.setattr(tally, "NEAR", 30)
    monkeypatch.setattr(tally, "_LEAST_STEP", 10)
    monkeypatch.setattr(tally, "_FIRST_STEP", 20)
    monkeypatch.setattr(tally, "_MOST_STEP", 20)
    monkeypatch.setattr(scope, "FEW", 20)
    with zos.batch():
        for hours in range(RUNS):
            status = "failed" if hours % 20 == 0 else "success"
            zos.raw_run(
                id=f"run-{hours}",
                started_at=NOW - timedelta(hours=hours),
                layer_name=f"layer-{hours % 3}",
                status=status,
            )
    return zos


def goes_through_all(step: str) -> bool:
    """Tell whether a step of a plan visits rows of all runs."""
    return f"{step} ".startswith(("SCAN r ", "SCAN layer_runs ")) and "COVERING" not in step


@pytest.mark.parametrize("text", FILTERS)
@pytest.mark.parametrize("name", QUESTIONS)
async def test_no_question_goes_through_all_runs_or_sorts_them(
    many: ZosWriter, path: Path, monkeypatch: pytest.MonkeyPatch, name: str, text: str
) -> None:
    plans, service = plans_of(monkeypatch, but=NO_START), service_on(path)
    await QUESTIONS[name](service, parse_filter(text))
    await service.closed()
    about_runs = [plan for plan in plans if any("ix_layer_runs" in step for step in plan)]
    assert about_runs
    for plan in plans:
        if plan[0] == "SCAN CONSTANT ROW":
            continue  # a look of the probe's, which goes to the newest row by its number
        assert not any(goes_through_all(step) for step in plan), plan
        if any("TEMP B-TREE FOR ORDER BY" in step for step in plan):
            assert any(BOUND in step for step in plan), plan


@pytest.mark.parametrize("name", ["newest", "oldest", "middle", "next"])
async def test_a_page_sorts_the_runs_of_a_stretch_only(
    many: ZosWriter, path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    plans, service = plans_of(monkeypatch, but=NO_START), service_on(path)
    await QUESTIONS[name](service, parse_filter(""))
    await service.closed()
    sorting = [plan for plan in plans if any("ORDER BY" in step for step in plan)]
    assert sorting
    for plan in sorting:
        assert any(step.startswith(COUNT) and BOUND in step for step in plan), plan


async def test_few_runs_of_a_status_are_found_by_the_index_on_it(
    many: ZosWriter, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plans, service = plans_of(monkeypatch), service_on(path)
    found = await service.run_slice(parse_filter("status:failed"), first=2, limit=5)
    await service.closed()
    assert found.matched == RUNS / 20
    steps = [step for plan in plans for step in plan if step.startswith(("SEARCH r ", "SCAN r "))]
    steps = [step for step in steps if "INTEGER PRIMARY KEY" not in step]
    assert steps
    assert all(BY_STATUS in step for step in steps), steps


async def test_runs_by_number_are_looked_up_by_it(
    many: ZosWriter, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    service, flt = service_on(path), parse_filter("-Ada")
    await service.count(flt)
    plans = plans_of(monkeypatch)
    many.raw_run(started_at=NOW)
    await service.count(flt)
    await service.closed()
    picking = [plan for plan in plans if any("SCAN j" in step for step in plan)]
    assert picking
    assert all(any("INTEGER PRIMARY KEY" in step for step in plan) for plan in picking)
    assert not [plan for plan in plans if any(BOUND in step for step in plan)]
