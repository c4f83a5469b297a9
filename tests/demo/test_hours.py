"""The hours of the demo: its live night is due when it is played, and so were those before."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.demo.rows import values
from zos_monitor.demo import history, layers
from zos_monitor.demo.folder import DemoFolder
from zos_monitor.demo.hours import USUAL, USUAL_GAP, Hours, hours_from
from zos_monitor.demo.settings_files import write_settings
from zos_monitor.demo.stage import Stage
from zos_monitor.demo.tonight import plan_nights, subjects_follow
from zos_monitor.demo.writer import ZosWriter
from zos_monitor.layer_files import LayerFolder
from zos_monitor.model.nights import Night, Nights, Outcome, Slot
from zos_monitor.model.schedule import Schedule, fires_between
from zos_monitor.service import RunService

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
SEED = 7
TONIGHT = {layer.name for layer in (*layers.AT_NIGHT, layers.SUBJECTS)}
NIGHTS = history.SILENT_AGE
"""As many as go by before the history's night without anything."""
STARTS = [
    datetime(2026, 11, 20, 15, 7, 59, 999999, UTC),
    datetime(2026, 11, 20, 23, 59, 30, tzinfo=UTC),
    datetime(2026, 11, 21, 0, 0, tzinfo=UTC),
    datetime(2026, 11, 21, 2, 30, 1, tzinfo=UTC),
    datetime(2026, 11, 22, 22, 59, 59, tzinfo=UTC),  # a Sunday
    datetime(2026, 11, 22, 23, 58, 59, tzinfo=UTC),
    datetime(2026, 11, 23, 0, 0, 1, tzinfo=UTC),
]


def hours_at(start: datetime, speed: float = 1.0) -> Hours:
    return hours_from(start, subjects_follow=subjects_follow(SEED) / speed)


def write_folder(root: Path, start: datetime, *, speed: float = 1.0) -> tuple[Path, ZosWriter]:
    """Write a zos folder as the demo does; return its database, and the zos that is up."""
    hours = hours_at(start, speed)
    write_settings(root, hours)
    path = root / "zos.db"
    zos = ZosWriter(path)
    history.write_history(zos, nights=NIGHTS, until=start, seed=SEED, hours=hours)
    return path, zos


async def nights_at(path: Path, now: datetime) -> Nights:
    service = RunService(path, clock=lambda: now, zos_dir=path.parent)
    try:
        return await service.nights()
    finally:
        await service.closed()


def slots(nights: Iterable[Night]) -> list[Slot]:
    parts = [layer for night in nights for layer in night.layers]
    return [slot for part in parts if part.layer_name in TONIGHT for slot in part.slots]


def test_the_usual_hours_are_those_of_the_layers() -> None:
    assert {layer.name: USUAL.cron(layer) for layer in layers.ALL} == {
        layer.name: layer.schedule for layer in layers.ALL
    }


@pytest.mark.parametrize(
    ("shift", "nightly", "subject", "weekly"),
    [
        (timedelta(), "0 3 * * *", "2 3 * * *", "0 4 * * sun"),
        (timedelta(hours=-3), "0 0 * * *", "2 0 * * *", "0 1 * * sun"),
        (timedelta(hours=19, minutes=59), "59 22 * * *", "1 23 * * *", "59 23 * * sun"),
        (timedelta(hours=20, minutes=59), "59 23 * * *", "1 0 * * *", "59 0 * * mon"),
    ],
)
def test_the_day_may_end_between_them(
    shift: timedelta, nightly: str, subject: str, weekly: str
) -> None:
    hours = Hours(shift, subjects=2 * MINUTE)
    found = [hours.cron(one) for one in (layers.USERS, layers.SUBJECTS, layers.SELF, layers.SPEAK)]
    assert found == [nightly, subject, weekly, None]


@pytest.mark.parametrize("start", STARTS, ids=str)
def test_the_night_is_due_within_the_minute_of_the_start(start: datetime, tmp_path: Path) -> None:
    write_settings(tmp_path / "zos", hours_at(start))
    found = LayerFolder(tmp_path / "zos").read()
    crons = {layer.name: layer.cron for layer in found.layers if layer.cron is not None}
    assert len(crons) == 7
    assert found.zone_name == "UTC"

    def fires(layer: layers.Layer, days: int) -> tuple[datetime, ...]:
        since = start - MINUTE + timedelta.resolution
        return fires_between(Schedule(crons[layer.name]), since, since + days * DAY)

    for layer in layers.AT_NIGHT:
        [fire] = fires(layer, 1)
        assert start - MINUTE < fire <= start
    assert fires(layers.SUBJECTS, 1) == (fire + MINUTE,)
    [weekly] = fires(layers.META, 7)
    assert (weekly - USUAL_GAP).isoweekday() == 7
    assert (weekly - USUAL_GAP - fire) % DAY == timedelta()


@pytest.mark.parametrize("speed", [0.2, 1.0, 5.0])
@pytest.mark.parametrize("start", STARTS, ids=str)
async def test_every_run_belongs_to_its_hour(start: datetime, speed: float, tmp_path: Path) -> None:
    path, zos = write_folder(tmp_path / "zos", start, speed=speed)
    with zos:
        before = await nights_at(path, start)
        open_outcomes = {slot.outcome for slot in slots(before.nights[:1])}
        assert open_outcomes <= {Outcome.DUE, Outcome.TO_COME}
        assert len(slots(before.nights[:1])) == len(TONIGHT)
        stage = Stage(zos)
        for step in plan_nights(seed=SEED, nights=1):
            now = start + timedelta(seconds=step.at / speed)
            stage.play(step, now)
    after = await nights_at(path, now)
    told = slots(after.nights)
    tonight = [slot for slot in told if slot.due_at > start - MINUTE]
    assert {slot.layer_name for slot in tonight if slot.run is not None} == TONIGHT
    assert len(told) == len(TONIGHT) * (NIGHTS + 1)
    gone = [slot for slot in told if slot.run is None]
    killed = [start - (history.KILLED_AGE + 1) * DAY < slot.due_at < start for slot in gone]
    assert [slot.layer_name for slot in gone] == [layers.SUBJECTS.name]
    assert killed == [True]
    parts = [layer for night in after.nights for layer in night.layers]
    assert not [run for part in parts for run in part.off_schedule]
    assert not [slot for slot in told if slot.run is not None and slot.run.too_early_for]


@pytest.mark.parametrize("start", STARTS, ids=str)
def test_nothing_of_the_history_is_of_tonight(start: datetime, tmp_path: Path) -> None:
    path, zos = write_folder(tmp_path / "zos", start)
    zos.close()
    at_night = "layer_name LIKE 'nightly-%' AND completed_at IS NOT NULL"
    begun = values(path, f"SELECT started_at FROM layer_runs WHERE {at_night} ORDER BY 1")
    assert f"{start - DAY - MINUTE:%Y-%m-%d %H:%M}" < begun[-1] < f"{start - DAY / 2:%Y-%m-%d %H}"
    assert begun[0] < f"{start - (NIGHTS - 1) * DAY:%Y-%m-%d %H:%M:%S}"


@pytest.mark.parametrize("start", [STARTS[4], STARTS[5], STARTS[6] + 6 * DAY], ids=str)
async def test_the_weekly_layers_keep_their_day(start: datetime, tmp_path: Path) -> None:
    now = start + 4 * DAY
    path, zos = write_folder(tmp_path / "zos", now)
    zos.close()
    found = await nights_at(path, now)
    parts = [layer for night in found.nights for layer in night.layers]
    weekly = [part for part in parts if part.layer_name == layers.META.name]
    assert [slot.run is not None for part in weekly for slot in part.slots] == [True]
    assert not [run for part in weekly for run in part.off_schedule]


def test_a_live_folder_is_due_now() -> None:
    until = STARTS[0]
    with DemoFolder(nights=1, until=until) as demo:
        found = {layer.name: layer.cron for layer in LayerFolder(demo.root).read().layers}
    assert found == {layer.name: hours_at(until).cron(layer) for layer in layers.ALL}
    assert found[layers.USERS.name] == "7 15 * * *"
