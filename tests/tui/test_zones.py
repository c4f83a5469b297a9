"""The zone that times are shown in: which there are to choose from, and what follows the choice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import tzlocal

from tests.tui.driving import NOW, dashboard
from zos_monitor.demo.writer import ZosWriter
from zos_monitor.tui.zones import next_zone

BERLIN, LISBON, TOKYO = "Europe/Berlin", "Europe/Lisbon", "Asia/Tokyo"


def live_in(monkeypatch: pytest.MonkeyPatch, zone: tzinfo) -> None:
    monkeypatch.setattr(tzlocal, "get_localzone", lambda: zone)


def names(scheduler: str | None, *, start: tzinfo = UTC, now: datetime = NOW) -> list[str | None]:
    """Return the zones that one key after the other leads to."""
    zone, found = start, []
    for _ in range(4):
        zone = next_zone(zone, scheduler, now=now)
        found.append(now.astimezone(zone).tzname())
    return found


@pytest.mark.parametrize(
    ("local", "scheduler", "expected"),
    [
        (BERLIN, TOKYO, ["CET", "JST", "UTC", "CET"]),
        (BERLIN, None, ["CET", "UTC", "CET", "UTC"]),
        (BERLIN, "Nowhere/At all", ["CET", "UTC", "CET", "UTC"]),
        (BERLIN, "Europe/Paris", ["CET", "UTC", "CET", "UTC"]),  # the same, by the same name
        (BERLIN, LISBON, ["CET", "WET", "UTC", "CET"]),
        ("UTC", "UTC", ["UTC"] * 4),
        ("UTC", TOKYO, ["JST", "UTC", "JST", "UTC"]),
    ],
)
def test_zones_follow_one_another(
    monkeypatch: pytest.MonkeyPatch, local: str, scheduler: str | None, expected: list[str]
) -> None:
    live_in(monkeypatch, ZoneInfo(local))
    assert names(scheduler) == expected


def test_a_zone_that_is_none_of_them_gives_way_to_the_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    live_in(monkeypatch, ZoneInfo(BERLIN))
    odd = timezone(timedelta(hours=5, minutes=45))
    assert names(TOKYO, start=odd)[:2] == ["UTC", "CET"]


def test_what_is_the_same_in_winter_may_differ_in_summer(monkeypatch: pytest.MonkeyPatch) -> None:
    live_in(monkeypatch, timezone(timedelta(0), "WET"))
    assert names(LISBON) == ["WET", "UTC", "WET", "UTC"]
    summer = NOW.replace(month=7)
    assert names(LISBON, now=summer) == ["WET", "WEST", "UTC", "WET"]


async def test_all_times_follow_the_zone(
    zos: ZosWriter, path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    live_in(monkeypatch, ZoneInfo(TOKYO))
    zos_dir = tmp_path / "zos"
    (zos_dir / "layers").mkdir(parents=True)
    (zos_dir / "config.yaml").write_text(f"scheduler:\n  timezone: {BERLIN}\n", encoding="utf-8")
    (zos_dir / "layers" / "users.yaml").write_text(
        "name: users\nschedule: '0 4 * * *'\n", encoding="utf-8"
    )
    for day, hour in ((19, 3), (20, 3), (20, 16), (21, 3)):
        zos.raw_run(layer_name="users", started_at=datetime(2026, 11, day, hour, tzinfo=UTC))
    async with dashboard(path, zos_dir=zos_dir, filter_text="since:2026-11-20") as driver:
        await driver.until(lambda: driver.known)
        await driver.see_run()
        runs = driver.dashboard.runs

        def told(zone: str, when: str, exactly: str, matched: int) -> bool:
            rows = [runs.render_line(y).text[:12].strip() for y in range(1, 5)]
            return (
                driver.lines()[0].rstrip().endswith(zone)
                and driver.counts == (matched, 4)
                and runs.row_count == matched
                and when in rows
                and f"Started   {exactly} {zone}" in "\n".join(driver.told())
            )

        await driver.until(lambda: told("UTC", "11-20 03:00", "2026-11-21 03:00:00", 3))
        await driver.press("u")
        await driver.until(lambda: told("JST", "11-20 12:00", "2026-11-21 12:00:00", 3))
        await driver.press("T")
        await driver.until(lambda: "12:00 users" in driver.text())
        assert "zos schedules in Europe/Berlin" in driver.text()
        await driver.press("T", "u")
        await driver.until(lambda: told("CET", "11-20 04:00", "2026-11-21 04:00:00", 3))
        await driver.press("u")
        await driver.until(lambda: told("UTC", "11-20 03:00", "2026-11-21 03:00:00", 3))


async def test_days_in_the_filter_are_those_of_the_zone_also_while_paused(
    zos: ZosWriter, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    live_in(monkeypatch, ZoneInfo(TOKYO))
    for hour in (1, 8, 14, 16, 20):
        zos.raw_run(started_at=datetime(2026, 11, 20, hour, tzinfo=UTC))
    async with dashboard(path, filter_text="since:yesterday until:yesterday") as driver:
        await driver.until(lambda: driver.known)
        assert driver.counts == (5, 5)
        await driver.press("space")
        await driver.press("u")  # it is 21:00 of the 21st there
        await driver.until(lambda: driver.counts == (3, 5))
        await driver.settled()
        totals = driver.dashboard.layers_panel.totals
        assert totals is not None
        assert totals.overall.runs == 3
        assert driver.dashboard.runs.row_count == 3
        await driver.press("u")
        await driver.until(lambda: driver.counts == (5, 5))
