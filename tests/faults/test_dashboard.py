"""One dashboard walks through every fault: each is told, the last good data stays, and it ends."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.scene import LAYER, RUNS, Scene, at_rest, difference, scene
from tests.faults.table import FAULTS, Fault, Need, why_not
from tests.tui.driving import NOW, Driver, driving
from zos_monitor import polling

SIZE = 120, 16
STATUS = {
    "missing": "waiting for the database",
    "unreadable": "database unreadable",
    "not sqlite": "not a database",
    "damaged": "database damaged",
    "not zos": "not a zos database",
    "locked": "database locked",
}


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    monkeypatch.setattr(polling, "RETRY_SECONDS", 0.1)
    with scene(tmp_path, NOW) as found:
        yield found


def status(driver: Driver) -> str:
    """Return what the header says; to draw all of the screen for that takes long."""
    return driver.dashboard.status.render().plain


def is_live(driver: Driver) -> bool:
    return "● live" in status(driver)


def shows(driver: Driver, layer: str, cost: str = "") -> bool:
    return any(layer in row and cost in row for row in driver.rows())


async def is_told(driver: Driver, fault: Fault) -> None:
    """Wait until a fault is to be read, above the last good data."""
    if fault.asks:
        await driver.press("r")
    if fault.kind is None:
        layer = fault.layer or LAYER
        told = f"▲ not live: {fault.doubt}" if fault.doubt else "● live"
        await driver.until(lambda: shows(driver, layer, fault.cost) and told in status(driver))
        await driver.until(lambda: all(words in driver.notice for words in fault.words))
        return
    told = f"▲ as of 12:00:00, {STATUS[fault.kind]} since 12:00:00"
    rows, counts = driver.rows(), driver.counts
    await driver.until(lambda: told in status(driver))
    await driver.until(lambda: all(words in driver.notice for words in fault.words))
    assert not is_live(driver)
    assert "he last good data stays below, as of 12:00:00" in driver.notice
    assert (driver.rows()[:2], driver.counts) == (rows[:2], counts)
    assert status(driver).strip() == driver.lines()[0].strip()


async def begin_anew(driver: Driver, stage: Scene) -> None:
    """Have the database as it was at first."""
    stage.mend()
    await driver.until(lambda: driver.counts == (RUNS, RUNS) and shows(driver, LAYER))


async def live_through(driver: Driver, stage: Scene, fault: Fault) -> None:
    if driver.counts[1] > RUNS + 3:  # the runs of before are about to leave the view
        await begin_anew(driver, stage)
    if fault.up:
        layer = stage.writes(stays_up=True)
        await driver.until(lambda: shows(driver, layer))
    await at_rest(driver.dashboard.service)
    with fault.make(stage):
        made = stage.traces()
        await is_told(driver, fault)
        assert difference(made, stage.traces()) == ""
        await at_rest(driver.dashboard.service)
    ended = stage.traces()
    await driver.until(lambda: is_live(driver) and not driver.notice)
    assert difference(ended, stage.traces()) == ""
    await at_rest(driver.dashboard.service)
    written = stage.writes()
    await driver.until(lambda: shows(driver, written) and shows(driver, LAYER))
    assert list(stage.traces()) == ["zos.db"]


async def test_the_dashboard_lives_through_every_fault(stage: Scene, tmp_path: Path) -> None:
    stage.path.unlink()
    async with driving(stage.path, size=SIZE) as driver:
        await driver.until(lambda: "▲ waiting for the database since" in driver.lines()[0])
        assert "no database at" in driver.notice
        assert "last good data" not in driver.notice
        await begin_anew(driver, stage)
        for fault in FAULTS:
            ours = fault.needs in (Need.NOTHING, Need.MOUNT) and not fault.at_start
            if ours and not why_not(fault, tmp_path):
                try:
                    await live_through(driver, stage, fault)
                except AssertionError as error:
                    error.add_note(f"amid the fault: {fault.name}")
                    raise
