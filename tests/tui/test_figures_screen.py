"""The screen of the full statistics, driven by keys and by the mouse."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import pytest
from textual.pilot import Pilot

from tests.tui.driving import NARROW, WIDE
from tests.tui.figures import LAYERS, SAMPLE, Stage, breakdown, layer, stage
from tests.waiting import eventually
from zos_monitor.model.faults import DatabaseFault, FaultKind
from zos_monitor.tui import growing_screen
from zos_monitor.tui.figure_rows import View
from zos_monitor.tui.pacing import Pace

FAULT = DatabaseFault(FaultKind.LOCKED, "The database is locked.")


async def until(pilot: Pilot[None], condition: Callable[[], bool]) -> None:
    await eventually(condition)
    await pilot.pause()


async def test_keys_and_mouse_show_views_sort_and_choose_a_layer() -> None:
    async with stage() as (app, pilot):
        table = app.figures.table
        assert "all layers" in app.text()
        assert "cost per day" in app.text()
        await pilot.press("j", "j", "j")
        assert "nightly-dyad-reflection; 7 runs" in app.text()
        await pilot.press("o", "o", "o", "o")
        assert app.rows()[0] == "nightly-user-reflection"
        assert "by cost" in app.text()
        assert table.selected is not None
        assert table.selected.figures.name == "nightly-dyad-reflection"
        await pilot.press("O")
        assert app.rows()[0] == "channel-speak"
        await pilot.press("right_square_bracket")
        assert "all models; 1,267 calls" in app.text()
        await pilot.press("j", "enter")
        assert "anthropic/claude-sonnet-4-6; 1,210 calls" in app.text()
        await pilot.click("#figure-head", offset=(3, 0))
        assert table.view is View.LAYERS
        await pilot.press("2", "1")
        assert "nightly-dyad-reflection; 7 runs" in app.text()
        await pilot.press("t", "g", "enter")
        assert (app.windows, app.left) == (1, [])
        await pilot.click("#figures", offset=(5, 3), times=2)
        assert app.left == ["channel-speak"]


async def test_figures_grow_and_are_kept_until_others_have_come_or_the_screen_is_left(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(growing_screen, "_SLOW", 0.0)
    monkeypatch.setattr(Pace, "wait", lambda pace, now: 0.0)
    part = breakdown(LAYERS[:2], gone_through=0.37)
    other = breakdown([layer("other", 2)], gone_through=0.5)
    late = breakdown([layer("late", 3)])
    answers = (part, None, SAMPLE, other, None, FAULT, late, other, None)
    async with stage(*answers) as (app, pilot):
        await until(pilot, lambda: "37% gone through" in app.text())
        assert app.rows() == ["channel-speak", "dev_manual"]
        await pilot.press("j", "j")
        app.go_on.set()
        await until(pilot, lambda: len(app.rows()) == 4)
        assert "gone through" not in app.text()
        assert "dev_manual; 1 run" in app.text()
        app.figures.ask_again()
        await until(pilot, lambda: "50% gone through" in app.text())
        assert len(app.rows()) == 4
        app.figures.ask_again()
        assert app.asked == 2
        app.go_on.set()
        await until(pilot, lambda: "The database is locked." in app.text())
        assert len(app.rows()) == 4
        app.span = "last 24 hours"
        app.figures.ask_again()
        await until(pilot, lambda: app.rows() == ["late"])
        assert "By layer, last 24 hours" in app.text()
        assert "locked" not in app.text()
        app.figures.ask_again()
        await until(pilot, lambda: "50% gone through" in app.text())
        assert app.closed == app.asked - 1
        await pilot.press("escape")
        await until(pilot, lambda: app.closed == app.asked)
        assert app.left == [None]


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
@pytest.mark.parametrize("view", ["layers", "models"])
def test_pictures(snap_compare: Callable[..., bool], view: str, size: tuple[int, int]) -> None:
    async def ready(pilot: Pilot[None]) -> None:
        app = cast(Stage, pilot.app)
        await until(pilot, lambda: app.figures.is_mounted and app.figures.table.row_count > 0)
        await pilot.press("1" if view == "layers" else "2", "j", "j", "j")
        await pilot.pause()

    assert snap_compare(Stage(SAMPLE), terminal_size=size, run_before=ready)
