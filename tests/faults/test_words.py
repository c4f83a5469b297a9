"""What is said of a fault in the header and in the notice: nothing that matters is cut."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.tui.driving import NARROW, NOW, WIDE, Driver, dashboard
from zos_monitor.demo.writer import ZosWriter
from zos_monitor.model.changes import Health
from zos_monitor.model.faults import FaultKind
from zos_monitor.store import faults
from zos_monitor.tui import trouble_screen
from zos_monitor.tui.widgets.status_line import _FAULTS

LEAST = 60, 15


def test_every_fault_has_words_for_the_header() -> None:
    assert _FAULTS.keys() == set(FaultKind)


@pytest.fixture
def deep(tmp_path: Path) -> Path:
    """Return the path of a database whose name is very long."""
    path = tmp_path.joinpath(*["a-folder-deep-down"] * 9) / "zos.db"
    path.parent.mkdir(parents=True)
    with ZosWriter(path) as zos:
        zos.raw_run(id="run", started_at=NOW - timedelta(minutes=5))
    return path


def notice_in_view(driver: Driver) -> str:
    region = driver.dashboard.notice.region
    return " ".join(line.strip() for line in driver.lines()[region.y : region.bottom])


@pytest.mark.parametrize("size", [WIDE, NARROW, LEAST])
async def test_header_and_notice_have_room_for_what_matters(
    deep: Path, size: tuple[int, int]
) -> None:
    since, good_at = NOW.replace(hour=3, minute=14), NOW.replace(hour=3, minute=12)
    told = [
        faults.missing(deep),
        faults.not_zos(deep, "its layer_runs has no column completed_at, started_at"),
        faults.unreachable(deep, PermissionError(13, "Permission denied")),
        faults.locked(deep),
        faults.slow(deep, 5),
        faults.explain(deep, _error(11, "database disk image is malformed")),
        faults.explain(deep, _error(8, "attempt to write a readonly database")),
        faults.explain(deep, _error(26, "file is not a database")),
        faults.explain(deep, _error(10, "disk I/O error")),
    ]
    async with dashboard(deep, size=size) as driver:
        screen = driver.dashboard
        for fault in told:
            screen.status.health = Health(since, fault.kind, fault.message, good_at)
            screen.tell_notice()
            await driver.pilot.pause()
            header, notice = driver.lines()[0], notice_in_view(driver)
            assert f"{_FAULTS[fault.kind]} since 03:14:00" in header, header
            assert "as of 03:12:00, " in header or size == LEAST
            assert "as of 03:12:00" in notice
            assert fault.message.rpartition(str(deep))[2].split()[-1] in notice
            assert "zos.db" in notice.replace(" ", "")  # a path is broken anywhere
        screen.status.health = Health(since, message=faults.MIXED)
        screen.tell_notice()
        await driver.pilot.pause()
        assert "start zos" in notice_in_view(driver)


def _error(code: int, words: str) -> Any:  # noqa: ANN401
    import sqlite3

    error = sqlite3.DatabaseError(words)
    error.sqlite_errorcode = code
    return error


async def test_what_waits_for_an_answer_is_not_live(
    path: Path, writer: ZosWriter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trouble_screen, "SLOW_SECONDS", 0.05)
    writer.raw_run(id="first", started_at=NOW - timedelta(minutes=5))
    async with dashboard(path) as driver:
        service: Any = driver.dashboard.service
        answers, ask = asyncio.Event(), service.run_slice

        async def slow(*arguments: Any, **options: Any) -> Any:  # noqa: ANN401
            await answers.wait()
            return await ask(*arguments, **options)

        monkeypatch.setattr(service, "run_slice", slow)
        writer.raw_run(id="second", started_at=NOW - timedelta(minutes=4))
        await driver.until(lambda: "database does not answer since 12:00" in driver.lines()[0])
        assert "live" not in driver.lines()[0]
        assert f"no answer from {path} for 0.05 seconds" in driver.notice
        assert "last good data stays below" in driver.notice
        answers.set()
        await driver.until(lambda: driver.counts == (2, 2))
        await driver.until(lambda: "live" in driver.lines()[0] and not driver.notice)
