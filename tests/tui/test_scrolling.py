"""Rows that are still to come: dots until they are there, asked for ahead, and no key waits."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from tests.tui.driving import NOW, Driver, dashboard
from zos_monitor.demo.writer import ZosWriter
from zos_monitor.model.runs import RunSlice
from zos_monitor.service import RunService
from zos_monitor.tui.loaded_runs import PAGE

RUNS = 900


@pytest.fixture
def many(writer: ZosWriter) -> ZosWriter:
    with writer.batch():
        for number in range(RUNS):
            writer.raw_run(id=f"run-{number:05}", started_at=NOW - timedelta(hours=number))
    return writer


def selected(driver: Driver) -> str:
    return driver.selected.id if driver.selected is not None else ""


class Pages:
    """Holds back the pages that are asked for, and notes them."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.asked: list[int] = []
        self.may_come = asyncio.Event()
        self.may_come.set()
        ask = RunService.run_slice

        async def gated(service: RunService, *args: object, **options: object) -> RunSlice:
            if options.get("patience") == 0 and "anchor" not in options:
                first = options["first"]
                assert isinstance(first, int)
                self.asked.append(first)
                await self.may_come.wait()
            return await ask(service, *args, **options)  # type: ignore[arg-type]

        monkeypatch.setattr(RunService, "run_slice", gated)


async def test_rows_to_come_are_dots_and_no_key_waits_for_them(
    many: ZosWriter, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = Pages(monkeypatch)
    async with dashboard(path) as driver:
        runs = driver.dashboard.runs
        pages.may_come.clear()
        await driver.press("G")
        await driver.until(lambda: runs.cursor_row == RUNS - 1)
        assert all(line.strip().startswith("···") for line in driver.rows())
        await driver.press("k", "k")
        assert runs.cursor_row == RUNS - 3
        pages.may_come.set()
        await driver.until(lambda: selected(driver) == f"run-{RUNS - 3:05}")
        assert len(runs.runs_in_view) == runs.rows_seen


async def test_pages_are_loaded_ahead_as_the_view_travels(
    many: ZosWriter, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = Pages(monkeypatch)
    async with dashboard(path) as driver:
        runs = driver.dashboard.runs
        for _ in range(RUNS // (runs.rows_seen - 1)):
            await driver.press("pagedown")
            await driver.until(lambda: selected(driver) != "")
            await driver.until(
                lambda: runs._runs.at(min(RUNS - 1, runs.first_row + PAGE)) is not None
            )
        assert pages.asked == sorted(set(pages.asked))
        pages.asked.clear()
        await driver.press("g")
        await driver.settled()
        runs._runs._runs.clear()
        runs.jump(500)
        await driver.settled()
        pages.asked.clear()
        for _ in range(8):
            await driver.press("pageup")
            await driver.settled()
        assert pages.asked
        assert min(pages.asked) < 500 - 2 * PAGE


async def test_pages_that_were_scrolled_past_are_not_asked_for(
    many: ZosWriter, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = Pages(monkeypatch)
    async with dashboard(path) as driver:
        runs = driver.dashboard.runs
        pages.may_come.clear()
        pages.asked.clear()
        for row in range(300, RUNS, 60):
            runs.scroll_to_row(row)
            await driver.pilot.pause()
        begun = len(pages.asked)
        pages.may_come.set()
        await driver.until(lambda: len(runs.runs_in_view) == runs.rows_seen)
        assert begun == 1
        assert all(first >= runs.first_row - 2 * PAGE for first in pages.asked[1:])
        assert runs.cursor_row == 0


async def test_commits_while_rows_are_to_come_move_nothing(
    many: ZosWriter, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = Pages(monkeypatch)
    async with dashboard(path) as driver:
        runs = driver.dashboard.runs
        await driver.press(*["pagedown"] * 3)
        await driver.settled()
        kept, rows, row = selected(driver), driver.rows(), runs.cursor_row
        assert row is not None
        pages.may_come.clear()
        runs.scroll_to_row(600)
        await driver.until(lambda: bool(pages.asked))
        for number in range(4):
            many.raw_run(id=f"new-{number}", started_at=NOW + timedelta(minutes=number))
            total = RUNS + number + 1
            await driver.until(lambda total=total: driver.counts == (total, total))  # type: ignore[misc]
        pages.may_come.set()
        await driver.until(lambda: len(runs.runs_in_view) == runs.rows_seen)
        assert runs.runs_in_view[0].id == "run-00600"
        assert runs.cursor_row == row + 4
        await driver.until(lambda: selected(driver) == kept)
        runs.show_row(row + 4)
        await driver.settled()
        assert selected(driver) == kept
        assert set(driver.rows()) & set(rows)


async def test_a_row_to_come_stays_under_the_cursor_while_runs_arrive(
    many: ZosWriter, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = Pages(monkeypatch)
    async with dashboard(path) as driver:
        runs = driver.dashboard.runs
        await driver.until(lambda: runs._runs.at(PAGE) is not None)
        pages.may_come.clear()
        runs.jump(2 * PAGE - 1)
        await driver.press("j", "j")
        assert runs.cursor_row == 2 * PAGE + 1
        assert runs._runs.at(2 * PAGE + 1) is None
        for number in range(3):
            many.raw_run(id=f"new-{number}", started_at=NOW + timedelta(minutes=number))
        await driver.until(lambda: driver.counts == (RUNS + 3, RUNS + 3))
        pages.may_come.set()
        await driver.until(lambda: selected(driver) != "run-00000")
        await driver.settled()
        assert (selected(driver), runs.cursor_row) == (f"run-{2 * PAGE + 1:05}", 2 * PAGE + 4)
