"""The dashboard over a server that is lost and found again, or that offers next to nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from tests.remote.zos_server import ZosServer, zos_serving
from tests.tui.degraded import REFUSED, ListsOnly, driving_service
from tests.tui.driving import NARROW, NOW, WIDE, Clock, Driver
from zos_monitor.demo.writer import ZosWriter
from zos_monitor.remote import zos_poll
from zos_monitor.remote.http import Http
from zos_monitor.remote.zos_api import ZosApiService
from zos_monitor.remote.zos_poll import BackOff


@pytest.fixture(autouse=True)
def _often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look as often as is asked for, however busy this machine is."""
    monkeypatch.setattr(zos_poll, "_SHARE", 0)


@asynccontextmanager
async def served(
    path: Path, *, size: tuple[int, int] = WIDE, interval: float = 0.2
) -> AsyncIterator[tuple[Driver, ZosServer]]:
    """Open the dashboard over a server that can be stopped."""
    clock = Clock()
    async with zos_serving(path, now=NOW) as server:
        service = ZosApiService(
            Http(server.url),
            clock=clock,
            poll_interval=interval,
            back_off=BackOff(first=0.02, last=0.1),
        )
        async with driving_service(service, clock, size=size) as driver:
            await driver.settled()
            yield driver, server


@pytest.mark.parametrize("size", [WIDE, NARROW])
async def test_a_lost_server_leaves_what_it_has_told(history: Path, size: tuple[int, int]) -> None:
    async with served(history, size=size) as (driver, server):
        await driver.press("j", "j")
        await driver.settled()
        rows = [row[11:] for row in driver.rows()]
        counts, selected = driver.counts, driver.selected
        driver.clock.now += timedelta(minutes=12)
        await server.stop()
        await driver.until(lambda: "server unreachable since 12:12:00" in driver.lines()[0])
        assert "live" not in driver.lines()[0]
        await driver.until(lambda: "refuses the connection" in driver.notice)
        assert "last good data stays below" in driver.notice
        assert driver.notice.lower().endswith("trying again")
        assert [row[11:] for row in driver.rows()][:5] == rows[:5]
        assert driver.counts == counts
        assert driver.selected == selected
        await driver.press("j", "k", "r", "n", "o", "e", "escape", "x", "escape", "2", "1")
        assert "server unreachable since 12:12:00" in driver.lines()[0]
        assert driver.app.return_code is None
        assert not driver.app._notifications
        with ZosWriter(history) as zos:
            zos.raw_run(id="new", started_at=NOW + timedelta(minutes=5))
        await server.start()
        await driver.until(lambda: driver.counts == (counts[0] + 1, counts[1] + 1))
        await driver.settled()
        await driver.until(lambda: "live" in driver.lines()[0])
        assert driver.notice.startswith("zos's own API")


async def test_a_question_that_meets_no_server_is_told_at_once(history: Path) -> None:
    async with served(history, interval=3600) as (driver, server):
        await server.stop()
        await driver.press("G")
        await driver.until(lambda: "server unreachable since 12:00:00" in driver.lines()[0])
        await server.start()
        await driver.until(lambda: "live" in driver.lines()[0])
        await driver.settled()


async def test_paused_it_is_not_asked_until_r(history: Path) -> None:
    async with served(history) as (driver, server):
        await driver.press("space")
        await driver.until(lambda: "paused" in driver.lines()[0])
        counts = driver.counts
        with ZosWriter(history) as zos:
            zos.raw_run(id="new", started_at=NOW)
        asked = len(server.asked)
        for _ in range(5):
            await driver.pilot.pause()
        assert len(server.asked) <= asked + 1
        assert driver.counts == counts
        await driver.press("r")
        await driver.until(lambda: driver.counts == (counts[0] + 1, counts[1] + 1))
        assert "paused" in driver.lines()[0]
        await driver.press("space")
        await driver.until(lambda: "live" in driver.lines()[0])


async def test_nothing_but_lists_is_enough_for_a_dashboard(history: Path) -> None:
    clock = Clock()
    service = ListsOnly(history, clock)
    async with driving_service(service, clock) as driver:
        await driver.until(lambda: driver.counts[0] == driver.dashboard.runs.row_count > 0)
        await driver.until(lambda: "tonight: not offered" in driver.lines()[0])
        panel = driver.dashboard.layers_panel
        await driver.until(lambda: REFUSED in panel.render_line(0).text.lower())
        assert REFUSED in " ".join(driver.strip).lower()
        for key in "123456":
            await driver.press(key)
            await driver.until(lambda: REFUSED in "\n".join(driver.told()).lower())
        for key in ("e", "L", "T"):
            await driver.press(key)
            await driver.until(lambda: REFUSED in driver.text().lower())
            await driver.press("escape")
        for keys in (["n"], ["colon", "7", "d", "enter"]):
            await driver.press(*keys)
            await driver.until(lambda: REFUSED in driver.lines()[-1].lower())
            await driver.press("j")
        await driver.press("x", "enter")
        await driver.until(lambda: REFUSED in driver.text().lower())
        await driver.press("escape", "escape")
        assert "live" in driver.lines()[0]
        assert driver.notice == ""
        assert not driver.app._notifications


def more_than(driver: Driver, count: int) -> bool:
    return driver.counts[0] > count


async def test_what_was_refused_is_asked_again_only_on_demand(history: Path) -> None:
    clock = Clock()
    service = ListsOnly(history, clock)
    async with driving_service(service, clock) as driver:
        await driver.until(lambda: "tonight: not offered" in driver.lines()[0])
        with ZosWriter(history) as zos:
            zos.raw_run(id="new", started_at=NOW)
        await driver.until(lambda: driver.selected is not None and driver.counts[0] > 0)
        for n in range(3):
            with ZosWriter(history) as zos:
                zos.raw_run(id=f"new-{n}", started_at=NOW)
            await driver.until(partial(more_than, driver, driver.counts[0]))
        surroundings = {"present", "nights", "pasts"}
        assert {service.refused[name] for name in surroundings} == {1}
        await driver.press("r")
        await driver.until(lambda: {service.refused[name] for name in surroundings} == {2})
