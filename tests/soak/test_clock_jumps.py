"""Clocks that are put, machines that sleep, days of 23 hours: all is told by the new time soon."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.tui.driving import NOW, Clock, Driver, dashboard
from zos_monitor.demo.writer import ZosWriter
from zos_monitor.model.filters import parse_filter
from zos_monitor.model.jumps import Jumps
from zos_monitor.remote import service as remote_service
from zos_monitor.remote.http import Http
from zos_monitor.remote.service import RemoteService
from zos_monitor.service import RunService
from zos_monitor.tui import outlook_screen

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LAYER = "nightly-user-reflection"
JUMPS = (5 * HOUR, -10 * HOUR, 3 * DAY, -400 * DAY, 800 * DAY, -395 * DAY, -3 * DAY)
SOON = 0.05


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Have jumps noticed soon, and return when the screen looked for what is next to turn."""
    monkeypatch.setattr(outlook_screen, "_LOOK_UP", SOON)
    found: list[float] = []
    schedule = outlook_screen.OutlookScreen.schedule_tick

    def noted(screen: outlook_screen.OutlookScreen) -> None:
        found.append(time.monotonic())
        schedule(screen)

    monkeypatch.setattr(outlook_screen.OutlookScreen, "schedule_tick", noted)
    return found


def first_row(driver: Driver, text: str) -> Callable[[], bool]:
    return lambda: driver.rows()[0].lstrip().startswith(text)


def total(driver: Driver) -> int:
    totals = driver.dashboard.layers_panel.totals
    return -1 if totals is None else sum(totals.overall.counts.values())


async def test_the_screen_follows_a_clock_that_jumps(
    zos: ZosWriter, path: Path, looks: list[float]
) -> None:
    started = NOW - 3 * HOUR
    run = zos.start_run(LAYER, started_at=started, targets_matched=3)
    zos.finish_run(run, completed_at=started + HOUR, processed=3)
    zos.start_run("channel-speak", started_at=started - HOUR, targets_matched=2)
    async with dashboard(path) as driver:
        clock, driver.dashboard._jumps = driver.clock, Jumps()  # when it is put, no time passes
        await driver.until(lambda: driver.known and first_row(driver, "3h ago")())
        clock.now = NOW + 5 * HOUR  # the machine has slept, and nobody has written
        await driver.until(first_row(driver, "8h ago"))
        clock.now = NOW - 5 * HOUR
        await driver.until(first_row(driver, "in 2h"))
        await driver.until(lambda: driver.strip != [] and "running" in driver.rows()[1])
        clock.now = NOW + 800 * DAY
        await driver.until(first_row(driver, "2026-11-21"))
        await driver.until(lambda: total(driver) == 0)  # none is of the last 7 days any more
        clock.now = datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC)  # one that has forgotten the time
        await driver.until(lambda: total(driver) == 2)
        await driver.press("e")
        await driver.press("escape")
        await driver.press("T")
        clock.now = NOW
        await driver.press("escape")
        await driver.until(first_row(driver, "3h ago"))
        await driver.until(lambda: total(driver) == 2)

        await driver.press("space")
        clock.now = NOW + 6 * HOUR
        await driver.until(first_row(driver, "9h ago"))  # though nothing is asked for
        asked = driver.dashboard.feed._listed_at
        await driver.press("space")
        await driver.until(lambda: driver.dashboard.feed._listed_at != asked)

        driver.dashboard.service.zone = ZoneInfo("Europe/Berlin")
        clock.now = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
        await driver.until(lambda: driver.lines()[0].rstrip().endswith("CEST"))
        clock.now += HOUR  # half past two for the second time
        await driver.until(lambda: driver.lines()[0].rstrip().endswith("CET"))
        began, so_far = time.monotonic(), len(looks)
        await driver.until(lambda: time.monotonic() - began > 10 * SOON)
        assert len(looks) - so_far <= 2 * (time.monotonic() - began) / SOON


def _rounded(value: Any) -> Any:  # noqa: ANN401
    """Return a value without the last digits of sums, which tell what was added when."""
    if isinstance(value, dict):
        return {key: _rounded(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(one) for one in value]
    return round(value, 6) if isinstance(value, float) else value


@pytest.mark.parametrize("filter_text", ["", "since:24h", "since:today status:failed,partial"])
async def test_answers_after_a_jump_are_those_of_a_service_that_begins_then(
    history: Path, filter_text: str
) -> None:
    clock, flt = Clock(), parse_filter(filter_text)
    old = RunService(history, clock=clock)

    async def told(service: RunService) -> list[object]:
        names = await service.layer_names()
        return [
            replace(await service.run_slice(flt, limit=20, now=clock.now), version=0),
            _rounded(asdict(await service.totals(flt, window="7d"))),
            (await service.present()).open_runs,
            await service.nights(),
            await service.pasts(names[:5]),
        ]

    await told(old)
    for jump in JUMPS:
        clock.now += jump
        new = RunService(history, clock=clock)
        assert await told(old) == await told(new), clock.now
        await new.closed()
    await old.closed()


async def test_a_remote_service_looks_into_its_server_after_a_jump(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = Clock()
    monkeypatch.setattr(remote_service, "utc_now", clock)
    service = RemoteService(Http("http://127.0.0.1:1"))
    service.clock()
    clock.now += timedelta(seconds=20)
    service.clock()
    assert not service.poll._asked
    service.poll.pause()
    clock.now += 8 * HOUR
    service.clock()
    assert not service.poll._asked  # who pauses is left alone
    service.poll.resume()
    service.clock()
    asked: list[bool] = [service.poll._asked]
    assert asked == [True]
    await service.closed()
