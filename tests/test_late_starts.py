"""Nights of layers that began late, were taken away, or start by another zone's clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from zos_monitor.demo.writer import ZosWriter
from zos_monitor.model.nights import LayerNight, Nights
from zos_monitor.service import RunService

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
THREE = datetime(2026, 11, 21, 3, tzinfo=UTC)
DAY = timedelta(days=1)


def folder(path: Path, zone: str = "UTC", **layers: str) -> Path:
    (path / "layers").mkdir(parents=True)
    (path / "config.yaml").write_text(f"scheduler:\n  timezone: {zone}\n", encoding="utf-8")
    for name, cron in layers.items():
        text = f"name: {name}\nschedule: '{cron}'\n"
        (path / "layers" / f"{name}.yaml").write_text(text, encoding="utf-8")
    return path


async def nights(path: Path, zos_dir: Path | None, now: datetime) -> Nights:
    service = RunService(path, zos_dir=zos_dir, clock=lambda: now)
    found = await service.nights()
    await service.closed()
    return found


def part(found: Nights, layer: str, back: int = 0) -> LayerNight:
    return next(one for one in found.nights[back].layers if one.layer_name == layer)


async def test_a_miss_stays_one_though_the_layer_begins_late(
    zos: ZosWriter, path: Path, tmp_path: Path
) -> None:
    zos_dir = folder(tmp_path / "zos", late="0 3 * * *")
    now = THREE + timedelta(hours=3)
    missed = part(await nights(path, zos_dir, now), "late")
    assert [str(slot.outcome) for slot in missed.slots] == ["missed"]
    zos.raw_run(layer_name="late", started_at=THREE + timedelta(hours=2))
    after = await nights(path, zos_dir, now)
    tonight = part(after, "late")
    assert [str(slot.outcome) for slot in tonight.slots] == ["missed"]
    assert len(tonight.off_schedule) == 1
    assert part(after, "late", back=1).slots == ()  # it did not exist then, as far as is known


async def test_a_run_at_another_time_brings_no_schedule_back(
    zos: ZosWriter, path: Path, tmp_path: Path
) -> None:
    zos_dir = folder(tmp_path / "zos", other="0 3 * * *")
    for back in range(3, 20):
        zos.raw_run(layer_name="removed", started_at=THREE - back * DAY)
    zos.raw_run(layer_name="removed", started_at=THREE + timedelta(hours=3))
    found = await nights(path, zos_dir, NOON - timedelta(minutes=1))
    outcomes = [part(found, "removed", back).outcome for back in range(5)]
    assert outcomes == [None, None, None, "success", "success"]
    assert len(part(found, "removed").off_schedule) == 1


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York"])
async def test_what_starts_is_inferred_by_the_clock_of_the_schedulers_zone(
    zos: ZosWriter, path: Path, tmp_path: Path, zone: str
) -> None:
    """At the same hour there; so at another one of UTC since the clocks were put back."""
    zos_dir = folder(tmp_path / "zos", zone, other="0 3 * * *")
    changed = datetime(2026, 11, 1, 4, tzinfo=ZoneInfo(zone))
    starts = [(changed + day * DAY).astimezone(UTC) for day in range(-12, 5)]
    assert len({start.hour for start in starts}) == 2
    for start in starts:
        zos.raw_run(layer_name="untold", started_at=start)
    found = await nights(path, zos_dir, starts[-1] + timedelta(hours=1))
    told = next(layer for layer in found.layers if layer.layer_name == "untold")
    assert (told.cron, str(told.source)) == ("0 4 * * *", "inferred")
    assert [part(found, "untold", back).outcome for back in range(14)] == ["success"] * 14
