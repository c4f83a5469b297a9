"""The dashboard, redacted: no screen, no file and no clipboard has anything private."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.redaction.marked import MARK, PARTIAL
from tests.tui.driving import NOW, WIDE, Clock, Driver
from zos_monitor.redacting import RedactedService
from zos_monitor.service import RunService
from zos_monitor.tui import clipboard
from zos_monitor.tui.app import MonitorApp

BUSY = ("Reading", "gone through", "Looking")


class Reader:
    """One who looks at every screen, and at what is copied."""

    def __init__(self, driver: Driver, copied: list[str]) -> None:
        self.driver = driver
        self.copied = copied
        self.seen: list[str] = []

    async def press(self, *keys: str) -> str:
        """Press keys, and look at the screen after each once it has what was asked for."""
        for key in keys:
            await self.driver.press(key)
            await self.driver.until(lambda: not any(word in self.driver.text() for word in BUSY))
            self.seen.append(self.driver.text())
        return self.seen[-1]


@asynccontextmanager
async def reading(path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Reader]:
    copied: list[str] = []

    def taken(text: str, environ: Mapping[str, str]) -> str:
        copied.append(text)
        return ""

    monkeypatch.setattr(clipboard, "osc52", taken)
    clock = Clock(NOW)
    service = RedactedService(RunService(path, clock=clock, poll_interval=0.02))
    app = MonitorApp(service, filter_text=f"id:{PARTIAL}")
    async with app.run_test(size=WIDE) as pilot:
        driver = Driver(app, pilot, clock)
        await driver.settled()
        await driver.until(lambda: driver.dashboard.status.health is not None)
        yield Reader(driver, copied)


async def test_no_screen_has_anything_private(
    marked: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with reading(marked, monkeypatch) as reader:
        press, dashboard = reader.press, reader.driver.dashboard
        assert "redacted" in await press("enter")
        assert "(47 characters hidden)" in await press("enter")
        for tab, words in {"1": "Message", "3": "Prompt", "4": "As stored"}.items():
            text = await press(tab, "j", "enter")
            assert words in text
            assert "hidden)" in text
            assert "JSON" not in text
            assert text.count("character") == text.count(" hidden)")
            await press("y", "Y", "escape")
            assert dashboard.detail.has_focus_within
        assert "dyad" in await press("2", "Y")
        assert "New causes" in await press("5", "Y")
        assert "note" in await press("6", "Y", "G")
        assert "hidden" in await press("e", "Y")
        await press("g", "enter")
        assert 'cause:"hidden ' in dashboard.filter_bar.text
        await reader.driver.until(lambda: reader.driver.counts[0] == 1)
        assert "MODEL" in await press("L", "]")
        await press("escape", "T", "escape", "x", "escape")
    assert not [text for text in reader.seen if MARK in text.lower()]
    assert not [text for text in reader.copied if MARK in text.lower()]
    assert len(reader.copied) == 9
