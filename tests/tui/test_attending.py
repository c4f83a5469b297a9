"""What asks for attention: counted in the header until it is seen, and rung for once."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from textual.app import App

from tests.tui.driving import NARROW, NOW, WIDE, Driver, dashboard
from zos_monitor.demo.writer import ZosWriter
from zos_monitor.tui.glyphs import ASCII, UNICODE, Glyphs

MINUTE = timedelta(minutes=1)
LAYER = "nightly-user-reflection"


@pytest.fixture
def bells(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Return the bells that are rung from now on."""
    rung: list[object] = []
    monkeypatch.setattr(App, "bell", lambda app: rung.append(app))
    return rung


@pytest.fixture
def begun(zos: ZosWriter) -> list[str]:
    """Return runs that are open, the first begun first, above some that turned out badly."""
    for number, status in enumerate(("failed", "partial", "success")):
        start = NOW - timedelta(hours=number + 1)
        zos.raw_run(started_at=start, completed_at=start + MINUTE, status=status)
    zos.raw_run(started_at=NOW - 30 * MINUTE, completed_at=None, layer_name="silent")
    return [
        zos.start_run(f"layer-{n}", started_at=NOW - MINUTE * (4 - n), targets_matched=2)
        for n in range(4)
    ]


def end(zos: ZosWriter, run_id: str, status: str) -> None:
    zos.finish_run(run_id, completed_at=NOW, processed=1, status=status)


def header(driver: Driver) -> str:
    return driver.lines()[0]


async def test_what_turns_out_badly_is_counted_until_it_is_seen(
    zos: ZosWriter, path: Path, begun: list[str]
) -> None:
    async with dashboard(path) as driver:
        await driver.until(lambda: driver.known and len(driver.strip) == 5)
        assert "a shows" not in header(driver)  # what was there at the start is no news
        end(zos, begun[0], "failed")
        await driver.until(lambda: "▲ 1 failed, a shows" in header(driver))
        end(zos, begun[1], "partial")
        await driver.until(lambda: "▲ 1 failed, 1 partial, a shows" in header(driver))
        end(zos, begun[2], "success")
        await driver.strip_of(2)
        assert "▲ 1 failed, 1 partial, a shows" in header(driver)
        await driver.settled()
        # The newest run stands first; the cursor is there, and goes down to the partial one.
        await driver.press("j")
        await driver.until(lambda: driver.selected is not None and driver.selected.id == begun[2])
        assert "▲ 1 failed, 1 partial, a shows" in header(driver)
        await driver.press("j")
        await driver.until(lambda: "▲ 1 failed, a shows" in header(driver))
        assert driver.selected is not None
        assert driver.selected.id == begun[1]
        await driver.press("a")
        await driver.until(lambda: "a shows" not in header(driver))
        assert (driver.selected.id, driver.pane) == (begun[0], "detail")
        await driver.press("a")  # there is nothing more
        assert driver.selected.id == begun[0]


async def test_a_goes_to_each_in_turn_and_asks_the_filter_to_give_way(
    zos: ZosWriter, path: Path, begun: list[str]
) -> None:
    async with dashboard(path, filter_text="layer:layer-1,layer-3") as driver:
        await driver.until(lambda: driver.known and len(driver.strip) == 5)
        end(zos, begun[1], "failed")
        await driver.until(lambda: "▲ 1 failed" in header(driver))
        end(zos, begun[0], "failed")
        await driver.until(lambda: "▲ 2 failed" in header(driver))
        await driver.press("a")  # the one that has waited longest, and the filter shows it
        await driver.until(lambda: "▲ 1 failed" in header(driver) and driver.pane == "detail")
        await driver.until(lambda: driver.shown is not None and driver.shown.id == begun[1])
        assert driver.dashboard.filter_bar.text == "layer:layer-1,layer-3"
        await driver.press("a")
        await driver.until(lambda: driver.shown is not None and driver.shown.id == begun[0])
        await driver.settled()
        assert driver.dashboard.filter_bar.text == f"id:{begun[0]}"
        assert "a shows" not in header(driver)
        assert driver.counts == (1, 8)


async def test_one_that_the_cursor_is_on_already_is_counted_too(
    zos: ZosWriter, path: Path, begun: list[str]
) -> None:
    """Nobody may be looking: only who moves there, or asks for it, has seen it."""
    async with dashboard(path) as driver:
        await driver.until(lambda: driver.known and len(driver.strip) == 5)
        assert driver.selected is not None
        assert driver.selected.id == begun[3]
        end(zos, begun[3], "failed")
        await driver.until(lambda: "▲ 1 failed, a shows" in header(driver))
        zos.call(begun[3], None, created_at=NOW, cost=4.5)  # and so it is told anew
        await driver.until(lambda: "$4.50" in driver.rows()[0])
        await driver.settled()
        assert "▲ 1 failed, a shows" in header(driver)
        await driver.press("a")
        await driver.until(lambda: "a shows" not in header(driver) and driver.pane == "detail")


@pytest.mark.parametrize("bell", [True, False])
async def test_the_bell_rings_once_for_each_alarm(
    zos: ZosWriter, path: Path, begun: list[str], bells: list[object], bell: bool
) -> None:
    async with dashboard(path, bell=bell) as driver:
        await driver.until(lambda: driver.known and len(driver.strip) == 5)
        assert bells == []
        end(zos, begun[0], "success")
        await driver.strip_of(4)
        with zos.batch():
            end(zos, begun[1], "failed")
            end(zos, begun[2], "partial")
        await driver.until(lambda: "▲ 1 failed, 1 partial" in header(driver))
        assert len(bells) == bell
        zos.message("1", "2", created_at=NOW)
        await driver.press("r", "a")
        await driver.until(lambda: "1 partial, a shows" in header(driver))
        for _ in range(3):
            await driver.tick(minutes=1)
        await driver.settled()
        assert len(bells) == bell
        await driver.tick(minutes=9)  # silent for so long that it is stalled
        await driver.until(lambda: "1 partial, 1 stalled, a shows" in header(driver))
        await driver.until(lambda: len(bells) == 2 * bell)


@pytest.mark.parametrize(
    ("size", "glyphs"),
    [(WIDE, ASCII), (NARROW, UNICODE), ((60, 15), UNICODE)],
    ids=["wide", "narrow", "least"],
)
async def test_the_header_makes_room_for_it(
    zos: ZosWriter, path: Path, begun: list[str], size: tuple[int, int], glyphs: Glyphs
) -> None:
    async with dashboard(path, size=size, glyphs=glyphs) as driver:
        await driver.until(lambda: driver.known and bool(driver.strip))
        end(zos, begun[0], "failed")
        await driver.until(lambda: "1 failed" in header(driver))
        assert header(driver).rstrip().endswith("UTC")
        assert ("a shows  UTC" in header(driver)) == (size[0] > 60)
        assert header(driver).startswith(" zos  ")
        assert "live" in header(driver)
        assert len(header(driver)) == size[0]
        assert f"{glyphs.high} 1 failed" in header(driver)
