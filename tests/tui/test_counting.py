"""A list that is still being counted: what is found is shown, and keys answer."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.tui.driving import NARROW, NOW, WIDE, Driver, dashboard, driving
from zos_monitor import tally
from zos_monitor.demo.writer import ZosWriter
from zos_monitor.model.runs import RunCount
from zos_monitor.service import RunService
from zos_monitor.tui import list_feed

LEAST = (60, 15)
RUNS = 900
STEPS = 3


@pytest.fixture
def many(writer: ZosWriter) -> ZosWriter:
    with writer.batch():
        for number in range(RUNS):
            writer.raw_run(
                id=f"run-{number:05}",
                started_at=NOW - timedelta(hours=number),
                errors='[{"topic": null, "error": "no", "node": null}]' if number % 2 else "null",
            )
    return writer


class Gate:
    """Holds back the counting of a list after its first steps, until it is opened."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._open = asyncio.Event()
        self._count = RunService.count_on
        self.asked = 0

        async def gated(service: RunService, *args: object, **options: object) -> RunCount:
            self.asked += 1
            if self.asked > STEPS:
                await self._open.wait()
            return await self._count(service, *args, **options)  # type: ignore[arg-type]

        monkeypatch.setattr(RunService, "count_on", gated)

    def open(self) -> None:
        self._open.set()


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Iterator[Gate]:
    """Have lists answered with what one step of few runs has found."""
    for name, runs in (("_LEAST_STEP", 20), ("_FIRST_STEP", 30), ("_MOST_STEP", 40)):
        monkeypatch.setattr(tally, name, runs)
    monkeypatch.setattr(tally, "STEP_SECONDS", 0.0)
    monkeypatch.setattr(list_feed, "_PATIENCE", 0.0)
    gate = Gate(monkeypatch)
    yield gate
    gate.open()


def bar(driver: Driver) -> str:
    return str(driver.dashboard.filter_bar.counts.content)


def selected(driver: Driver) -> str:
    return driver.selected.id if driver.selected is not None else ""


async def filtered(driver: Driver, text: str) -> None:
    driver.dashboard.filter_bar.text = text
    await driver.until(lambda: driver.dashboard.feed._listed == driver.dashboard.feed._asked)
    await driver.until(lambda: driver.dashboard.feed.filter.text == text)


@pytest.mark.parametrize("size", [LEAST, NARROW, WIDE])
async def test_what_is_found_is_shown_while_the_rest_is_counted(
    many: ZosWriter, path: Path, gate: Gate, size: tuple[int, int]
) -> None:
    async with dashboard(path, size=size) as driver:
        await filtered(driver, "error:no")
        await driver.until(lambda: gate.asked > STEPS)
        runs = driver.dashboard.runs
        assert not runs.counted
        assert 0 < runs.row_count < RUNS // 2
        assert len(runs.runs_in_view) == min(runs.row_count, runs.rows_seen)
        assert f"{runs.row_count}+ of {RUNS}" in bar(driver)
        gate.open()
        await driver.settled()
        assert driver.counts == (RUNS // 2, RUNS)
        assert f"{RUNS // 2} of {RUNS}" in bar(driver)
        assert selected(driver) == "run-00001"


async def test_the_key_for_the_end_goes_there_once_it_is_known(
    many: ZosWriter, path: Path, gate: Gate
) -> None:
    async with dashboard(path) as driver:
        await filtered(driver, "error:no")
        await driver.until(lambda: gate.asked > STEPS)
        await driver.press("G")
        gate.open()
        await driver.until(lambda: selected(driver) == f"run-{RUNS - 1:05}")
        await driver.settled()
        assert driver.dashboard.runs.cursor_row == RUNS // 2 - 1
        await driver.press("k")
        many.raw_run(id="late", started_at=NOW - timedelta(hours=2 * RUNS))
        await driver.settled()
        assert selected(driver) == f"run-{RUNS - 3:05}"


async def test_another_filter_ends_the_wait_for_the_end(
    many: ZosWriter, path: Path, gate: Gate
) -> None:
    async with dashboard(path) as driver:
        await filtered(driver, "error:no")
        await driver.until(lambda: gate.asked > STEPS)
        await driver.press("G")
        driver.dashboard.filter_bar.text = "id:run-000*"
        await driver.until(lambda: driver.dashboard.feed.filter.text == "id:run-000*")
        gate.open()
        await driver.settled()
        assert driver.counts == (100, RUNS)
        assert driver.dashboard.runs.cursor_row != 99
        assert driver.dashboard.runs.counted


async def test_a_commit_while_counting_leaves_the_cursor_on_its_run(
    many: ZosWriter, path: Path, gate: Gate
) -> None:
    async with dashboard(path) as driver:
        await filtered(driver, "-Ada")
        await driver.until(lambda: gate.asked > STEPS)
        await driver.press("j", "j", "j")
        kept = selected(driver)
        for number in range(5):
            many.raw_run(id=f"new-{number}", started_at=NOW + timedelta(minutes=number))
            total = RUNS + number + 1
            await driver.until(
                lambda total=total: driver.counts is not None and driver.counts[1] == total  # type: ignore[misc]
            )
            assert (selected(driver), driver.dashboard.runs.cursor_row) == (kept, 4 + number)
        gate.open()
        await driver.settled()
        assert driver.counts == (RUNS + 5, RUNS + 5)
        assert (selected(driver), driver.dashboard.runs.cursor_row) == (kept, 8)


@pytest.mark.parametrize("wanted", [5, RUNS - 100])
async def test_a_jump_while_counting_goes_to_its_run(
    many: ZosWriter, path: Path, gate: Gate, wanted: int
) -> None:
    async with dashboard(path) as driver:
        await filtered(driver, "-Ada")
        await driver.until(lambda: gate.asked > STEPS)
        await driver.press("colon")
        await driver.type((NOW - timedelta(hours=wanted, minutes=-1)).strftime("%Y-%m-%dT%H:%MZ"))
        await driver.press("enter")
        await driver.until(lambda: selected(driver) == f"run-{wanted:05}")
        assert driver.dashboard.runs.cursor_row == wanted


async def test_a_search_says_that_it_searches_and_that_it_found_nothing(
    many: ZosWriter, path: Path, gate: Gate
) -> None:
    async with dashboard(path) as driver:
        await filtered(driver, "error:nowhere")
        await driver.until(lambda: gate.asked > STEPS)
        await driver.until(lambda: f"Searching {RUNS} runs" in driver.text())
        assert selected(driver) == ""
        gate.open()
        await driver.until(lambda: "No run matches the filter" in driver.text())
        assert driver.counts == (0, RUNS)
        await driver.until(lambda: driver.shown is None)


async def test_a_dashboard_that_opens_on_a_search_counts_too(
    many: ZosWriter, path: Path, gate: Gate
) -> None:
    async with driving(path, filter_text="error:no") as driver:
        await driver.until(lambda: gate.asked > STEPS)
        gate.open()
        await driver.settled()
        assert driver.counts == (RUNS // 2, RUNS)


async def test_a_count_that_begins_anew_leaves_the_cursor_on_its_run(
    many: ZosWriter, path: Path, gate: Gate
) -> None:
    gate.open()
    async with dashboard(path) as driver:
        await filtered(driver, "-Ada")
        await driver.settled()
        driver.dashboard.runs.jump(500)
        await driver.until(
            lambda: (
                selected(driver) == "run-00500"
                and not any(row.strip().startswith("···") for row in driver.rows())
            )
        )
        rows = driver.rows()
        many._connection.execute("DELETE FROM layer_runs WHERE id = 'run-00800'")
        await driver.until(lambda: driver.counts == (RUNS - 1, RUNS - 1))
        await driver.settled()
        assert (selected(driver), driver.dashboard.runs.cursor_row) == ("run-00500", 500)
        assert driver.rows() == rows
