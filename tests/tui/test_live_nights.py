"""Nights from the dashboard: tonight in the header and on its screen, with what is new."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from textual.app import App

from tests.tui.driving import Driver, dashboard
from zos_monitor.demo.writer import ZosWriter
from zos_monitor.tui.tonight import TonightScreen

NIGHT = datetime(2026, 11, 21, 3, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
LAYERS = {"users": "0 3 * * *", "topics": "0 4 * * *", "greeting": None}


@pytest.fixture
def zos_dir(tmp_path: Path) -> Path:
    """Return a zos folder with two layers that start by the clock, and one that does not."""
    folder = tmp_path / "zos"
    (folder / "layers").mkdir(parents=True)
    (folder / "config.yaml").write_text("scheduler:\n  timezone: UTC\n", encoding="utf-8")
    for name, cron in LAYERS.items():
        write_layer(folder, name, f"schedule: '{cron}'" if cron else "")
    return folder


def write_layer(folder: Path, name: str, line: str) -> None:
    (folder / "layers" / f"{name}.yaml").write_text(f"name: {name}\n{line}\n", encoding="utf-8")


@pytest.fixture
def nightly(zos: ZosWriter) -> str:
    """Return a run of tonight that is open, after nights that went well."""
    for back in range(1, 4):
        for name, hour in (("users", 0), ("topics", 1)):
            start = NIGHT + timedelta(hours=hour, days=-back)
            zos.raw_run(layer_name=name, started_at=start, completed_at=start + MINUTE)
    zos.raw_run(layer_name="greeting", started_at=NIGHT - timedelta(hours=6))
    return zos.start_run("users", started_at=NIGHT, targets_matched=9)


def line_of(driver: Driver, name: str) -> str:
    return next((line for line in driver.lines() if name in line[:30]), "")


def open_screen(driver: Driver) -> bool:
    return isinstance(driver.app.screen, TonightScreen)


async def test_tonight_is_live_and_opens_its_runs(
    zos: ZosWriter, path: Path, zos_dir: Path, nightly: str
) -> None:
    async with dashboard(
        path, zos_dir=zos_dir, filter_text="layer:greeting", now=NIGHT + 4 * MINUTE
    ) as driver:
        await driver.until(lambda: "tonight 1▶ 1 to come" in driver.lines()[0])
        await driver.press("T")
        await driver.until(lambda: "▶ running" in line_of(driver, "users"))
        assert "– to come, in 56m" in line_of(driver, "topics")
        zos.insight(nightly, "server:1:user:1", created_at=driver.clock.now)
        await driver.until(lambda: "~1/9" in line_of(driver, "users"))
        driver.clock.now += MINUTE  # the nights have had their rest
        zos.finish_run(nightly, completed_at=driver.clock.now, processed=9)
        await driver.until(lambda: "✓ success" in line_of(driver, "users"))
        assert "9/9" in line_of(driver, "users")
        assert open_screen(driver)
        await driver.press("enter")
        await driver.until(lambda: not open_screen(driver) and driver.pane == "detail")
        await driver.until(lambda: driver.shown is not None and driver.shown.id == nightly)
        await driver.settled()
        assert driver.dashboard.filter_bar.text == f"id:{nightly}"  # else it would be hidden
        assert "tonight 1✓ 1 to come" in driver.lines()[0]
        await driver.press("T", "escape")
        await driver.until(lambda: not open_screen(driver))
        assert driver.shown is not None
        assert driver.shown.id == nightly


async def test_a_missed_start_is_counted_until_tonight_is_looked_at(
    path: Path, zos_dir: Path, nightly: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    rung: list[App[None]] = []
    monkeypatch.setattr(App, "bell", lambda app: rung.append(app))
    async with dashboard(path, zos_dir=zos_dir, bell=True, now=NIGHT + 50 * MINUTE) as driver:
        await driver.until(lambda: "tonight 1! 1 to come" in driver.lines()[0])
        await driver.tick(minutes=10)
        await driver.until(lambda: "1 due" in driver.lines()[0])
        await driver.tick(minutes=30)  # at the very end of its grace
        assert "1 due" in driver.lines()[0]
        assert "a shows" not in driver.lines()[0]
        assert rung == []
        await driver.tick(microseconds=1)
        await driver.until(lambda: "▲ 1 missed, a shows" in driver.lines()[0])
        await driver.until(lambda: len(rung) == 1)
        assert "tonight 1! 1○" in driver.lines()[0]
        await driver.press("a")
        await driver.until(lambda: open_screen(driver))
        assert "○ missed, or nothing eligible" in line_of(driver, "topics")
        await driver.press("T")
        await driver.until(lambda: not open_screen(driver))
        assert "a shows" not in driver.lines()[0]
        assert len(rung) == 1


async def test_what_was_missed_before_is_no_news(path: Path, zos_dir: Path, nightly: str) -> None:
    async with dashboard(path, zos_dir=zos_dir) as driver:  # at noon, and "topics" has no run
        await driver.until(lambda: "last night 1! 1○" in driver.lines()[0])
        assert "a shows" not in driver.lines()[0]


async def test_a_broken_layer_file_is_named_and_the_others_used(
    path: Path, zos_dir: Path, nightly: str
) -> None:
    write_layer(zos_dir, "topics", "schedule: '61 4 * * *'")
    write_layer(zos_dir, "greeting", "nodes: [")
    async with dashboard(path, zos_dir=zos_dir) as driver:
        await driver.until(lambda: "layers/topics.yaml" in driver.notice)
        assert "layers/greeting.yaml has a YAML error" in driver.notice
        await driver.press("j", "enter")
        assert (driver.pane, driver.dashboard.runs.cursor_row) == ("detail", 1)
        await driver.press("T")
        await driver.until(lambda: "users" in driver.text() and open_screen(driver))
        assert "layers/topics.yaml" in driver.text()
        await driver.press("T")
        # A fault of the database goes before it.
        away = path.with_suffix(".away")
        path.rename(away)
        await driver.until(lambda: "no database at" in driver.notice)
        assert "layers/" not in driver.notice
        away.rename(path)
        await driver.until(lambda: "layers/topics.yaml" in driver.notice)
        write_layer(zos_dir, "topics", "schedule: '0 4 * * *'")
        write_layer(zos_dir, "greeting", "")
        await driver.tick(minutes=1)
        await driver.press("r")
        await driver.until(lambda: driver.notice == "")


async def test_layers_with_a_schedule_alone_or_all(
    zos: ZosWriter, path: Path, zos_dir: Path, nightly: str
) -> None:
    async with dashboard(path, zos_dir=zos_dir, filter_text="status:success") as driver:
        assert driver.counts == (7, 8)
        await driver.press("C")
        await driver.until(lambda: driver.counts == (6, 8))
        assert driver.dashboard.filter_bar.text == "status:success kind:scheduled"
        await driver.settled()
        totals = driver.dashboard.layers_panel.totals
        assert totals is not None
        assert {layer.layer_name for layer in totals.by_layer} == {"users", "topics"}
        await driver.press("C")
        await driver.until(lambda: driver.counts == (7, 8))
        assert driver.dashboard.filter_bar.text == "status:success"
        for _ in range(2):  # faster than the list follows
            driver.dashboard.action_kind()
        assert driver.dashboard.filter_bar.text == "status:success"
