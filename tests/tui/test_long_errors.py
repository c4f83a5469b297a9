"""Errors that would fill a book: neither the cursor nor the reader waits for them to be wrapped."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from tests.conftest import error
from tests.tui.driving import NARROW, NOW, WIDE, Driver, dashboard
from zos_monitor.demo.writer import ZosWriter
from zos_monitor.tui import text_pane
from zos_monitor.tui.reader import ReaderScreen
from zos_monitor.tui.text_pane import TextPane

ERRORS, LINES = 200, 12_000


@pytest.fixture
def long(writer: ZosWriter, path: Path) -> Path:
    """Return a database in which every other run has very many errors, and the first a book."""
    book = "\n".join(f"line {line} of it" for line in range(LINES))
    with writer.batch():
        for number in range(10):
            errors = [error("late " * 4_000, f"server:1:user:{n}") for n in range(ERRORS)]
            writer.raw_run(
                id=f"run-{number}",
                started_at=NOW - timedelta(minutes=number),
                status="failed",
                errors=json.dumps(errors if number % 2 else [error(book)]),
            )
    return path


async def reading(driver: Driver) -> TextPane:
    """Open the text under the cursor of the detail."""
    await driver.press("enter")
    await driver.until(
        lambda: (
            isinstance(driver.app.screen, ReaderScreen) and driver.app.screen.document is not None
        )
    )
    assert isinstance(driver.app.screen, ReaderScreen)
    return driver.app.screen.pane


def known(pane: TextPane) -> int:
    """Return how many lines the scroll bar of the reader knows of."""
    assert pane.virtual_size.height == len(pane._text.lines)
    assert pane.vertical_scrollbar.window_virtual_size == pane.virtual_size.height
    return pane.virtual_size.height


@pytest.mark.parametrize("size", [WIDE, NARROW])
async def test_moving_on_shows_the_cause_and_no_book(long: Path, size: tuple[int, int]) -> None:
    async with dashboard(long, size=size) as driver:
        await driver.press("tab")
        for number in range(1, 10):
            driver.dashboard.runs.move_to(number)
            await driver.settled()
            assert driver.shown is not None
            assert driver.shown.id == f"run-{number}"
            count = f"{ERRORS} errors" if number % 2 else "1 error"
            assert f"{count} of 1 cause" in driver.text()
        await driver.press("enter")
        await driver.until(lambda: f"{ERRORS - 1}" not in driver.text())


async def test_the_rest_is_wrapped_bit_by_bit_and_not_for_ever(
    long: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(text_pane, "_SLICES_APART", 0.001)
    async with dashboard(long, filter_text="id:run-0") as driver:
        await driver.press("tab")
        pane = await reading(driver)
        await driver.until(lambda: known(pane) >= 5_000)
        assert known(pane) < 6_000
        assert pane._more is None


async def test_scrolling_comes_to_the_end_and_back(
    long: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(text_pane, "_SLICES_APART", 1000.0)
    async with dashboard(long, filter_text="id:run-0") as driver:
        await driver.press("tab")
        pane = await reading(driver)
        assert known(pane) < 300
        for page in range(1, 10):
            await driver.press("pagedown")
            await driver.until(lambda: pane.scroll_offset.y == page * (pane.size.height - 1))  # noqa: B023
        assert pane.scroll_offset.y < pane.max_scroll_y  # more comes up all the time
        await driver.press("G")
        await driver.until(lambda: f"line {LINES - 1} of it" in driver.text())
        assert pane.scroll_offset.y == pane.max_scroll_y
        assert known(pane) > LINES
        await driver.press("escape", "enter", "g")
        await driver.until(lambda: "line 0 of it" in driver.text())


async def test_the_way_to_a_far_end_holds_nothing_up_and_can_be_left(
    long: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(text_pane, "_SLICES_APART", 1000.0)
    monkeypatch.setattr(text_pane, "_PRESSING", 0.0)
    async with dashboard(long, filter_text="id:run-0") as driver:
        await driver.press("tab")
        pane = await reading(driver)
        monkeypatch.setattr(text_pane, "_BREATH", 1000.0)
        await driver.press("G")
        await driver.until(lambda: pane.scroll_offset.y > 0)
        assert known(pane) < LINES
        monkeypatch.setattr(text_pane, "_BREATH", 0.001)
        await driver.press("g", "G", "g")
        await driver.until(lambda: pane._goal is None)
        assert pane.scroll_offset.y == 0
        await driver.press("G")
        await driver.until(lambda: known(pane) > LINES)
        await driver.until(lambda: pane.scroll_offset.y == pane.max_scroll_y)
