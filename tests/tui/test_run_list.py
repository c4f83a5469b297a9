"""The run list through keys: moving, arriving runs, following, pages on demand."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from tests.tui.driving import NARROW, NOW, WIDE, Driver, dashboard
from zos_monitor.demo.writer import ZosWriter
from zos_monitor.model.runs import RunSlice, RunSummary
from zos_monitor.model.states import RunState
from zos_monitor.tui.loaded_runs import PAGE


def finished(writer: ZosWriter, number: int, **columns: object) -> str:
    """Write a finished run that started ``number`` minutes before now."""
    start = NOW - timedelta(minutes=number)
    return writer.raw_run(
        id=f"run-{number:05}",
        started_at=start,
        completed_at=start + timedelta(seconds=30),
        **columns,
    )


@pytest.fixture
def many(writer: ZosWriter) -> ZosWriter:
    with writer.batch():
        for number in range(500):
            finished(writer, number + 100)
    return writer


async def test_the_newest_run_is_on_top_and_selected(many: ZosWriter, path: Path) -> None:
    async with dashboard(path) as driver:
        assert driver.selected is not None
        assert driver.selected.id == "run-00100"
        assert driver.counts == (500, 500)
        assert "500 of 500" in driver.lines()[1]


@pytest.mark.parametrize("size", [WIDE, NARROW])
async def test_keys_move_the_cursor(many: ZosWriter, path: Path, size: tuple[int, int]) -> None:
    async with dashboard(path, size=size) as driver:
        room = driver.dashboard.runs.rows_seen
        steps = [
            (("j", "j", "down"), 3),
            (("k", "up"), 1),
            (("pagedown",), room),
            (("pageup",), 1),
            (("G",), 499),
            (("end",), 499),
            (("g",), 0),
        ]
        for keys, row in steps:
            await driver.press(*keys)
            await driver.until(lambda row=row: _selected_row(driver.selected) == row)  # type: ignore[misc]
            await driver.settled()
            assert driver.shown is not None
            assert _selected_row(driver.shown) == row


def _selected_id(driver: Driver) -> str:
    return driver.selected.id if driver.selected is not None else ""


def _selected_row(run: RunSummary | None) -> int:
    return int(run.id.removeprefix("run-")) - 100 if run is not None else -1


async def test_every_page_comes_into_view(many: ZosWriter, path: Path) -> None:
    async with dashboard(path) as driver:
        seen: set[str] = set()
        runs = driver.dashboard.runs
        while True:
            await driver.until(lambda: len(runs.runs_in_view) == min(runs.rows_seen, 500))
            seen.update(run.id for run in runs.runs_in_view)
            if runs.first_row >= runs.max_scroll_y:
                break
            await driver.press("pagedown")
        assert len(seen) == 500
        assert len(runs._runs) <= PAGE * 14


async def test_cursor_and_scroll_stay_when_runs_arrive_above(many: ZosWriter, path: Path) -> None:
    async with dashboard(path) as driver:
        runs = driver.dashboard.runs
        await driver.press(*["j"] * 30)
        await driver.until(lambda: _selected_row(driver.selected) == 30)
        rows, line = driver.rows(), _cursor_line(runs.cursor_row, runs.first_row)
        with many.batch():
            for number in range(50):
                finished(many, number + 1)
        await driver.until(lambda: driver.counts == (550, 550))
        assert driver.selected is not None
        assert driver.selected.id == "run-00130"
        assert _cursor_line(runs.cursor_row, runs.first_row) == line
        assert driver.rows() == rows
        assert "50 newer" in driver.text()
        await driver.press("g")
        await driver.until(lambda: _selected_id(driver) == "run-00001")
        assert "newer" not in driver.text()


def _cursor_line(row: int | None, first: int) -> int:
    assert row is not None
    return row - first


async def test_runs_that_arrive_at_the_top_are_seen(many: ZosWriter, path: Path) -> None:
    async with dashboard(path) as driver:
        many.start_run("nightly-new", started_at=NOW, targets_matched=4)
        await driver.until(lambda: "nightly-new" in driver.rows()[0])
        assert "▶ running" in driver.rows()[0]
        assert driver.selected is not None
        assert driver.selected.id == "run-00100"
        assert driver.dashboard.runs.cursor_row == 1


async def test_fifty_runs_at_the_top_leave_the_cursor_on_its_line(
    many: ZosWriter, path: Path
) -> None:
    async with dashboard(path) as driver:
        runs = driver.dashboard.runs
        await driver.press("j", "j")
        await driver.until(lambda: _selected_row(driver.selected) == 2)
        with many.batch():
            for number in range(50):
                finished(many, number + 1)
        await driver.until(lambda: driver.counts == (550, 550))
        assert driver.selected is not None
        assert driver.selected.id == "run-00102"
        assert _cursor_line(runs.cursor_row, runs.first_row) == 2


async def test_a_run_is_followed_from_start_to_end(writer: ZosWriter, path: Path) -> None:
    run_id = writer.start_run("nightly", started_at=NOW - timedelta(seconds=5), targets_matched=2)
    async with dashboard(path) as driver:
        assert "▶ running" in driver.rows()[0]
        assert "5s+" in driver.rows()[0]
        writer.call(run_id, "server:1:user:2", created_at=NOW, cost=0.25)
        await driver.until(lambda: "$0.25" in driver.rows()[0])
        assert driver.shown is not None
        assert driver.shown.usage.calls == 1
        writer.finish_run(
            run_id,
            completed_at=NOW + timedelta(seconds=3),
            processed=1,
            skipped=1,
            status="partial",
            errors=[{"topic": "server:1:user:3", "error": "too late", "node": "reflect"}],
        )
        await driver.until(lambda: "◐ partial" in driver.rows()[0])
        assert "8s" in driver.rows()[0]
        await driver.until(lambda: "too late" in driver.text())


async def test_a_backdated_run_moves_nothing_in_view(many: ZosWriter, path: Path) -> None:
    async with dashboard(path) as driver:
        await driver.press("G")
        await driver.settled()
        await driver.press(*["k"] * 5)
        await driver.settled()
        selected, first = driver.selected, driver.dashboard.runs.first_row
        many.raw_run(id="late", started_at=NOW - timedelta(minutes=300, seconds=30))
        await driver.until(lambda: driver.counts == (501, 501))
        assert driver.selected == selected
        assert driver.dashboard.runs.first_row == first + 1  # one more row above, same rows seen


async def test_a_deleted_run_gives_the_cursor_to_its_neighbour(many: ZosWriter, path: Path) -> None:
    async with dashboard(path) as driver:
        await driver.press("j", "j", "j")
        await driver.until(lambda: _selected_row(driver.selected) == 3)
        with closing(sqlite3.connect(path)) as other, other:
            other.execute("DELETE FROM layer_runs WHERE id = 'run-00103'")
        await driver.until(lambda: driver.counts == (499, 499))
        await driver.until(lambda: _selected_row(driver.selected) == 4)
        assert driver.dashboard.runs.cursor_row == 3


async def test_following_goes_along_until_the_cursor_is_moved(many: ZosWriter, path: Path) -> None:
    async with dashboard(path) as driver:
        await driver.press("j", "F")
        await driver.until(lambda: _selected_row(driver.selected) == 0)
        assert "· following" in driver.text()
        finished(many, 50)
        await driver.until(lambda: _selected_id(driver) == "run-00050")
        await driver.until(lambda: driver.shown is not None and driver.shown.id == "run-00050")
        await driver.press("j")
        await driver.until(lambda: "· following" not in driver.text())
        finished(many, 40)
        await driver.until(lambda: driver.counts == (502, 502))
        assert driver.selected is not None
        assert driver.selected.id == "run-00100"


async def test_states_are_told_by_glyph_and_word(writer: ZosWriter, path: Path) -> None:
    states = {"success": "✓", "partial": "◐", "failed": "✗", "dry": "·", "odd": "?"}
    for number, status in enumerate(states):
        finished(writer, number, status=status)
    writer.start_run("open", started_at=NOW - timedelta(days=2), targets_matched=1)
    writer.start_run("new", started_at=NOW - timedelta(minutes=9), targets_matched=1)
    async with dashboard(path) as driver:
        text = driver.text()
        for status, glyph in {**states, "running": "▶", "stalled": "!"}.items():
            assert f"{glyph} {status}" in text
        totals = driver.dashboard.layers_panel.totals
        assert totals is not None
        assert totals.overall.counts[RunState.STALLED] == 1
        assert totals.overall.counts[RunState.DRY] == 1
        assert totals.overall.counts[RunState.RUNNING] == 1
        assert totals.overall.runs == 7


async def test_a_move_during_a_refresh_is_not_undone(
    many: ZosWriter, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with dashboard(path) as driver:
        await driver.press("j", "j")
        await driver.until(lambda: _selected_row(driver.selected) == 2)
        service, answer = driver.dashboard.service, asyncio.Event()
        ask, asked = service.run_slice, asyncio.Event()

        async def slow(*args: object, **options: object) -> RunSlice:
            fresh = await ask(*args, **options)  # type: ignore[arg-type]
            asked.set()
            await answer.wait()
            return fresh

        monkeypatch.setattr(service, "run_slice", slow)
        finished(many, 50)
        await driver.until(asked.is_set)
        await driver.press("j", "j", "j")
        assert _selected_row(driver.selected) == 5
        answer.set()
        await driver.until(lambda: driver.counts == (501, 501))
        assert _selected_row(driver.selected) == 5
        assert driver.dashboard.runs.cursor_row == 6


async def test_the_last_run_goes_and_another_comes(writer: ZosWriter, path: Path) -> None:
    finished(writer, 100)
    async with dashboard(path) as driver:
        with closing(sqlite3.connect(path)) as other, other:
            other.execute("DELETE FROM layer_runs")
        await driver.until(lambda: "No runs yet" in driver.text())
        await driver.until(lambda: driver.shown is None)
        await driver.press("j", "k", "G", "enter", "escape")
        finished(writer, 90)
        await driver.until(lambda: _selected_row(driver.selected) == -10)
        await driver.settled()
