from __future__ import annotations

import sys

import pytest
from textual.app import App
from textual.drivers.linux_driver import LinuxDriver

from tests.waiting import eventually
from zos_monitor.tui.driver import QuietDriver
from zos_monitor.tui.driver_choice import _BUILT_ON, choose_driver, redraw


def test_the_quiet_driver_is_chosen_unless_another_is_asked_for() -> None:
    assert choose_driver(plain=False, environ={}) is QuietDriver
    assert choose_driver(plain=True, environ={}) is None
    assert choose_driver(plain=False, environ={"TEXTUAL_DRIVER": "some.where:Driver"}) is None


@pytest.mark.parametrize("name", _BUILT_ON)
def test_textual_chooses_where_a_part_is_missing(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for owner in LinuxDriver.__mro__:
        if name in vars(owner):
            monkeypatch.delattr(owner, name)
    assert choose_driver(plain=False, environ={}) is None


@pytest.mark.parametrize(
    "module", ["textual.drivers.linux_driver", "zos_monitor.tui.driver", "textual._xterm_parser"]
)
def test_textual_chooses_where_there_is_no_such_module(
    module: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, "zos_monitor.tui.driver")
    monkeypatch.setitem(sys.modules, module, None)
    assert choose_driver(plain=False, environ={}) is None


class Counting(App[None]):
    """Counts its frames."""

    frames = 0

    def post_display_hook(self) -> None:
        self.frames += 1


async def test_a_screen_is_redrawn_by_any_driver() -> None:
    async with Counting().run_test() as pilot:
        app = pilot.app
        assert isinstance(app, Counting)
        await pilot.pause()
        before = app.frames
        redraw(app.screen)
        await eventually(lambda: app.frames > before)
