"""The filter line and the menus, through keys."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from textual.events import Key

from tests.tui.driving import NARROW, NOW, WIDE, Driver, dashboard
from zos_monitor.demo.writer import ZosWriter
from zos_monitor.model.states import RunState


def hint(driver: Driver) -> str:
    return str(driver.dashboard.filter_bar.hint.content)


def text(driver: Driver) -> str:
    return driver.dashboard.filter_bar.text


@pytest.mark.parametrize("size", [WIDE, NARROW])
async def test_typing_filters_at_once(history: Path, size: tuple[int, int]) -> None:
    async with dashboard(history, size=size) as driver:
        total = driver.counts[1]
        await driver.press("slash")
        await driver.type("status:failed")
        await driver.until(lambda: 0 < (driver.counts[0] or 0) < total)
        await driver.until(lambda: all("✗ failed" in row for row in driver.rows() if row.strip()))
        await driver.press("enter")
        await driver.settled()
        assert driver.pane == "runs"
        assert f"{driver.counts[0]} of {total}" in driver.lines()[1]
        assert driver.selected is not None
        assert driver.selected.state is RunState.FAILED
        totals = driver.dashboard.layers_panel.totals
        assert totals is not None
        assert set(totals.overall.counts) <= {RunState.FAILED}


async def test_a_mistake_is_marked_and_the_last_good_result_stays(history: Path) -> None:
    async with dashboard(history, filter_text="status:failed") as driver:
        counts, rows = driver.counts, driver.rows()
        await driver.press("slash")
        await driver.type(" status:wrong")
        await driver.until(lambda: hint(driver).startswith("wrong"))
        assert "Unknown state" in driver.lines()[2]
        assert driver.counts == counts
        assert driver.rows() == rows[: len(driver.rows())]
        await driver.press("escape")
        assert "Unknown state" in driver.lines()[2]  # it says so for as long as it stands there
        await driver.press("c")
        await driver.until(lambda: driver.counts[0] == driver.counts[1])
        assert "Unknown state" not in driver.text()


async def test_suggestions_follow_the_typing_and_tab_takes_one(history: Path) -> None:
    async with dashboard(history) as driver:
        total = driver.counts
        await driver.press("slash")
        assert "status:" in hint(driver)
        await driver.type("sta")
        await driver.until(lambda: hint(driver) == "status:")
        assert driver.counts == total  # a key in the making is no search word yet
        await driver.until(lambda: bool(driver.dashboard.filter_bar.line._suggestion))
        await driver.press("tab")
        await driver.until(lambda: text(driver) == "status:")
        assert "partial" in hint(driver)
        await driver.type("pa")
        await driver.until(lambda: driver.dashboard.filter_bar.line._suggestion == "status:partial")
        await driver.press("tab", "space")
        await driver.type("layer:")
        await driver.until(lambda: "weekly-meta-reflection" in hint(driver))


async def test_escape_leaves_then_clears(history: Path) -> None:
    async with dashboard(history) as driver:
        await driver.press("slash")
        await driver.type("layer:dm-response")
        await driver.until(lambda: driver.counts[0] != driver.counts[1])
        await driver.press("escape")
        assert driver.pane == "runs"
        assert text(driver) == "layer:dm-response"
        await driver.press("escape")
        await driver.until(lambda: driver.counts[0] == driver.counts[1])
        assert text(driver) == ""


async def test_the_selected_run_is_kept_where_it_matches(history: Path) -> None:
    async with dashboard(history) as driver:
        await driver.press(*["j"] * 12)
        await driver.settled()
        run = driver.selected
        assert run is not None
        await driver.press("slash")
        await driver.type(f"layer:{run.layer_name}")
        await driver.press("enter")
        await driver.until(lambda: driver.counts[0] != driver.counts[1])
        await driver.settled()
        assert driver.selected is not None
        assert driver.selected.id == run.id
        assert driver.selected in driver.dashboard.runs.runs_in_view


async def test_the_state_menu_edits_the_text(history: Path) -> None:
    async with dashboard(history) as driver:
        await driver.press("s")
        await driver.until(lambda: "space marks" in driver.text())
        await driver.press(*"jjjjj", "space", "j", "space", "enter")
        await driver.until(lambda: text(driver) == "status:partial,failed")
        await driver.settled()
        await driver.press("s", "g", "home", "enter")
        await driver.until(lambda: text(driver) == "")


async def test_the_layer_menu_takes_one_by_enter(history: Path) -> None:
    async with dashboard(history) as driver:
        await driver.press("l")
        await driver.until(lambda: "space marks" in driver.text())
        await driver.press("j", "enter")
        await driver.until(lambda: text(driver) == "layer:channel-speak")
        await driver.press("l", "escape")
        assert text(driver) == "layer:channel-speak"


async def test_the_window_menu_names_the_totals(history: Path) -> None:
    async with dashboard(history) as driver:
        assert "Layers, last 7 days" in driver.text()
        week = driver.dashboard.layers_panel.totals
        await driver.press("t")
        await driver.until(lambda: "30d" in driver.text())
        await driver.press("j", "j", "j", "enter")
        await driver.until(lambda: text(driver) == "since:30d")
        await driver.until(lambda: "Layers, last 30 days" in driver.text())
        month = driver.dashboard.layers_panel.totals
        assert week is not None
        assert month is not None
        assert month.overall.runs > week.overall.runs
        assert driver.counts[0] == month.overall.runs


async def test_enter_on_a_layer_filters_by_it(history: Path) -> None:
    async with dashboard(history) as driver:
        await driver.press("tab", "tab", "j", "enter")
        await driver.until(lambda: text(driver).startswith("layer:"))
        await driver.settled()
        name = text(driver).removeprefix("layer:")
        assert driver.pane == "runs"
        assert {run.layer_name for run in driver.dashboard.runs.runs_in_view} == {name}
        await driver.press("c", "L")
        await driver.until(lambda: "SHARE" in driver.text() and "P95" in driver.text())
        await driver.until(lambda: "channel-speak" in driver.text())
        await driver.press("j", "enter")  # the first line is that of all layers
        await driver.until(lambda: text(driver) == "layer:channel-speak")
        assert driver.pane == "runs"


async def test_sql_in_a_filter_matches_literally(writer: ZosWriter, path: Path) -> None:
    start = NOW - timedelta(hours=1)
    words = ("'; DROP TABLE layer_runs; --", '100%" OR 1=1', "a_b%", "\\")
    for name in ("plain", "axbc", *(f"odd {word} layer" for word in words)):
        writer.raw_run(id=name, layer_name=name, started_at=start, completed_at=start)
    async with dashboard(path) as driver:
        for word in words:
            await driver.press("slash")
            driver.dashboard.filter_bar.line.value = '"{}"'.format(
                word.replace("\\", "\\\\").replace('"', '\\"')
            )
            await driver.press("enter")
            hit = f"odd {word} layer"
            await driver.until(lambda hit=hit: (driver.selected and driver.selected.id) == hit)  # type: ignore[misc]
            await driver.settled()
            assert driver.counts == (1, 2 + len(words))


async def test_nothing_matches(history: Path) -> None:
    async with dashboard(history, filter_text="id:nothing-like-it") as driver:
        assert driver.counts[0] == 0
        assert driver.selected is None
        assert driver.shown is None
        assert "No run matches the filter" in driver.text()
        await driver.press("j", "k", "G", "g", "pagedown", "enter")
        await driver.press("c")
        await driver.until(lambda: driver.selected is not None)
        await driver.settled()


@pytest.mark.parametrize("opened", ["s", "ctrl+p"])
async def test_keys_that_come_faster_than_a_menu_closes_do_no_harm(
    history: Path, opened: str
) -> None:
    async with dashboard(history) as driver:
        for key in (opened, "pageup", "pagedown"):
            driver.app.post_message(Key(key, None))
        await driver.until(lambda: driver.app.screen is not driver.dashboard)
        opened_screen = driver.app.screen
        for key in ("down", "enter", "enter", "enter"):
            driver.app.post_message(Key(key, None))
        await driver.until(lambda: opened_screen not in driver.app.screen_stack)
        await driver.press("escape")
        assert driver.dashboard in driver.app.screen_stack
