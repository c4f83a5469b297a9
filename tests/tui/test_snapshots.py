"""A few pictures, to be looked at when they change."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import cast

import pytest
from textual.pilot import Pilot

from tests.tui.driving import NARROW, NOW, WIDE, Clock, Driver
from zos_monitor.demo.writer import ZosWriter
from zos_monitor.service import RunService
from zos_monitor.tui.app import MonitorApp

Compare = Callable[..., bool]


def app(filter_text: str = "") -> MonitorApp:
    """Return the dashboard on ``zos.db`` in the current folder, so that its path is always one."""
    service = RunService(Path("zos.db"), clock=Clock(), poll_interval=0.02)
    return MonitorApp(service, filter_text=filter_text)


def after(*keys: str, settle: bool = True) -> Callable[[Pilot[None]], object]:
    async def run_before(pilot: Pilot[None]) -> None:
        driver = Driver(cast(MonitorApp, pilot.app), pilot, Clock())
        await driver.until(lambda: bool(driver.app.screen_stack) and driver.dashboard.is_mounted)
        if settle:
            await driver.settled()
            await driver.until(lambda: driver.known and bool(driver.dashboard.outlook.pasts))
        else:
            await driver.until(lambda: "waiting" in driver.lines()[0])
        for key in keys:
            await pilot.press(key)
            if settle:
                await driver.settled()
        for _ in range(3):
            await pilot.pause()
            await asyncio.sleep(0)

    return run_before


@pytest.fixture(autouse=True)
def _here(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(path.parent)


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_main(history: Path, snap_compare: Compare, size: tuple[int, int]) -> None:
    assert snap_compare(app(), terminal_size=size, run_before=after())


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_failed_run(history: Path, snap_compare: Compare, size: tuple[int, int]) -> None:
    keys = ("j", "j", "enter")
    run_before = after(*keys)
    assert snap_compare(app("status:failed,partial"), terminal_size=size, run_before=run_before)


def test_help(history: Path, snap_compare: Compare) -> None:
    assert snap_compare(app(), terminal_size=WIDE, run_before=after("question_mark"))


def test_mistake_in_the_filter(history: Path, snap_compare: Compare) -> None:
    run_before = after("slash", *"status:x")
    assert snap_compare(app(), terminal_size=NARROW, run_before=run_before)


def test_state_menu(history: Path, snap_compare: Compare) -> None:
    run_before = after("s", "j", "j", "space")
    assert snap_compare(app(), terminal_size=NARROW, run_before=run_before)


def test_no_database_yet(path: Path, snap_compare: Compare) -> None:
    assert snap_compare(app(), terminal_size=NARROW, run_before=after(settle=False))


def test_open_runs(history: Path, snap_compare: Compare) -> None:
    """Three open runs, one of them stalled, and a run that has just failed."""
    begun = [("weekly-review", 25, 6), ("nightly-user-reflection", 4, 15), ("dm-response", 1, 1)]
    with ZosWriter(history) as zos:
        open_runs = [
            zos.start_run(layer, started_at=NOW - timedelta(minutes=ago), targets_matched=targets)
            for layer, ago, targets in begun
        ]
        failing = zos.start_run("curiosity", started_at=NOW, targets_matched=2)
        for done in range(6):
            topic, at = f"server:1:user:{done}", NOW - timedelta(seconds=200 - 20 * done)
            zos.call(open_runs[1], topic, created_at=at)
            zos.insight(open_runs[1], topic, created_at=at)
        error = {"success": False, "error": "429 rate limit", "cost": None}
        zos.call(open_runs[1], "server:1:user:7", created_at=NOW - timedelta(seconds=80), **error)  # type: ignore[arg-type]

    async def run_before(pilot: Pilot[None]) -> None:
        driver = Driver(cast(MonitorApp, pilot.app), pilot, Clock())
        await driver.until(lambda: bool(driver.app.screen_stack) and driver.dashboard.is_mounted)
        await driver.settled()
        await driver.until(lambda: driver.known and len(driver.strip) == 4)
        await driver.until(lambda: bool(driver.dashboard.outlook.pasts))
        await driver.press("j")
        with ZosWriter(history) as zos:
            zos.finish_run(failing, completed_at=NOW, processed=0, status="failed")
        written = (NOW - timedelta(minutes=1)).timestamp()
        await driver.strip_of(3)
        os.utime(history, (written, written))
        await driver.until(lambda: "changed 11:59:00" in driver.lines()[0])
        await driver.until(lambda: "1 failed" in driver.lines()[0])
        await driver.settled()
        for _ in range(3):
            await pilot.pause()
            await asyncio.sleep(0)

    assert snap_compare(app(), terminal_size=WIDE, run_before=run_before)
