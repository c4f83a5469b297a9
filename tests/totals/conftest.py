"""A service on a moving clock, and what it sums up from the start."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.totals.comparing import Clock
from tests.watching import Time
from zos_monitor import running_totals, sweep
from zos_monitor.service import RunService
from zos_monitor.store import probe, slices


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def service(path: Path, clock: Clock) -> AsyncIterator[RunService]:
    service = RunService(path, clock=clock)
    yield service
    await service.closed()


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Return what was begun to be summed up from the start, from now on."""
    found: list[object] = []
    begin = running_totals._begin

    async def noted(*arguments: object) -> object:
        found.append(arguments)
        return await begin(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(running_totals, "_begin", noted)
    return found


@pytest.fixture(params=[False, True], ids=["short", "long"])
def history_length(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Time:
    """Let a few runs count as a long history, or not; counts are due when the time moves."""
    standing = Time()
    monkeypatch.setattr(probe, "time", standing)
    if request.param:
        monkeypatch.setattr(probe, "FEW_RUNS", 3)
        monkeypatch.setattr(probe, "RECENT_ROWS", 4)
        monkeypatch.setattr(probe, "SLICE_ROWS", 4)
        monkeypatch.setattr(slices, "WINDOW_RUNS", 5)
        monkeypatch.setattr(slices, "SLICE_RUNS", 4)
        monkeypatch.setattr(running_totals, "MANY_RUNS", 6)
        monkeypatch.setattr(sweep, "GAP_SECONDS", 0.0)
    return standing
