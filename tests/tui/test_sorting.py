"""Sorting the list and going to a time in it, by keys."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from tests.tui.driving import NARROW, NOW, WIDE, Driver, dashboard
from zos_monitor.demo.writer import ZosWriter
from zos_monitor.model.runs import RunCount
from zos_monitor.model.sorting import SortKey
from zos_monitor.tui import list_feed

LEAST = (60, 15)
RUNS = 300


def write(zos: ZosWriter, number: int, **columns: object) -> None:
    """Write a run that started ``number`` hours before now and cost a cent for each."""
    start = NOW - timedelta(hours=number)
    plain = {"completed_at": start + timedelta(seconds=1 + number * 7 % RUNS)}
    zos.raw_run(
        **{
            "id": f"run-{number:04}",
            "started_at": start,
            "estimated_cost_usd": (number * 7 % RUNS) / 100,
            "tokens_total": number * 11 % RUNS,
            "insights_created": number * 13 % RUNS,
            **plain,
            **columns,
        }
    )


@pytest.fixture
def many(writer: ZosWriter) -> ZosWriter:
    with writer.batch():
        for number in range(RUNS):
            write(writer, number)
    return writer


def title(driver: Driver) -> str:
    return str(driver.dashboard.runs.border_title)


def ids(driver: Driver) -> list[str]:
    return [run.id for run in driver.dashboard.runs.runs_in_view]


def selected(driver: Driver) -> str:
    return driver.selected.id if driver.selected is not None else ""


@pytest.mark.parametrize("size", [LEAST, NARROW, WIDE])
async def test_the_key_goes_through_all_orders(
    many: ZosWriter, path: Path, size: tuple[int, int]
) -> None:
    async with dashboard(path, size=size) as driver:
        for key in [*list(SortKey)[1:], SortKey.START]:
            await driver.press("o")
            words = "Runs" if key is SortKey.START else f"Runs · by {key}"
            await driver.until(lambda words=words: title(driver) == words)  # type: ignore[misc]
            await driver.settled()
            assert title(driver) == words
            first = ids(driver)
            await driver.press("O")
            turned = "oldest first" if key is SortKey.START else f"least {key} first"
            await driver.until(lambda turned=turned: title(driver) == f"Runs · {turned}")  # type: ignore[misc]
            await driver.settled()
            assert first != ids(driver) or key is SortKey.ERRORS
            await driver.press("O")
            await driver.until(lambda words=words: title(driver) == words)  # type: ignore[misc]
            await driver.settled()
            assert ids(driver) == first
            assert driver.counts == (RUNS, RUNS)
        assert ids(driver)[0] == "run-0000"


async def test_runs_that_arrive_take_their_place_and_the_cursor_stays_on_its_run(
    many: ZosWriter, path: Path
) -> None:
    async with dashboard(path) as driver:
        await driver.press("o", "o")
        await driver.until(lambda: title(driver) == "Runs · by cost")
        await driver.until(lambda: ids(driver)[:1] == ["run-0257"])  # 257 * 7 % 300 = 299
        await driver.press("j", "j")
        await driver.settled()
        kept = selected(driver)
        write(many, 1000, id="dearest", estimated_cost_usd=50.0)
        await driver.until(lambda: driver.counts == (RUNS + 1, RUNS + 1))
        await driver.settled()
        assert ids(driver)[0] == "dearest"
        assert selected(driver) == kept
        assert driver.dashboard.runs.cursor_row == 3
        write(many, 1001, id="cheapest", estimated_cost_usd=0.0001)
        await driver.until(lambda: driver.counts == (RUNS + 2, RUNS + 2))
        assert (selected(driver), driver.dashboard.runs.cursor_row) == (kept, 3)
        many.call("cheapest", "Ada", created_at=NOW, cost=99.0)
        await driver.until(lambda: ids(driver)[0] == "cheapest")
        assert (selected(driver), driver.dashboard.runs.cursor_row) == (kept, 4)


@pytest.mark.parametrize("slow", [True, False])
async def test_sorting_is_told_where_it_takes_a_while(
    many: ZosWriter, path: Path, monkeypatch: pytest.MonkeyPatch, slow: bool
) -> None:
    monkeypatch.setattr(list_feed, "_NOTICEABLE", -1.0 if slow else 1e9)
    async with dashboard(path) as driver:
        service, gate, asked = driver.dashboard.service, asyncio.Event(), asyncio.Event()
        ask = service.count_on

        async def gated(*args: object, **options: object) -> RunCount:
            if not gate.is_set():
                if asked.is_set():
                    await gate.wait()
                asked.set()
                return RunCount(matched=12, total=RUNS, counted=False)
            return await ask(*args, **options)  # type: ignore[arg-type]

        monkeypatch.setattr(service, "count_on", gated)
        before = ids(driver)
        await driver.press("o")
        await driver.until(asked.is_set)
        if slow:
            await driver.until(lambda: title(driver) == "Runs · sorting by duration: 12")
        assert ids(driver) == before
        await driver.press("j")
        assert driver.dashboard.runs.cursor_row == 1
        gate.set()
        await driver.until(lambda: title(driver) == "Runs · by duration")
        await driver.settled()
        assert ids(driver) != before


async def test_an_order_that_is_not_waited_for_leaves_no_notice(
    many: ZosWriter, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(list_feed, "_NOTICEABLE", -1.0)
    async with dashboard(path) as driver:
        service, asked = driver.dashboard.service, asyncio.Event()

        async def never(*args: object, **options: object) -> RunCount:
            asked.set()
            return RunCount(matched=12, total=RUNS, counted=False)

        monkeypatch.setattr(service, "count_on", never)
        await driver.press("o")
        await driver.until(lambda: "sorting by duration: 12" in title(driver))
        await driver.press("O", "O", "o", "o", "o", "o", "o")
        await driver.until(lambda: title(driver) == "Runs")
        await driver.settled()
        assert ids(driver)[0] == "run-0000"


# Going to a time

JUMPS = {
    "2026-11-15": "run-0133",  # the last that started on that day
    "2026-11-20T10:00Z": "run-0027",
    "48h": "run-0049",
    "yesterday": "run-0013",
    "2020-01-01": "run-0299",
    "2030-01-01": "run-0000",
}


@pytest.mark.parametrize(("number", "size"), enumerate([LEAST, NARROW, WIDE]))
async def test_the_list_goes_to_a_time(
    many: ZosWriter, path: Path, number: int, size: tuple[int, int]
) -> None:
    async with dashboard(path, size=size) as driver:
        for typed, wanted in list(JUMPS.items())[number::3]:
            await driver.press("j", "colon")
            await driver.type(typed)
            await driver.press("enter")
            await driver.until(lambda wanted=wanted: selected(driver) == wanted)  # type: ignore[misc]
            await driver.settled()
            assert wanted in ids(driver)
            assert driver.pane == "runs"


async def test_a_text_that_is_no_time_is_told_and_escape_leaves(
    many: ZosWriter, path: Path
) -> None:
    async with dashboard(path) as driver:
        await driver.press("colon")
        await driver.type("soonish")
        await driver.press("enter")
        await driver.until(lambda: "soonish is no time" in driver.text())
        await driver.press("backspace")
        await driver.until(lambda: "is no time" not in driver.text())
        await driver.press("escape")
        await driver.until(lambda: len(driver.app.screen_stack) == 1)
        await driver.press("colon", "enter")
        await driver.until(lambda: len(driver.app.screen_stack) == 1)
        await driver.settled()
        assert selected(driver) == "run-0000"


async def test_going_to_a_time_ends_another_order(many: ZosWriter, path: Path) -> None:
    async with dashboard(path) as driver:
        await driver.press("o", "o")
        await driver.until(lambda: title(driver) == "Runs · by cost")
        await driver.settled()
        await driver.press("colon")
        await driver.type("48h")
        await driver.press("enter")
        await driver.until(lambda: selected(driver) == "run-0049")
        await driver.settled()
        assert title(driver) == "Runs"
        shown = ids(driver)
        assert shown == sorted(shown)
