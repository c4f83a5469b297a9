"""What comes before there is a screen for it: answers, keys, and being told to leave."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from rich.console import RenderableType
from textual import events

from tests.conftest import NOW, service_on
from tests.tui.driving import WIDE
from tests.waiting import eventually
from zos_monitor.model.filters import RunFilter
from zos_monitor.polling import Poll
from zos_monitor.service import RunService
from zos_monitor.tui import app as app_module
from zos_monitor.tui.app import MonitorApp
from zos_monitor.tui.dashboard import DashboardScreen
from zos_monitor.tui.first_rows import FirstAnswer, FirstRows
from zos_monitor.tui.opening import answered


class Hasty(MonitorApp):
    """Is told things while its screen is still being made."""

    CSS_PATH = str(Path(app_module.__file__).with_name("zos_monitor.tcss"))

    def __init__(self, service: RunService, *, keys: str = "", status: int | None = None) -> None:
        super().__init__(service)
        self.keys = keys
        self.status = status
        self.left_a_screen = False

    async def on_load(self) -> None:
        for key in self.keys:
            await self.on_event(events.Key(key, key))
        if self.status is not None:
            self.leave(self.status)

    def exit(
        self, result: None = None, return_code: int = 0, message: RenderableType | None = None
    ) -> None:
        self.left_a_screen = bool(self.query("#runs"))
        super().exit(result, return_code, message)


async def test_an_app_that_is_told_to_leave_has_a_screen_first(history: Path) -> None:
    app = Hasty(service_on(history), status=143)
    async with asyncio.timeout(10):
        await app.run_async(headless=True, size=WIDE)
    assert app.return_code == 143
    assert app.left_a_screen


async def test_early_keys_come_to_the_screen_in_their_order(history: Path) -> None:
    app = Hasty(service_on(history), keys="zq")
    async with asyncio.timeout(10):
        await app.run_async(headless=True, size=WIDE)
    assert app.return_code == 0
    assert app.left_a_screen


async def test_the_first_frame_has_the_first_answer(history: Path) -> None:
    service, first_rows = service_on(history), FirstRows()
    page = await service.run_slice(RunFilter(), now=NOW)
    first_rows.answer = FirstAnswer(page, NOW)
    app = MonitorApp(service, first_rows=first_rows)
    async with app.run_test(size=WIDE) as pilot:
        screen = app.screen
        assert isinstance(screen, DashboardScreen)
        assert screen.runs.selected == page.runs[0]
        assert screen.filter_bar.count is page
        await eventually(lambda: screen.layers_panel.totals is not None)
        await pilot.pause()


async def test_a_first_question_that_fails_has_the_poll_look_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[Poll] = []
    monkeypatch.setattr(Poll, "look_now", lambda poll: looks.append(poll))
    service = service_on(tmp_path / "later.db")
    asking = asyncio.ensure_future(service.newest(RunFilter(), limit=9))
    assert await answered(service, asking, 10) is None
    assert looks == [service.poll]


async def test_a_first_question_that_takes_too_long_is_given_up(history: Path) -> None:
    asking = asyncio.ensure_future(asyncio.Event().wait())
    assert await answered(service_on(history), asking, 0) is None
    assert asking.cancelled()
