"""Errors that would fill a book: a cursor that moves on does not wait for them to be wrapped."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from tests.conftest import error
from tests.tui.driving import NARROW, NOW, Driver, dashboard
from zos_monitor.demo.writer import ZosWriter
from zos_monitor.model.text import visible
from zos_monitor.tui import run_text, text_pane

ERRORS, LINES = 200, 60


@pytest.fixture
def long(writer: ZosWriter, path: Path) -> Path:
    """Return a database in which every other run has very long errors."""
    with writer.batch():
        for number in range(10):
            message = "\n".join(f"line {line} of it" for line in range(LINES))
            errors = [error(f"{n}: {message}") for n in range(1, ERRORS + 1)]
            writer.raw_run(
                id=f"run-{number}",
                started_at=NOW - timedelta(minutes=number),
                status="failed",
                errors=json.dumps(errors if number % 2 else errors[:1]),
            )
    return path


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the messages that were read, from now on."""
    messages: list[str] = []

    def reading(text: str) -> str:
        messages.append(text)
        return visible(text)

    monkeypatch.setattr(run_text, "visible", reading)
    return messages


def known(driver: Driver) -> int:
    """Return how many lines the scroll bar of the detail knows of."""
    detail = driver.dashboard.detail
    assert detail.virtual_size.height == len(detail._text.lines)
    assert detail.vertical_scrollbar.window_virtual_size == detail.virtual_size.height
    return detail.virtual_size.height


async def test_moving_on_reads_little_more_than_is_seen(
    long: Path, read: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(text_pane, "_SLICES_APART", 1000.0)
    async with dashboard(long) as driver:
        for number in range(1, 10):
            read.clear()
            await driver.press("j")
            await driver.settled()
            assert driver.shown is not None
            assert driver.shown.id == f"run-{number}"
            assert len(read) <= 4
            assert "1: line 0 of it" in driver.text()
        assert known(driver) < 300


async def test_the_rest_is_wrapped_bit_by_bit_and_not_for_ever(
    long: Path, read: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(text_pane, "_SLICES_APART", 0.001)
    async with dashboard(long) as driver:
        await driver.press("j")
        await driver.until(lambda: known(driver) >= 5000)
        assert known(driver) < 6000
        assert driver.dashboard.detail._more is None
        await driver.press("j")
        await driver.settled()
        assert known(driver) < LINES + 30
        assert driver.dashboard.detail._text.whole


async def test_nothing_is_wrapped_out_of_sight(
    long: Path, read: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(text_pane, "_SLICES_APART", 0.001)
    async with dashboard(long, size=NARROW) as driver:
        detail = driver.dashboard.detail
        for key in ("j", "k", "j"):
            await driver.press(key)
            await driver.settled()
            assert detail._text.lines == []
            assert detail._more is None
        assert read == []
        await driver.press("enter")
        await driver.until(lambda: known(driver) >= 5000)
        assert "1: line 0 of it" in driver.text()
        await driver.press("escape", "k")
        await driver.settled()
        await driver.press("enter")
        await driver.until(lambda: "run-0" in driver.text())
        assert known(driver) < LINES + 40


async def test_scrolling_comes_to_the_end(long: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_pane, "_SLICES_APART", 1000.0)
    async with dashboard(long) as driver:
        await driver.press("j", "tab")
        await driver.settled()
        detail = driver.dashboard.detail
        pages = 0
        while detail.scroll_offset.y < detail.max_scroll_y and pages < 30:
            await driver.press("pagedown")
            pages += 1
        assert pages == 30  # more comes up all the time
        await driver.press("G")
        await driver.until(lambda: f"line {LINES - 1} of it" in driver.text())
        assert detail.scroll_offset.y == detail.max_scroll_y
        assert known(driver) > ERRORS * LINES
        last = driver.text()
        await driver.press("pageup", "G")
        await driver.until(lambda: driver.text() == last)


async def test_a_fresh_state_keeps_what_is_known_and_seen(
    long: Path, writer: ZosWriter, read: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(text_pane, "_SLICES_APART", 1000.0)
    async with dashboard(long) as driver:
        await driver.press("j", "tab", "G")
        await driver.settled()
        detail = driver.dashboard.detail
        before, top = known(driver), detail.scroll_offset.y
        read.clear()
        await driver.press("r")
        await driver.settled()
        assert read == []  # nothing about it is new
        writer._connection.execute("UPDATE layer_runs SET targets_matched = 99 WHERE id = 'run-1'")
        await driver.until(lambda: driver.shown is not None and driver.shown.targets_matched == 99)
        assert (known(driver), detail.scroll_offset.y) == (before, top)
        await driver.press("g")
        await driver.until(lambda: "of 99 processed" in driver.text())
