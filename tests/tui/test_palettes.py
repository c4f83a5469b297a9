"""Keys in a hurry in Textual's palettes: what a soak of many keys has brought up."""

from __future__ import annotations

from pathlib import Path

from tests.tui.driving import dashboard
from zos_monitor.demo.writer import ZosWriter


async def test_a_theme_that_is_chosen_twice_is_chosen_once(zos: ZosWriter, path: Path) -> None:
    async with dashboard(path) as driver:
        driver.app.action_change_theme()
        await driver.until(lambda: "Search for themes" in driver.text())
        palette = driver.app.screen
        palette.dismiss(None)
        palette.dismiss(None)  # as by another Enter that was under way
        await driver.until(lambda: driver.app.screen is driver.dashboard)
