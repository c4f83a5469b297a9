"""Runs that become something else by the time alone: all of the screen follows, nobody commits."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.tui.driving import NOW, Driver, dashboard
from zos_monitor.demo.writer import ZosWriter
from zos_monitor.model.runs import RunSlice
from zos_monitor.model.states import RunState

MINUTE = timedelta(minutes=1)
LAYER = "nightly-user-reflection"


def begin(zos: ZosWriter, minutes: float) -> str:
    return zos.start_run(LAYER, started_at=NOW - minutes * MINUTE, targets_matched=15)


def told_as(driver: Driver, state: str) -> bool:
    """Tell whether all that tells of the first run's state says this."""
    totals = driver.dashboard.layers_panel.totals
    run = driver.selected
    return (
        run is not None
        and run.state == state
        and state in driver.rows()[0]
        and any(line.startswith("State") and state in line for line in driver.told())
        and totals is not None
        and totals.overall.counts == {RunState(state): 1}
    )


async def test_a_silent_run_stalls_everywhere(zos: ZosWriter, path: Path) -> None:
    begin(zos, 9)
    async with dashboard(path) as driver:
        await driver.until(lambda: told_as(driver, "running") and len(driver.strip) == 1)
        assert driver.strip[0].startswith(f" ▶ {LAYER}")
        await driver.tick(minutes=1)  # at the very end of its patience
        await driver.until(lambda: "last activity 10m ago" in driver.strip[0])
        assert told_as(driver, "running")
        assert "a shows" not in driver.lines()[0]
        await driver.tick(microseconds=1)
        await driver.until(lambda: told_as(driver, "stalled"))
        await driver.until(lambda: "stalled · last activity 10m ago" in driver.strip[0])
        assert driver.strip[0].startswith(f" ! {LAYER}")
        assert "▲ 1 stalled, a shows" in driver.lines()[0]
        assert "Activity  last activity 10m ago" in "\n".join(driver.told())
        await driver.tick(minutes=3)
        await driver.until(lambda: "stalled · last activity 13m ago" in driver.strip[0])
        assert "last activity 13m ago" in "\n".join(driver.told())
        zos.call(driver.selected.id, None, created_at=driver.clock.now)  # type: ignore[union-attr]
        await driver.until(lambda: told_as(driver, "running"))
        await driver.until(lambda: "stalled" not in driver.strip[0])


async def test_the_screen_wakes_up_by_itself_when_a_run_stalls(zos: ZosWriter, path: Path) -> None:
    begin(zos, 9)
    async with dashboard(path) as driver:
        await driver.until(lambda: told_as(driver, "running") and len(driver.strip) == 1)
        driver.clock.now += MINUTE - timedelta(microseconds=100)
        driver.dashboard.schedule_tick()  # due in less than a moment
        driver.clock.now += timedelta(microseconds=101)
        await driver.until(lambda: told_as(driver, "stalled"))


async def test_an_answer_that_takes_long_is_waited_for(
    zos: ZosWriter, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin(zos, 9)
    async with dashboard(path) as driver:
        await driver.until(lambda: told_as(driver, "running") and len(driver.strip) == 1)
        may_answer, asked, ask = asyncio.Event(), [0, 0], driver.dashboard.service.run_slice

        async def slow(*arguments: Any, **options: Any) -> RunSlice:  # noqa: ANN401
            asked[0] += 1
            await may_answer.wait()
            asked[1] += 1
            return await ask(*arguments, **options)

        monkeypatch.setattr(driver.dashboard.service, "run_slice", slow)
        await driver.tick(minutes=2)
        for _ in range(5):
            await driver.until(lambda: asked[0] > 0)
            await driver.tick(seconds=1)
            await driver.pilot.pause()
        assert asked == [1, 0]
        may_answer.set()
        await driver.until(lambda: told_as(driver, "stalled"))


async def test_nothing_turns_while_paused(zos: ZosWriter, path: Path) -> None:
    begin(zos, 9)
    async with dashboard(path) as driver:
        await driver.until(lambda: told_as(driver, "running") and driver.known)
        await driver.press("space")
        await driver.tick(minutes=5)
        for _ in range(20):
            await driver.pilot.pause()
        assert told_as(driver, "running")
        assert "a shows" not in driver.lines()[0]
        assert "last activity 14m ago" in driver.strip[0]  # the time goes on
        await driver.press("space")
        await driver.tick(minutes=1)
        await driver.until(lambda: told_as(driver, "stalled"))
        await driver.until(lambda: "▲ 1 stalled" in driver.lines()[0])


async def test_it_is_interrupted_when_its_layer_starts_again(zos: ZosWriter, path: Path) -> None:
    silent = begin(zos, 9)
    async with dashboard(path) as driver:
        await driver.until(lambda: told_as(driver, "running") and driver.known)
        await driver.tick(minutes=5)
        await driver.until(lambda: "stalled" in "".join(driver.strip))
        zos.start_run(LAYER, started_at=driver.clock.now, targets_matched=3, run_id="again")
        await driver.until(lambda: "~0/3" in "".join(driver.strip))
        assert len(driver.strip) == 1  # what is interrupted goes on no more
        await driver.settled()
        assert driver.selected is not None
        assert (driver.selected.id, driver.selected.state) == (silent, RunState.INTERRUPTED)
        assert "⊘ interr…" in driver.rows()[1]
        assert "the layer has started again since" in " ".join(" ".join(driver.told()).split())
        totals = driver.dashboard.layers_panel.totals
        assert totals is not None
        assert totals.overall.counts == {RunState.RUNNING: 1, RunState.INTERRUPTED: 1}


async def test_one_whose_layer_has_started_already_is_interrupted_by_the_time(
    zos: ZosWriter, path: Path
) -> None:
    begin(zos, 4)
    begin(zos, 1)
    async with dashboard(path) as driver:
        await driver.strip_of(2)
        await driver.tick(minutes=1)
        await driver.strip_of(1)
        assert "a shows" not in driver.lines()[0]  # another start tells what became of it
        await driver.until(lambda: any("⊘" in row for row in driver.rows()))


async def test_a_filter_by_state_follows(zos: ZosWriter, path: Path) -> None:
    begin(zos, 9)
    async with dashboard(path, filter_text="status:stalled") as driver:
        await driver.strip_of(1)
        assert driver.counts == (0, 1)
        await driver.tick(minutes=2)
        await driver.until(lambda: driver.counts == (1, 1))
        await driver.until(lambda: told_as(driver, "stalled"))
