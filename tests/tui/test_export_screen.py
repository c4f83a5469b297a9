from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from textual.app import App
from textual.pilot import Pilot

import zos_monitor.tui
from tests.conftest import service_on
from zos_monitor.model.faults import DatabaseFault, FaultKind
from zos_monitor.model.filters import parse_filter
from zos_monitor.model.runs import RunDetail
from zos_monitor.tui.app import MonitorApp
from zos_monitor.tui.export_screen import ExportScreen, Pages

STAMP = datetime(2026, 11, 22, 7, 15, tzinfo=UTC)
NAME = "zos-runs-20261122-0715"


class PromptApp(App[None]):
    """Nothing but the prompt."""

    CSS_PATH = Path(zos_monitor.tui.__file__).with_name(MonitorApp.CSS_PATH)
    get_theme_variable_defaults = MonitorApp.get_theme_variable_defaults


class Prompt:
    """A prompt that is open, and what it has answered."""

    def __init__(self, pilot: Pilot[None], screen: ExportScreen) -> None:
        self.pilot = pilot
        self.screen = screen
        self.answers: list[str | None] = []

    @property
    def path(self) -> str:
        return self.screen.path_line.value

    @property
    def hint(self) -> str:
        return str(self.screen.hint.content)

    async def until(self, condition: Callable[[], bool]) -> None:
        deadline = time.monotonic() + 15
        while not condition():
            assert time.monotonic() < deadline, self.hint
            await asyncio.sleep(0.002)
        await self.pilot.pause()

    async def retype(self, text: str) -> None:
        self.screen.path_line.value = text
        await self.pilot.pause()


@asynccontextmanager
async def prompt(
    folder: Path, pages: Pages, *, total: int = 3, words: str = "status:failed"
) -> AsyncIterator[Prompt]:
    app = PromptApp()
    async with app.run_test(size=(80, 24)) as pilot:
        screen = ExportScreen(folder=folder, stamp=STAMP, words=words, total=total, pages=pages)
        opened = Prompt(pilot, screen)
        app.push_screen(screen, opened.answers.append)
        await pilot.pause()
        yield opened


@pytest.fixture
def pages(history: Path) -> Pages:
    service, flt = service_on(history), parse_filter("layer:dm-response")
    return lambda: service.details(flt)


async def test_the_path_is_shown_and_edited_before_anything_is_written(
    tmp_path: Path, pages: Pages, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    before = os.listdir(tmp_path)
    async with prompt(tmp_path, pages) as shown:
        assert shown.path == f"{tmp_path}/{NAME}.csv"
        await shown.pilot.press("tab")
        assert shown.path == f"{tmp_path}/{NAME}.jsonl"
        await shown.pilot.press("shift+tab", "shift+tab")
        assert shown.path == f"{tmp_path}/{NAME}.md"
        await shown.retype("~")
        await shown.pilot.press("enter")
        assert shown.hint == "that is a folder; name a file in it"
        await shown.retype("~/mine.jsonl")
        assert shown.screen._format == "jsonl"
        assert shown.hint.startswith("enter writes")
        assert os.listdir(tmp_path) == before
        await shown.pilot.press("enter")
        await shown.until(lambda: bool(shown.answers))
    written = (tmp_path / "mine.jsonl").read_text().splitlines()
    noun = "run" if len(written) == 1 else "runs"
    assert shown.answers == [f"Exported {len(written):,} {noun} to mine.jsonl in {tmp_path}"]


async def test_a_file_that_is_there_is_told_and_a_free_name_proposed(
    tmp_path: Path, pages: Pages
) -> None:
    async with prompt(tmp_path, pages) as shown:
        (tmp_path / f"{NAME}.csv").write_text("mine")
        await shown.pilot.press("enter")
        await shown.pilot.pause()
        assert "such a file already" in shown.hint
        assert shown.path == f"{tmp_path}/{NAME}-2.csv"
        await shown.retype("none/x.csv")
        await shown.pilot.press("enter")
        await shown.until(lambda: "there is no such folder" in shown.hint)
        await shown.pilot.press("escape")
        await shown.pilot.pause()
    assert shown.answers == [None]
    assert (tmp_path / f"{NAME}.csv").read_text() == "mine"


async def test_escape_stops_it_and_leaves_nothing(tmp_path: Path, pages: Pages) -> None:
    folder = tmp_path / "exports"
    folder.mkdir()

    async def endless() -> AsyncIterator[tuple[RunDetail, ...]]:
        async for page in pages():
            yield page * 4
            await asyncio.Event().wait()

    async with prompt(folder, endless, total=107_000) as shown:
        await shown.pilot.press("enter")
        await shown.until(lambda: shown.hint.endswith("of 107,000 runs  esc cancels"))
        await shown.until(lambda: not shown.hint.startswith("0 of"))
        assert len(os.listdir(folder)) == 1
        await shown.pilot.press("enter", "tab", "x", "escape")
        await shown.until(lambda: not os.listdir(folder))
    assert shown.answers == [None]


async def test_a_fault_of_the_database_is_told_and_leaves_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "exports"
    folder.mkdir()

    async def broken() -> AsyncIterator[tuple[RunDetail, ...]]:
        yield ()
        raise DatabaseFault(FaultKind.LOCKED, "zos.db is locked")

    async with prompt(folder, broken) as shown:
        await shown.pilot.press("enter")
        await shown.until(lambda: shown.hint == "zos.db is locked; nothing is left of it")
        assert os.listdir(folder) == []
        await shown.pilot.press("x")
        assert shown.path.endswith(".csvx")


@pytest.mark.parametrize(
    ("total", "words", "said"),
    [
        (107, "status:failed", "107 runs that status:failed matches"),
        (1, "a\x1b[31m", "1 run that a␛[31m matches"),
        (12_345, "", "all 12,345 runs"),
        (0, "Ada", "the runs that Ada matches"),
    ],
)
def test_what_is_exported_is_said(total: int, words: str, said: str, pages: Pages) -> None:
    screen = ExportScreen(folder=Path(), stamp=STAMP, words=words, total=total, pages=pages)
    assert screen._what() == said
