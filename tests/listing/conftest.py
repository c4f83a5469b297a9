"""Lists of few runs that are gone through as if they were a million."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.totals.comparing import Clock
from tests.watching import Time
from zos_monitor import listing, order, ranking, tally
from zos_monitor.service import RunService
from zos_monitor.store import probe, scope


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def service(path: Path, clock: Clock) -> AsyncIterator[RunService]:
    service = RunService(path, clock=clock)
    yield service
    await service.closed()


@pytest.fixture
def counts_due(monkeypatch: pytest.MonkeyPatch) -> Time:
    """Return the time by which runs are counted again; it stands until it is moved."""
    standing = Time()
    monkeypatch.setattr(probe, "time", standing)
    return standing


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a few runs be many, so that every list is of many stretches and steps."""
    monkeypatch.setattr(tally, "NEAR", 6)
    monkeypatch.setattr(tally, "_FEW", 1)
    monkeypatch.setattr(tally, "_LEAST_STEP", 2)
    monkeypatch.setattr(tally, "_FIRST_STEP", 3)
    monkeypatch.setattr(tally, "_MOST_STEP", 5)
    monkeypatch.setattr(ranking, "_STEP", 4)
    monkeypatch.setattr(scope, "FEW", 4)
    for module in (order, tally, ranking):
        monkeypatch.setattr(module, "STEP_SECONDS", 1e-9)
    for module in (tally, ranking):
        monkeypatch.setattr(module, "MANY_RUNS", 25)
    monkeypatch.setattr(listing, "GAP_SECONDS", 0.0)


@pytest.fixture(params=["normal", "small"])
def size(request: pytest.FixtureRequest) -> str:
    """Have the same with many stretches and with few."""
    if request.param == "small":
        request.getfixturevalue("small")
    return str(request.param)
