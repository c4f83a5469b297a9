"""What is imported before there is anything to see: no more than that takes."""

from __future__ import annotations

import json

import pytest

from tests.conftest import NOW
from tests.terminals import Terminal
from zos_monitor.demo.writer import ZosWriter

PROGRAM = """
import json, sys
from zos_monitor.cli import main
from zos_monitor.tui import first_rows

seen = {}
show = first_rows.FirstRows.show

def showing(self, text):
    show(self, text)
    seen["rows"] = sorted(sys.modules)
    from zos_monitor.tui.app import MonitorApp
    ready = MonitorApp.on_ready

    async def readying(self):
        await ready(self)
        seen["frame"] = sorted(sys.modules)
        with open(sys.argv.pop(), "w", encoding="utf-8") as file:
            json.dump(seen, file)
        self.exit()

    MonitorApp.on_ready = readying

first_rows.FirstRows.show = showing
main(sys.argv[1:-1])
"""

NEVER_AT_FIRST = (
    *("pydantic", "pydantic_core", "humanize", "yaml", "pygments", "rich.traceback"),
    "zos_monitor.demo",
    *("apscheduler", "zos_monitor.nights", "zos_monitor.layer_files", "zos_monitor.model.schedule"),
    *("zos_monitor.model.completion", "zos_monitor.model.filter_words", "zos_monitor.model.names"),
    *("zos_monitor.model.stats", "zos_monitor.model.sums"),
    *("zos_monitor.running_totals", "zos_monitor.ranking", "zos_monitor.printed.tables"),
    *("zos_monitor.store.names", "zos_monitor.store.total_queries"),
    *("zos_monitor.tui.choice", "zos_monitor.tui.filter_menus", "zos_monitor.tui.help"),
    *("zos_monitor.model.causes", "zos_monitor.model.tracebacks", "zos_monitor.sweep"),
    *("zos_monitor.failure_groups", "zos_monitor.breakdowns", "zos_monitor.exporting"),
    *("zos_monitor.tui.reading", "zos_monitor.tui.growing_screen", "zos_monitor.tui.export_screen"),
)
"""What is for later questions, for text that is typed, and for screens that are opened."""
BEFORE_TEXTUAL = ("textual", "rich.console", "zos_monitor.tui.app", "zos_monitor.tui.widgets")


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """Return the modules there are when the first rows are written, and at the first frame."""
    folder = tmp_path_factory.mktemp("startup")
    with ZosWriter(folder / "zos.db") as writer:
        run = writer.raw_run(targets_matched=5)
        writer.call(run, "server:1:user:2", created_at=NOW)
    told = folder / "modules.json"
    terminal = Terminal(
        *("--db", str(folder / "zos.db"), str(told)), folder=folder, program=("-c", PROGRAM)
    )
    try:
        assert terminal.end() == 0, terminal.written[-2000:]
    finally:
        terminal.close()
    found: dict[str, list[str]] = json.loads(told.read_text(encoding="utf-8"))
    return found


def among(modules: list[str], names: tuple[str, ...]) -> list[str]:
    return [m for m in modules if any(m == name or m.startswith(f"{name}.") for name in names)]


@pytest.mark.parametrize("moment", ["rows", "frame"])
def test_nothing_is_imported_that_is_for_later(imported: dict[str, list[str]], moment: str) -> None:
    assert among(imported[moment], NEVER_AT_FIRST) == []
    assert "zos_monitor.service" in imported[moment]


def test_textual_is_imported_after_the_first_rows(imported: dict[str, list[str]]) -> None:
    assert among(imported["rows"], BEFORE_TEXTUAL) == []
    assert set(BEFORE_TEXTUAL) <= set(imported["frame"])


@pytest.mark.parametrize("name", NEVER_AT_FIRST)
def test_what_is_for_later_exists(name: str) -> None:
    assert __import__(name)
