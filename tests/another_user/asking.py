"""What the other users do: zos's writes, and the monitor asks every question."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime
from pathlib import Path

from zos_monitor.demo.writer import ZosWriter
from zos_monitor.model.faults import DatabaseFault
from zos_monitor.model.filters import parse_filter
from zos_monitor.service import RunService


def write(zos: ZosWriter) -> None:
    """Write a run that every question meets, as one that zos is at."""
    run = zos.raw_run(started_at=datetime.now(UTC))
    zos.call(run, "server:1:user:2", created_at=datetime.now(UTC))
    zos.insight(run, "server:1:user:2", created_at=datetime.now(UTC))


def write_and_close(path: Path | str, journal_mode: str = "wal") -> None:
    """Open the database as zos does, without patience; write, checkpoint and close."""
    with ZosWriter(path, journal_mode=journal_mode, busy_seconds=0) as zos:
        write(zos)
        zos._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


def write_again_and_again(path: Path | str, seconds: float) -> int:
    """Open, write and close for some seconds; return how often."""
    end, written = time.monotonic() + seconds, 0
    while time.monotonic() < end:
        with ZosWriter(path, seed=written) as zos:  # the ids of one millisecond differ
            write(zos)
        written += 1
    return written


async def _ask(path: Path) -> int:
    service, flt = RunService(path), parse_filter("")
    total = (await service.run_slice(flt, first=0)).total
    await asyncio.gather(
        service.newest(parse_filter("error:a Ada since:300d"), limit=50),
        service.run_slice(parse_filter("status:failed"), first=0),
        service.count(flt),
        service.totals(parse_filter("layer:*"), window="7d"),
        service.layer_names(),
        service.nights(),
        anext(service.changes()),
    )
    for run in await service.newest(flt, limit=3):
        await service.run(run.id)
    await service.closed()
    return total


def ask_everything(path: Path | str) -> int:
    """Ask each question, many at once; return how many runs there are."""
    return asyncio.run(_ask(Path(path)))


async def _go_on_asking(path: Path, seconds: float) -> int:
    end, answered = time.monotonic() + seconds, 0
    while time.monotonic() < end:
        service = RunService(path)
        try:
            await asyncio.gather(service.layer_names(), service.count(parse_filter("")))
            answered += 1
        except DatabaseFault:  # it is locked for a moment, or nobody has made it yet
            pass
        await service.closed()
    return answered


def go_on_asking(path: Path | str, seconds: float) -> int:
    """Ask for some seconds; return how often there was an answer."""
    return asyncio.run(_go_on_asking(Path(path), seconds))


async def _open(path: Path) -> str:
    from tests.tui.driving import dashboard  # zos opens none

    async with dashboard(path, now=datetime.now(UTC)) as driver:
        return driver.text()


def open_dashboard(path: Path | str) -> str:
    """Open the dashboard, wait until all is there, and return what it shows."""
    return asyncio.run(_open(Path(path)))
