"""Nights that read otherwise: by the time alone, and as another file takes the database's place."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

from tests.conftest import NOW
from tests.totals.comparing import Clock
from tests.watching import QUICK
from zos_monitor.demo.writer import ZosWriter
from zos_monitor.model.nights import Nights, Outcome
from zos_monitor.service import RunService

MINUTE = timedelta(minutes=1)
DUE = NOW - 5 * MINUTE


def folder_of(tmp_path: Path) -> Path:
    """Return a zos folder with one layer that is due each day at the time of ``DUE``."""
    layers = tmp_path / "zos" / "layers"
    layers.mkdir(parents=True)
    schedule = f"{DUE.minute} {DUE.hour} * * *"
    (layers / "a.yaml").write_text(f"name: a\nschedule: '{schedule}'\n", encoding="utf-8")
    return layers.parent


def outcomes(nights: Nights) -> list[Outcome]:
    return [slot.outcome for night in nights.nights for slot in night.layers[0].slots]


async def test_nights_turn_when_an_open_run_does(
    path: Path, zos: ZosWriter, tmp_path: Path
) -> None:
    zos.raw_run(layer_name="a", started_at=DUE, completed_at=None)
    clock = Clock()
    service = RunService(path, clock=clock, zos_dir=folder_of(tmp_path))
    running = await service.nights()
    assert outcomes(running) == [Outcome.TO_COME, Outcome.RUNNING]
    assert running.turns_at == DUE + 10 * MINUTE + timedelta.resolution
    clock.now = running.turns_at
    stalled = await service.nights()
    assert outcomes(stalled) == [Outcome.TO_COME, Outcome.STALLED]
    assert stalled.turns_at is not None
    assert stalled.turns_at > clock.now
    await service.closed()


async def test_nights_long_past_are_read_anew_in_another_file(
    path: Path, zos: ZosWriter, tmp_path: Path
) -> None:
    for day, status in ((8, "failed"), (7, "failed")):
        zos.raw_run(layer_name="a", started_at=DUE - timedelta(days=day), status=status)
    service = RunService(path, zos_dir=folder_of(tmp_path), clock=Clock(), poll_interval=QUICK)
    changes = service.changes()
    await anext(changes)
    assert Outcome.FAILED in outcomes(await service.nights())
    other = tmp_path / "other.db"
    with ZosWriter(other) as writer:
        writer.raw_run(layer_name="a", started_at=DUE - timedelta(days=8), status="success")
    zos.close()
    os.replace(other, path)
    before = service.poll.marks
    while before is not None and service.poll.marks.root is before.root:  # type: ignore[union-attr]
        await anext(changes)
    found = outcomes(await service.nights())
    assert Outcome.SUCCESS in found
    assert Outcome.FAILED not in found
    await service.closed()
