"""What the dashboard says over zos's own API: what there is, and quietly what is not offered."""

from __future__ import annotations

import asyncio
import csv
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import cast

import pytest
from textual.pilot import Pilot

from tests.tui.degraded import PLACE, REFUSED, degraded, driving_service, zos_service
from tests.tui.driving import NARROW, NOW, WIDE, Clock, Driver, dashboard
from zos_monitor.demo.writer import ZosWriter
from zos_monitor.remote import zos_poll
from zos_monitor.tui.app import MonitorApp
from zos_monitor.tui.line_table import LineTable

Compare = Callable[..., bool]


@pytest.fixture(autouse=True)
def _often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look as often as is asked for, however busy this machine is."""
    monkeypatch.setattr(zos_poll, "_SHARE", 0)


def hint(driver: Driver) -> str:
    """Return what stands beneath the filter line."""
    bar = driver.dashboard.filter_bar
    return str(bar.hint.content) if bar.has_class("-hint") else ""


def refuses(driver: Driver, word: str) -> bool:
    return hint(driver).startswith(f"{word}: {REFUSED}")


@pytest.mark.parametrize("size", [WIDE, NARROW])
async def test_list_detail_and_totals_work(history: Path, size: tuple[int, int]) -> None:
    async with dashboard(history, size=size) as driver:
        there, totals = driver.selected, driver.dashboard.layers_panel.totals
        counts = driver.counts
    async with degraded(history, size=size) as driver:
        assert driver.lines()[0].startswith(f" zos  {PLACE}")
        assert "live" in driver.lines()[0]
        assert driver.notice.startswith("zos's own API: progress, calls")
        assert REFUSED in driver.notice
        assert driver.counts == counts
        assert driver.selected is not None
        assert there is not None
        assert driver.selected.id == there.id
        ours = driver.dashboard.layers_panel.totals
        assert ours is not None
        assert totals is not None
        assert ours.overall.counts == totals.overall.counts
        await driver.press("j", "j", "G", "g")
        assert driver.app.return_code is None
        assert not driver.app._notifications


async def test_tabs_say_what_is_not_offered(history: Path) -> None:
    async with degraded(history) as driver:
        for key in ("2", "3", "4"):
            await driver.press(key)
            await driver.until(lambda: REFUSED in "\n".join(driver.told()).lower())
            await driver.press("j")
            await driver.settled()
            await driver.until(lambda: REFUSED in "\n".join(driver.told()).lower())
            assert " ".join(driver.told()).split()[-3:] == ["targets,", "calls,", "insights"]


async def test_a_run_is_told_and_compared(history: Path) -> None:
    async with degraded(history, filter_text="status:failed,partial") as driver:
        assert driver.shown is not None
        assert driver.shown.errors
        await driver.press("6")
        await driver.until(lambda: REFUSED in " ".join(driver.told()))
        text = "\n".join(driver.told())
        assert f"Calls     {REFUSED}" in text
        assert driver.shown.id in text
        await driver.press("d")
        await driver.until(lambda: "Last success" in "\n".join(driver.told()))


async def test_an_open_run_says_that_its_progress_is_not_offered(history: Path) -> None:
    with ZosWriter(history) as zos:
        at = NOW - timedelta(minutes=2)
        zos.start_run("nightly-user-reflection", started_at=at, targets_matched=9, run_id="now")
        zos.call("now", "server:1:user:2", created_at=NOW, cost=0.25)
        zos.start_run("curiosity", started_at=NOW - timedelta(hours=4), targets_matched=9)
    async with degraded(history) as driver:
        await driver.strip_of(2)
        running, stalled = driver.strip
        assert "progress is not offered by this server" in running
        assert "$0.25" in running
        assert "call" not in running
        assert "stalled" in stalled
        await driver.press("6")
        await driver.until(lambda: "9 matched; progress is not offered" in " ".join(driver.told()))
        with ZosWriter(history) as zos:
            zos.finish_run("now", completed_at=NOW, processed=0, status="failed")
        await driver.strip_of(1)
        await driver.until(lambda: "1 failed" in driver.lines()[0])  # it asks for attention


async def test_what_lies_over_the_dashboard_says_it_and_asks_no_more(history: Path) -> None:
    async with degraded(history) as driver:
        for key in ("e", "L", "T"):
            await driver.press(key)
            await driver.until(lambda: REFUSED in driver.text().lower())
            assert driver.text().lower().count(REFUSED) == 1
            assert driver.app.screen.query(LineTable).first().border_title
            assert getattr(driver.app.screen, "_later", None) is None  # no retry is planned
            await driver.press("escape")
        assert driver.app.return_code is None


async def test_a_filter_that_is_not_offered_keeps_the_last_result(history: Path) -> None:
    async with degraded(history) as driver:
        rows, counts = driver.rows(), driver.counts
        for text, word in (("since:7d Ada", "Ada"), ("layer:nightly-*", "layer:nightly-*")):
            driver.dashboard.filter_bar.text = text  # at once: what is typed filters as it grows
            await driver.until(partial(refuses, driver, word))
            assert driver.dashboard.filter_bar.has_class("-wrong")
            assert (driver.rows()[:9], driver.counts) == (rows[:9], counts)
        with ZosWriter(history) as zos:  # the last good one is kept fresh
            zos.raw_run(id="new", started_at=NOW)
        await driver.until(lambda: driver.counts[0] == counts[0] + 1)
        assert refuses(driver, "layer:nightly-*")
        assert REFUSED in driver.notice  # no fault is told there
        await driver.press("c")
        await driver.until(lambda: not hint(driver))
        await driver.press("slash", *"status:failed", "enter")
        await driver.until(lambda: driver.counts[0] < counts[0])
        assert not hint(driver)


async def test_a_first_filter_that_is_not_offered_is_told_in_the_list(history: Path) -> None:
    clock = Clock()
    service = zos_service(history, clock)
    async with driving_service(service, clock, filter_text="status:dry") as driver:
        await driver.until(lambda: REFUSED in driver.rows()[0])
        assert hint(driver).startswith("status:dry")
        await driver.press("c")
        await driver.settled()
        assert driver.counts[0] == driver.counts[1] > 0


async def test_an_order_that_is_not_offered_keeps_the_last_one(history: Path) -> None:
    async with degraded(history) as driver:
        rows = driver.rows()
        await driver.press("o")
        await driver.until(lambda: f"The order by duration: {REFUSED}" in hint(driver))
        assert driver.rows()[:9] == rows[:9]
        assert driver.dashboard.runs.border_title == "Runs"
        await driver.press("O")  # from its other end it is offered
        await driver.until(lambda: "oldest first" in str(driver.dashboard.runs.border_title))
        await driver.until(lambda: not hint(driver))
        await driver.settled()
        assert driver.rows()[0] != rows[0]


async def test_failures_and_times_are_gone_to(history: Path) -> None:
    async with degraded(history) as driver:
        await driver.press("n")
        await driver.until(
            lambda: driver.selected is not None and driver.selected.state in ("failed", "partial")
        )
        failure = driver.selected
        await driver.press("n")
        await driver.until(lambda: driver.selected not in (failure, None))
        await driver.press("N")
        await driver.until(lambda: driver.selected == failure)
        await driver.press("colon", *"20d", "enter")
        until = NOW - timedelta(days=20)
        await driver.until(
            lambda: (
                driver.selected is not None
                and driver.selected.started_at is not None
                and until - timedelta(days=2) < driver.selected.started_at <= until
            )
        )


async def test_runs_are_exported(
    history: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with degraded(history, filter_text="status:failed since:20d") as driver:
        matched = driver.counts[0]
        await driver.press("x", *["tab"] * 2, "enter")
        await driver.until(lambda: f"Exported {matched}" in driver.text())
    (path,) = [entry for entry in tmp_path.iterdir() if entry.name.startswith("zos-runs")]
    if path.suffix == ".csv":
        assert len(list(csv.DictReader(path.open(encoding="utf-8")))) == matched


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_picture(history: Path, snap_compare: Compare, size: tuple[int, int]) -> None:
    with ZosWriter(history) as zos:
        at = NOW - timedelta(minutes=2)
        zos.start_run("nightly-user-reflection", started_at=at, targets_matched=9, run_id="now")
        zos.call("now", "server:1:user:2", created_at=NOW, cost=0.25)
    clock = Clock()
    app = MonitorApp(zos_service(history, clock))

    async def run_before(pilot: Pilot[None]) -> None:
        driver = Driver(cast(MonitorApp, pilot.app), pilot, clock)
        await driver.until(lambda: bool(driver.app.screen_stack) and driver.dashboard.is_mounted)
        await driver.settled()
        await driver.strip_of(1)
        await driver.press("j", "slash", *"status:dry", "enter")
        await driver.until(lambda: REFUSED in hint(driver))
        await driver.press("3")
        await driver.until(lambda: REFUSED in " ".join(driver.told()).lower() or size == NARROW)
        for _ in range(3):
            await pilot.pause()
            await asyncio.sleep(0)

    assert snap_compare(app, terminal_size=size, run_before=run_before)
