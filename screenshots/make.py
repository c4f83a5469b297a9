"""Make the README's screenshots from demo data at a fixed time.

Run it from the project's folder: ``python screenshots/make.py``.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from zos_monitor.demo.history import write_history
from zos_monitor.demo.settings_files import write_settings
from zos_monitor.demo.stage import Stage
from zos_monitor.demo.tonight import plan_nights
from zos_monitor.demo.writer import ZosWriter
from zos_monitor.model.redaction import Redaction
from zos_monitor.questions import Service
from zos_monitor.redacting import RedactedService
from zos_monitor.service import RunService
from zos_monitor.tui.app import MonitorApp
from zos_monitor.tui.dashboard import DashboardScreen

FOLDER = Path(__file__).parent
NIGHT = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
INTO_THE_NIGHT = timedelta(seconds=24)


class Shot(NamedTuple):
    """A screenshot: its file, the terminal's size, the filter, the keys pressed; or redacted."""

    name: str
    size: tuple[int, int]
    filter_text: str = ""
    keys: tuple[str, ...] = ()
    redacted: bool = False


SHOTS = (
    Shot("main", (120, 40)),
    Shot("narrow", (80, 24)),
    Shot("tonight", (120, 40), keys=("T",)),
    Shot("failed", (120, 40), "status:failed,partial since:14d", (*["j"] * 6, "tab")),
    Shot("targets", (120, 24), "status:partial layer:nightly-user-*", ("2", "enter", "z")),
    Shot("failures", (120, 30), keys=("e",)),
    Shot("figures", (120, 30), "since:30d", ("L",)),
    Shot("redacted", (120, 30), "status:failed since:14d", ("j", "tab", "enter"), redacted=True),
)


@contextmanager
def night() -> Iterator[Path]:
    """Make a zos folder with 30 nights, and another one going on; it is gone afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "zos"
        write_settings(root)
        path = root / "data" / "zos.db"
        path.parent.mkdir()
        with ZosWriter(path) as writer:
            write_history(writer, nights=30, until=NIGHT)
            stage = Stage(writer)
            for step in plan_nights(seed=7, nights=1):
                if step.at > INTO_THE_NIGHT.total_seconds():
                    break
                stage.play(step, NIGHT + timedelta(seconds=step.at))
        os.utime(path, ((NIGHT + INTO_THE_NIGHT).timestamp(),) * 2)
        yield root


async def take(shot: Shot) -> str:
    """Return a screenshot, as SVG, of the zos in the current folder."""
    now = NIGHT + INTO_THE_NIGHT
    service: Service = RunService(Path("data/zos.db"), zos_dir=Path(), clock=lambda: now)
    if shot.redacted:
        service = RedactedService(service, lambda: Redaction(b"the same at each make"))
    app = MonitorApp(service, filter_text=shot.filter_text)
    async with app.run_test(size=shot.size) as pilot:
        await settled(app)
        for key in shot.keys:
            await pilot.press(key)
            await settled(app)
        await pilot.pause()
        return app.export_screenshot(title="zos-monitor")


async def settled(app: MonitorApp) -> None:
    """Wait until list, detail, totals and what surrounds them are there."""
    screen = app.screen_stack[0]
    assert isinstance(screen, DashboardScreen)
    while True:
        await asyncio.sleep(0.02)
        selected, shown = screen.runs.selected, screen.detail.shown
        totals = screen.layers_panel.totals
        around = screen.outlook.nights and screen.outlook.pasts
        told = selected and shown and totals and around and selected.id == shown.id
        if told and not any(word in text_of(app) for word in ("Reading", "gone through")):
            return


def text_of(app: MonitorApp) -> str:
    """Return what is on the screen."""
    return "\n".join(strip.text for strip in app.screen._compositor.render_strips())


def main() -> None:
    """Write every screenshot beside this script."""
    with night() as root:
        os.chdir(root)
        for shot in SHOTS:
            svg = asyncio.run(take(shot))
            (FOLDER / f"{shot.name}.svg").write_text(svg, encoding="utf-8")


if __name__ == "__main__":
    main()
