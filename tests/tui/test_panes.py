"""Panes, sizes, help, palette and mouse."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from textual.binding import Binding

from tests.tui.driving import NARROW, WIDE, Driver, dashboard
from zos_monitor.tui.arrangement import LEAST, Arrangement, Pane, arrange
from zos_monitor.tui.glyphs import ASCII
from zos_monitor.tui.keys import DASHBOARD_KEYS
from zos_monitor.tui.over import Cover

RUNS, DETAIL, LAYERS = Pane.RUNS, Pane.DETAIL, Pane.LAYERS


@pytest.mark.parametrize(
    ("size", "pane", "zoomed", "panes", "totals_line"),
    [
        ((120, 40), RUNS, False, {RUNS, DETAIL, LAYERS}, False),
        ((120, 40), DETAIL, False, {RUNS, DETAIL, LAYERS}, False),
        ((120, 40), DETAIL, True, {DETAIL}, False),
        ((120, 24), RUNS, False, {RUNS, DETAIL}, True),
        ((120, 24), LAYERS, False, {LAYERS}, False),
        ((80, 40), RUNS, False, {RUNS, LAYERS}, False),
        ((80, 40), LAYERS, False, {RUNS, LAYERS}, False),
        ((80, 24), RUNS, False, {RUNS}, True),
        ((80, 24), DETAIL, False, {DETAIL}, False),
        ((80, 24), LAYERS, False, {LAYERS}, False),
        ((60, 15), RUNS, False, {RUNS}, True),
    ],
)
def test_arrangement(
    size: tuple[int, int], pane: Pane, zoomed: bool, panes: set[Pane], totals_line: bool
) -> None:
    shown = arrange(*size, pane=pane, zoomed=zoomed)
    assert shown == Arrangement(frozenset(panes), totals_line=totals_line)


@pytest.mark.parametrize("size", [(59, 15), (60, 14), (1, 1), (59, 400)])
def test_too_small_a_terminal_shows_no_pane(size: tuple[int, int]) -> None:
    assert arrange(*size, pane=RUNS, zoomed=False).too_small


def displayed(driver: Driver) -> set[str]:
    return {pane for pane in Pane if driver.dashboard.query_one(f"#{pane}").display}


async def test_tab_goes_round_the_panes(history: Path) -> None:
    async with dashboard(history) as driver:
        for pane in ("detail", "layers", "runs"):
            await driver.press("tab")
            assert driver.pane == pane
        await driver.press("shift+tab")
        assert driver.pane == "layers"
        assert displayed(driver) == set(Pane)


async def test_narrow_detail_replaces_the_list(history: Path) -> None:
    async with dashboard(history, size=NARROW) as driver:
        assert displayed(driver) == {RUNS}
        assert "last 7 days:" in driver.text()
        await driver.press("enter")
        assert displayed(driver) == {DETAIL}
        assert driver.pane == "detail"
        assert driver.selected is not None
        await driver.see_run()
        assert driver.selected.id in driver.text()
        await driver.press("escape")
        assert displayed(driver) == {RUNS}
        await driver.press("shift+tab")
        assert displayed(driver) == {LAYERS}
        assert "all layers" in driver.text()
        await driver.press("escape")
        assert driver.pane == "runs"


async def test_zoom_gives_a_pane_all_room(history: Path) -> None:
    async with dashboard(history) as driver:
        await driver.press("z")
        assert displayed(driver) == {RUNS}
        await driver.press("tab")
        assert displayed(driver) == {DETAIL}
        await driver.press("escape")
        assert displayed(driver) == set(Pane)
        assert driver.pane == "detail"


async def test_resizing_keeps_everything(history: Path) -> None:
    async with dashboard(history) as driver:
        await driver.press(*["j"] * 25)
        await driver.settled()
        selected = driver.selected
        sizes = [(80, 24), (60, 15), (20, 5), (1, 1), (200, 60), (80, 40), (120, 24), (120, 40)]
        for size in sizes:
            await driver.pilot.resize_terminal(*size)
            await driver.pilot.pause()
            assert driver.selected == selected
            if size >= LEAST:
                assert driver.selected in driver.dashboard.runs.runs_in_view, size
        assert driver.pane == "runs"


async def test_too_small_says_so_and_comes_back(history: Path) -> None:
    async with dashboard(history) as driver:
        await driver.pilot.resize_terminal(50, 10)
        await driver.until(lambda: "needs 60 columns and 15 lines" in driver.text())
        await driver.pilot.resize_terminal(*NARROW)
        await driver.until(lambda: "STARTED" in driver.text())
        await driver.press("j")
        await driver.until(lambda: driver.dashboard.runs.cursor_row == 1)


async def test_more_columns_where_there_is_more_room(history: Path) -> None:
    async with dashboard(history, size=(60, 15)) as driver:
        assert "TOKENS" not in driver.text()
        await driver.pilot.resize_terminal(220, 60)
        await driver.until(lambda: "TOKENS" in driver.dashboard.runs.render_line(0).text)


async def test_help_names_every_key(history: Path) -> None:
    async with dashboard(history, size=(120, 140)) as driver:
        await driver.press("question_mark")
        await driver.until(lambda: "Everywhere" in driver.text())
        text = driver.text()
        for binding in DASHBOARD_KEYS:
            assert isinstance(binding, Binding)
            assert binding.tooltip in text
            assert binding.id
        assert "To the end" in text
        assert "status:failed,partial" in text
        await driver.press("escape")
        assert driver.pane == "runs"


async def test_the_palette_runs_what_the_keys_do(history: Path) -> None:
    async with dashboard(history) as driver:
        await driver.press("ctrl+p")
        await driver.type("zoom")
        await driver.until(lambda: "Zoom the pane" in driver.text())
        await driver.press("down", "enter")
        await driver.until(lambda: displayed(driver) == {RUNS})


async def test_keys_can_be_remapped(history: Path) -> None:
    async with dashboard(history) as driver:
        driver.app.set_keymap({"pane.zoom": "f5", "move.down": "n"})
        await driver.press("n")
        await driver.until(lambda: driver.dashboard.runs.cursor_row == 1)
        await driver.press("f5")
        await driver.until(lambda: displayed(driver) == {RUNS})


async def test_the_mouse_selects_opens_and_presses_keys(history: Path) -> None:
    async with dashboard(history) as driver:
        await driver.pilot.click("#runs", offset=(5, 6))
        await driver.until(lambda: driver.dashboard.runs.cursor_row == 4)
        await driver.settled()
        await driver.pilot.click("#runs", offset=(5, 8), times=2)
        await driver.until(lambda: driver.pane == "detail")
        assert driver.dashboard.runs.cursor_row == 6
        await driver.until(lambda: "] tab" in driver.lines()[-1])
        zoom = driver.lines()[-1].index("z zoom")
        await driver.pilot.click("KeyLine", offset=(zoom, 0))
        await driver.until(lambda: displayed(driver) == {DETAIL})


async def test_the_footer_tells_what_can_be_done_in_a_run(history: Path) -> None:
    async with dashboard(history, size=(60, 15)) as driver:
        await driver.press("enter")
        told = "⏎ open  ] tab  n failure  Y copy  esc close  ? help"
        await driver.until(lambda: driver.lines()[-1].strip() == told)
        await driver.press("escape")
        await driver.until(lambda: "/ filter" in driver.lines()[-1])
        assert "] tab" not in driver.lines()[-1]


async def test_the_mouse_wheel_scrolls_without_selecting(history: Path) -> None:
    async with dashboard(history) as driver:
        selected, runs = driver.selected, driver.dashboard.runs
        runs._on_mouse_scroll_down  # noqa: B018
        runs.scroll_to(y=10, animate=False, immediate=True)
        await driver.until(lambda: runs.first_row == 10)
        await driver.until(lambda: len(runs.runs_in_view) == runs.rows_seen)
        assert driver.selected == selected
        await driver.press("j")
        await driver.until(lambda: runs.first_row == 1 or runs.first_row == 0)


async def test_detail_scrolls_and_keeps_its_place(history: Path) -> None:
    async with dashboard(history, filter_text="status:failed", size=NARROW) as driver:
        await driver.press("enter", "6")
        await driver.see_run()
        await driver.press("pagedown", "j", "down")
        detail = driver.tab
        await driver.until(lambda: detail.scroll_offset.y > 0)
        y, text = detail.scroll_offset.y, driver.text()
        await driver.press("r")
        await driver.settled()
        assert detail.scroll_offset.y == y
        assert driver.text() == text
        await driver.press("g")
        await driver.until(lambda: detail.scroll_offset.y == 0)
        await driver.press("G")
        await driver.until(lambda: detail.scroll_offset.y == detail.max_scroll_y)
        await driver.press("escape", "j", "enter")
        await driver.settled()
        assert detail.scroll_offset.y == 0


async def test_ascii_signs_and_borders(history: Path) -> None:
    async with dashboard(history, glyphs=ASCII) as driver:
        text = driver.text()
        assert "+ success" in text
        assert "+-" in text
        assert not set("▶✓◐✗●╭╮│…·") & set(text)


async def test_quit(history: Path) -> None:
    async with dashboard(history) as driver:
        await driver.press("q")
        await driver.until(lambda: driver.app.return_code == 0)


async def test_what_lies_over_the_dashboard_waits_for_room(history: Path) -> None:
    async with dashboard(history) as driver:
        for key in ("s", "question_mark", "ctrl+p"):
            await driver.press(key)
            await driver.until(lambda: driver.app.screen is not driver.dashboard)
            over = driver.app.screen
            await driver.pilot.resize_terminal(1, 24)
            await driver.until(lambda: isinstance(driver.app.screen, Cover))
            await driver.press(key, "escape")  # opens nothing here, and leaves nothing
            assert driver.app.screen_stack[1:-1] == [over]
            await driver.pilot.resize_terminal(*WIDE)
            await driver.until(lambda over=over: driver.app.screen is over)  # type: ignore[misc]
            await driver.press("escape")
            await driver.until(lambda: driver.app.screen is driver.dashboard)
            assert "STARTED" in driver.text()


async def test_what_is_left_while_there_is_no_room_for_it_is_left_afterwards(
    history: Path,
) -> None:
    async with dashboard(history) as driver:
        await driver.press("question_mark")
        await driver.until(lambda: driver.app.screen is not driver.dashboard)
        over = driver.app.screen
        await driver.pilot.resize_terminal(59, 24)
        await driver.until(lambda: isinstance(driver.app.screen, Cover))
        assert "needs 60 columns" in driver.text()
        over.dismiss()
        await driver.pilot.resize_terminal(*WIDE)
        await driver.until(lambda: driver.app.screen is driver.dashboard)
        assert "STARTED" in driver.text()


async def test_the_line_that_is_edited_is_so_again_when_there_is_room(history: Path) -> None:
    async with dashboard(history) as driver:
        await driver.press("slash", *"layer:")
        line = driver.dashboard.filter_bar.line
        await driver.until(lambda: line.value == "layer:")
        for size in ((1, 1), (59, 40), WIDE):
            await driver.pilot.resize_terminal(*size)
        await driver.until(lambda: line.has_focus)
        await driver.press("x")
        await driver.until(lambda: line.value == "layer:x")


async def test_no_size_makes_the_layout_run_in_circles(
    history: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with dashboard(history) as driver:
        laid_out: list[object] = []
        layout = driver.dashboard._refresh_layout

        def noted(*args: Any, **options: Any) -> None:  # noqa: ANN401
            laid_out.append(layout(*args, **options))

        monkeypatch.setattr(driver.dashboard, "_refresh_layout", noted)
        for size in ((1, 24), (1, 1), (59, 14), (70, 1), (60, 15)):
            await driver.pilot.resize_terminal(*size)
            for _ in range(5):
                await driver.pilot.pause()
            assert laid_out, size
            laid_out.clear()
            for _ in range(10):
                await driver.pilot.pause()
            assert laid_out == [], size
