"""People and channels by their names: in the detail, and typed into the filter."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from tests.tui.driving import NARROW, NOW, WIDE, dashboard
from zos_monitor.demo.writer import ZosWriter

USER, OTHER, CHANNEL = "server:7:user:21", "server:7:user:22", "server:7:channel:5"


@pytest.fixture
def named(writer: ZosWriter, path: Path) -> Path:
    """Return a database of three runs: with errors about Ada, about nobody known, and with none."""
    writer.server("7", "The Owlery", created_at=NOW)
    writer.channel("5", "7", "general", created_at=NOW)
    writer.person("21", "7", "Ada [b]\x1b[31m", captured_at=NOW)
    for number, topics in enumerate([(USER, CHANNEL), (OTHER, None), ()], start=1):
        start = NOW - timedelta(hours=number)
        errors = [{"topic": topic, "error": "no answer", "node": "reflect"} for topic in topics]
        writer.raw_run(
            id=f"run-{number}",
            started_at=start,
            completed_at=start,
            status="failed",
            errors=json.dumps(errors),
        )
    return path


async def test_the_detail_names_topics_before_their_keys(named: Path) -> None:
    async with dashboard(named, size=WIDE) as driver:
        assert driver.shown is not None
        assert driver.shown.id == "run-1"
        assert "@Ada [b]␛[31m · #general" in driver.text()
        await driver.press("tab", "enter", "j")
        (line,) = (line for line in driver.lines() if USER in line)
        assert line.index("@Ada [b]␛[31m") < line.index(USER)
        assert CHANNEL in driver.text()
        at = next(y for y, line in enumerate(driver.lines()) if CHANNEL in line)
        styles = {
            text.strip(): segment_style
            for text, segment_style, _ in driver.app.screen._compositor.render_strips()[at]
        }
        name, key = (next(s for t, s in styles.items() if part in t) for part in ("#gen", CHANNEL))
        assert name is not None
        assert key is not None
        assert name.color != key.color


async def test_a_topic_without_a_known_name_is_its_key_alone(named: Path) -> None:
    async with dashboard(named, size=NARROW) as driver:
        await driver.press("j", "enter", "enter")
        await driver.settled()
        await driver.until(lambda: "no topic" in driver.text())
        (line,) = (line for line in driver.lines() if OTHER in line)
        assert line.strip(" │").startswith(OTHER)
        assert "@" not in driver.text()


@pytest.mark.parametrize("text", ["ada", "@Ada", "#gen"])
async def test_typing_a_name_filters(named: Path, text: str) -> None:
    async with dashboard(named) as driver:
        await driver.press("slash")
        await driver.type(text)
        await driver.until(lambda: driver.counts == (1, 3))
        await driver.press("enter")
        await driver.settled()
        assert driver.selected is not None
        assert driver.selected.id == "run-1"
        await driver.press("slash", "home", "minus", "enter")
        await driver.until(lambda: driver.counts == (2, 3))
