"""Services that are followed, with a time that the tests move."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.totals.comparing import Clock
from tests.watching import QUICK
from zos_monitor.demo.writer import ZosWriter
from zos_monitor.service import RunService


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def service(path: Path, zos: ZosWriter, clock: Clock) -> AsyncIterator[RunService]:
    service = RunService(path, clock=clock, poll_interval=QUICK)
    yield service
    await service.closed()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a zos folder whose night has two starts: at 12:30 and at 13:00, soon after NOW."""
    layers = tmp_path / "zos" / "layers"
    layers.mkdir(parents=True)
    (tmp_path / "zos" / "config.yaml").write_text("{}")
    for name, cron in (("first", "30 12 * * *"), ("second", "0 13 * * *")):
        (layers / f"{name}.yaml").write_text(f'name: {name}\nschedule: "{cron}"\nnodes: []\n')
    return tmp_path / "zos"


@pytest.fixture
async def scheduler(
    path: Path, zos: ZosWriter, clock: Clock, folder: Path
) -> AsyncIterator[RunService]:
    service = RunService(path, clock=clock, zos_dir=folder, poll_interval=QUICK)
    yield service
    await service.closed()
