"""From a failed run to its cause: by keys alone, and by the mouse alone."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from tests.conftest import error
from tests.tui.driving import NARROW, NOW, WIDE, Driver, dashboard
from zos_monitor.demo.writer import ZosWriter
from zos_monitor.tui.failures_screen import FailuresScreen
from zos_monitor.tui.reader import ReaderScreen
from zos_monitor.tui.tab_view import Tab
from zos_monitor.tui.widgets.failure_table import FailureTable

LIMIT = "Error code: 429 - {'type': 'error', 'error': {'type': 'rate_limit_error'}}"
ADA, BRAM = "server:1:user:2", "server:1:user:3"


def write_run(zos: ZosWriter, run_id: str, hours: float, **columns: object) -> None:
    start = NOW - timedelta(hours=hours)
    defaults: dict[str, object] = {
        "layer_name": "users",
        "layer_hash": "aaaa",
        "model_name": "claude-sonnet-4-6",
        "status": "success",
    }
    end = start + timedelta(seconds=60)
    zos.raw_run(id=run_id, started_at=start, completed_at=end, **{**defaults, **columns})


def failed(*errors: tuple[str, str]) -> dict[str, object]:
    listed = [error(message, topic) for message, topic in errors]
    return {"status": "failed", "errors": json.dumps(listed)}


@pytest.fixture
def runs(writer: ZosWriter, path: Path) -> Path:
    """Return a database of runs that differ from the success before them in one thing each."""
    write_run(writer, "hash", 1, layer_hash="bbbb")
    write_run(writer, "model", 2, model_name="claude-opus-4-6")
    write_run(
        writer, "errors", 3, **failed((LIMIT, ADA), (LIMIT, BRAM), ("Connection error.", ADA))
    )
    write_run(writer, "good", 4)
    call = {"created_at": NOW - timedelta(hours=2.99), "success": False, "error": LIMIT}
    writer.call("errors", ADA, **call)  # type: ignore[arg-type]
    return path


async def told_of(driver: Driver, row: int) -> str:
    """Return what the comparison says of the run in a row."""
    driver.dashboard.runs.move_to(row)
    await driver.settled()
    selected = driver.selected
    await driver.until(
        lambda: (
            (found := driver.dashboard.detail.matter.comparison) is not None
            and selected is not None
            and found.this.id == selected.id
        )
    )
    return "\n".join(driver.told())


@pytest.mark.parametrize("size", [WIDE, NARROW])
async def test_compare_tells_a_hash_a_model_and_an_error_apart(
    runs: Path, size: tuple[int, int]
) -> None:
    async with dashboard(runs, size=size) as driver:
        await driver.press("d")
        of_hash = await told_of(driver, 0)
        assert "Layer hash changed" in of_hash
        assert "≠ Layer hash" in of_hash
        assert "≠ Model" in of_hash  # for the last success before it is the one with the other
        of_model = await told_of(driver, 1)
        assert "≠ Model" in of_model
        assert "≠ Layer hash" not in of_model
        assert "New causes" not in of_model
        of_errors = await told_of(driver, 2)
        assert "≠ Layer hash" not in of_errors
        assert "≠ Model" not in of_errors
        assert "New causes" in of_errors
        assert "429 rate limit" in of_errors
        assert "connection error" in of_errors
        assert "There is no earlier success" in await told_of(driver, 3)


async def test_a_marked_run_is_what_others_are_compared_with(runs: Path) -> None:
    async with dashboard(runs) as driver:
        await driver.press("j", "j", "j", "m")
        assert "◆ users" in driver.rows()[3]
        await driver.press("d", "g")
        of_hash = await told_of(driver, 0)
        assert "arked run" in of_hash
        assert "≠ Model" not in of_hash  # the marked one has the same
        await driver.press("m", "m")
        await driver.until(lambda: "last success" in "\n".join(driver.told()).lower())
        assert "◆" not in driver.text()


@pytest.mark.parametrize("size", [WIDE, NARROW])
async def test_three_keys_lead_to_the_cause(runs: Path, size: tuple[int, int]) -> None:
    async with dashboard(runs, size=size) as driver:
        await driver.press("n", "enter")
        await driver.until(lambda: driver.selected is not None and driver.selected.id == "errors")
        await driver.until(lambda: "429 rate limit" in driver.text())
        assert "×2" in driver.text()
        await driver.press("enter", "j", "enter")
        await driver.until(lambda: "rate_limit_error" in driver.text())
        assert isinstance(driver.app.screen, ReaderScreen)
        await driver.press("right_square_bracket", "right_square_bracket")
        await driver.until(lambda: "Connection error." in driver.text())
        await driver.press("left_square_bracket")
        await driver.until(lambda: "rate_limit_error" in driver.text())
        await driver.press("y")
        await driver.until(lambda: "Copied the error's message" in driver.text())
        await driver.press("escape", "escape")
        assert driver.pane == "runs"


async def test_every_tab_is_a_click_away(runs: Path) -> None:
    async with dashboard(runs, filter_text="id:errors") as driver:
        detail = driver.dashboard.detail
        for tab in (*Tab, Tab.ERRORS):
            line = next(text for text in driver.lines() if " Run" in text and "Targets" in text)
            word = str(tab).capitalize()  # in whole words, where gaps are narrow too
            x = line.index(word) - detail.tabs.region.x
            await driver.pilot.click("TabLine", offset=(x, 0))
            await driver.until(lambda: detail.tab is tab)  # noqa: B023
            assert driver.pane == "detail"
            await driver.until(lambda: "Reading" not in "\n".join(driver.told()))
        await driver.press("3")
        await driver.until(lambda: "429 rate limit" in "\n".join(driver.told()))
        await driver.pilot.click(f"#{driver.tab.id}", offset=(4, 1), times=2)
        await driver.until(lambda: isinstance(driver.app.screen, ReaderScreen))


async def test_the_next_failure_is_found_where_it_is_not_loaded(
    writer: ZosWriter, path: Path
) -> None:
    with writer.batch():
        for number in range(900):
            state = failed((LIMIT, ADA)) if number in (5, 700, 850) else {}
            write_run(writer, f"run-{number:03}", number / 60, **state)
    async with dashboard(path) as driver:
        for key, row in (("n", 5), ("n", 700), ("n", 850), ("N", 700), ("N", 5)):
            await driver.press(key)
            await driver.until(lambda: driver.dashboard.runs.cursor_row == row)  # noqa: B023
            await driver.settled()
        await driver.press("N")
        await driver.until(lambda: "No newer run that went wrong" in driver.text())
        assert driver.dashboard.runs.cursor_row == 5


async def groups(driver: Driver) -> FailureTable:
    """Open the failures by cause, and wait for them."""
    await driver.press("e")
    screen = driver.app.screen
    assert isinstance(screen, FailuresScreen)
    await driver.until(lambda: screen.table.row_count > 1)
    return screen.table


async def test_a_group_of_failures_leads_to_its_runs(history: Path) -> None:
    async with dashboard(history, filter_text="since:14d") as driver:
        group = (await groups(driver)).selected
        assert group is not None
        await driver.press("enter")
        await driver.until(lambda: driver.dashboard.filter_bar.text.startswith("since:14d cause:"))
        await driver.until(lambda: driver.counts[0] == group.runs)
        assert driver.pane == "runs"
        table = await groups(driver)
        await driver.press("j")
        other = table.selected
        assert other is not None
        await driver.press("enter")  # another cause of the same runs
        await driver.until(lambda: driver.dashboard.filter_bar.text.count("cause:") == 2)
        await driver.until(lambda: driver.counts[0] == other.runs)


@pytest.mark.parametrize("key", ["e", "L", "T"])
async def test_what_comes_late_to_a_screen_that_was_left_is_nothing(
    history: Path, key: str
) -> None:
    async with dashboard(history) as driver:
        await driver.press(key)
        screen = driver.app.screen
        await driver.until(lambda: "Reading" not in driver.text())
        await driver.press("escape")
        await driver.until(lambda: driver.app.screen is driver.dashboard)
        await driver.until(lambda: not screen.is_attached and not screen.children)
        for handler in ("_tell_row", "_tell_group", "_say_remark"):
            if hasattr(screen, handler):
                getattr(screen, handler)()
