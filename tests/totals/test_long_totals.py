"""Totals over a long history: they are cut into slices, and zos goes on between them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from datetime import timedelta

import pytest

from tests.conftest import NOW
from tests.totals.comparing import compare
from tests.waiting import eventually, soon
from zos_monitor import running_totals, sweep
from zos_monitor.demo.writer import ZosWriter
from zos_monitor.model.filters import parse_filter
from zos_monitor.model.stats import Totals
from zos_monitor.service import RunService
from zos_monitor.store import slices

RUNS = 40


@pytest.fixture
def long(zos: ZosWriter, monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Write a history of many slices, and return the slices that are gone through."""
    monkeypatch.setattr(slices, "WINDOW_RUNS", 4)
    monkeypatch.setattr(slices, "SLICE_RUNS", 4)
    monkeypatch.setattr(sweep, "GAP_SECONDS", 0.001)
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
