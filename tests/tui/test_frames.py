"""Frames: drawn at once, not too many, list and detail together, and by the timer if need be.

Pilot has a frame drawn whenever it pauses, so the keys come by other ways here.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from rich.console import RenderableType
from textual import events
from textual.screen import Screen

from tests.tui.driving import Driver, dashboard
from tests.waiting import eventually
from zos_monitor.model.runs import RunDetail
from zos_monitor.reports import log
from zos_monitor.tui import frames
from zos_monitor.tui.frames import Pace

LONG = 1000.0


class Frames:
    """The frames of a dashboard: of the cursor's run and the detail's run, what each shows."""

    def __init__(self, driver: Driver, monkeypatch: pytest.MonkeyPatch) -> None:
        self.shown: list[tuple[str, str]] = []
        self._driver = driver
        self._display = driver.app._display
        monkeypatch.setattr(driver.app, "_display", self._note)

    def _note(self, screen: Screen[object], frame: RenderableType | None) -> None:
        if frame is not None:
            selected, detail = self._driver.selected, self._driver.shown
            self.shown.append((selected.id if selected else "", detail.id if detail else ""))
        self._display(screen, frame)

    def press(self, key: str) -> None:
        driver = self._driver.app._driver
        assert driver is not None
        self.shown.clear()
        driver.send_message(events.Key(key, key if len(key) == 1 else None))

    async def both(self, row: int) -> None:
        """Wait until list and detail show the run at a row."""
        runs, driver = self._driver.dashboard.runs, self._driver
        await eventually(
            lambda: (
                runs.cursor_row == row
                and bool(self.shown)
                and driver.selected is not None
                and self.shown[-1] == (driver.selected.id, driver.selected.id)
            )
        )


@asynccontextmanager
async def drawing(
    path: Path, monkeypatch: pytest.MonkeyPatch, *, by_timer: bool = False
) -> AsyncIterator[tuple[Driver, Frames]]:
    """Open a dashboard whose timer draws nothing, and that may draw as much as it likes."""
    async with dashboard(path) as driver:
        await driver.settled()
        if not by_timer:
            monkeypatch.setattr(driver.dashboard._update_timer, "resume", lambda: None)
            driver.dashboard._pace = Pace(period=0.0)
        yield driver, Frames(driver, monkeypatch)


class Answers:
    """The answers to questions for one run, withheld until they may be given."""

    def __init__(self, driver: Driver, monkeypatch: pytest.MonkeyPatch) -> None:
        self.asked: list[str] = []
        self.dropped: list[str] = []
        self.may_come = asyncio.Event()
        self._ask = driver.dashboard.service.run
        monkeypatch.setattr(driver.dashboard.service, "run", self.answer)

    async def answer(self, run_id: str) -> RunDetail | None:
        self.asked.append(run_id)
        try:
            await self.may_come.wait()
        except asyncio.CancelledError:
            self.dropped.append(run_id)
            raise
        return await self._ask(run_id)


def test_the_pace_allows_some_at_once_and_then_one_by_one() -> None:
    pace = Pace(period=1.0, burst=3)
    assert [pace.allows(50.0) for _ in range(5)] == [True, True, True, False, False]
    assert [pace.allows(51.0) for _ in range(2)] == [True, False]
    assert sum(pace.allows(51 + n / 10) for n in range(101)) == 10
    assert [pace.allows(90.0) for _ in range(4)] == [True, True, True, False]


async def test_list_and_detail_change_in_one_frame_without_the_timer(
    history: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(frames, "_TOGETHER_SECONDS", LONG)
    async with drawing(history, monkeypatch) as (driver, drawn):
        page = driver.dashboard.runs.rows_seen - 1
        for key, row in (("j", 1), ("j", 2), ("pagedown", 2 + page), ("k", 1 + page)):
            drawn.press(key)
            await drawn.both(row)
            assert driver.selected is not None
            here = driver.selected.id
            assert [frame for frame in drawn.shown if here in frame] == [(here, here)], key


async def test_what_changes_at_once_is_one_frame(
    history: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with drawing(history, monkeypatch) as (driver, drawn):
        dashboard = driver.dashboard
        for pane in (dashboard.filter_bar, dashboard.keys, dashboard.detail, dashboard.runs):
            drawn.shown.clear()
            dashboard.status.refresh()
            asyncio.get_running_loop().call_soon(pane.refresh)
            await eventually(lambda: bool(drawn.shown))
            for _ in range(100):  # turns in which a second frame would come
                await asyncio.sleep(0)
            assert len(drawn.shown) == 1


async def test_the_list_waits_for_no_slow_detail(
    history: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with drawing(history, monkeypatch) as (driver, drawn):
        answers, before = Answers(driver, monkeypatch), driver.shown
        assert before is not None
        drawn.press("j")
        await eventually(lambda: bool(answers.asked))
        await eventually(lambda: (answers.asked[0], before.id) in drawn.shown)
        answers.may_come.set()
        await drawn.both(1)


async def test_a_held_key_leaves_no_questions_behind(
    history: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with drawing(history, monkeypatch) as (driver, drawn):
        answers = Answers(driver, monkeypatch)
        for count in range(1, 16):
            drawn.press("j")
            await eventually(lambda count=count: len(answers.asked) == count)  # type: ignore[misc]
            await eventually(lambda: answers.dropped == answers.asked[:-1])
        answers.may_come.set()
        await drawn.both(15)
        assert driver.shown is not None
        assert answers.asked[-1] == driver.shown.id


async def test_an_answer_that_is_waited_for_is_dropped_when_leaving(
    history: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with drawing(history, monkeypatch) as (driver, drawn):
        answers = Answers(driver, monkeypatch)
        drawn.press("j")
        await eventually(lambda: bool(answers.asked))
        assert answers.dropped == []
    assert answers.dropped == answers.asked


async def test_a_mistake_in_following_up_is_told_and_drawn_over(
    history: Path, monkeypatch: pytest.MonkeyPatch, noted: Path
) -> None:
    def wrong(run_id: str) -> None:
        raise RuntimeError(f"nobody expected {run_id}")

    async with drawing(history, monkeypatch) as (driver, drawn):
        before = driver.shown
        with monkeypatch.context() as patch:
            patch.setattr(driver.dashboard.service, "run", wrong)
            drawn.press("j")
            await eventually(lambda: "reading a run failed" in driver.notice)
            assert driver.dashboard.runs.cursor_row == 1
            assert driver.shown is before  # what it was, and the notice says so
            assert driver.app._exception is None
        await drawn.both(1)  # asked again, once it can be answered
        await eventually(lambda: driver.notice == "")
        drawn.press("j")
        await drawn.both(2)
    said = (noted / log.NAME).read_text()
    assert "reading a run failed" in said
    assert "nobody expected" not in said
    assert [path.name for path in noted.iterdir()] == [log.NAME]


async def test_more_frames_than_may_be_are_left_to_the_timer(
    history: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(frames, "_TOGETHER_SECONDS", LONG)
    async with drawing(history, monkeypatch) as (driver, drawn):
        resumed: list[bool] = []
        timer = driver.dashboard._update_timer
        monkeypatch.setattr(timer, "resume", lambda: resumed.append(True))
        driver.dashboard._pace = Pace(period=LONG, burst=1)
        drawn.press("j")
        await drawn.both(1)
        assert not resumed
        drawn.press("j")
        await eventually(lambda: bool(resumed))
        assert not drawn.shown
        driver.dashboard._on_timer_update()
        assert len(drawn.shown) == 1


@pytest.mark.parametrize("name", ["_DRAW", "_REASONS"])
async def test_another_textual_draws_by_its_timer(
    history: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(frames, name, ("_gone",) if name == "_REASONS" else "_gone")
    async with drawing(history, monkeypatch, by_timer=True) as (_, drawn):
        drawn.press("j")
        await drawn.both(1)
