"""The reader: opened at once, filled when the text has come, driven by keys."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC
from pathlib import Path

from textual.app import App
from textual.pilot import Pilot

from tests.tui.driving import NOW
from tests.tui.made_workings import made_call
from zos_monitor import tui
from zos_monitor.model.calls import CallText
from zos_monitor.model.errors import RunError
from zos_monitor.tui.app import MonitorApp
from zos_monitor.tui.documents import call_document, error_document, note_document
from zos_monitor.tui.glyphs import UNICODE
from zos_monitor.tui.reader import READER_KEYS, ReaderScreen
from zos_monitor.tui.run_columns import Setting
from zos_monitor.tui.tab_view import Copied

SETTING = Setting(NOW, UTC, UNICODE)
FRAMES = '  File "/opt/zos/a.py", line 3, in outer\n    inner()\n' * 30
TRACEBACK = f"Traceback (most recent call last):\n{FRAMES}ValueError: no"


class Stage(App[None]):
    CSS_PATH = Path(tui.__file__).parent / "zos_monitor.tcss"

    def __init__(self) -> None:
        super().__init__()
        self.stepped: list[int] = []
        self.copied: list[Copied] = []

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return MonitorApp.get_theme_variable_defaults(self)  # type: ignore[arg-type]

    def copy(self, copied: Copied) -> str:
        self.copied.append(copied)
        return f"Copied {copied.name}"

    def lines(self) -> list[str]:
        strips = self.screen._compositor.render_strips()
        return [strip.text.strip("│ ").rstrip() for strip in strips]


@asynccontextmanager
async def reading(*, alone: bool = False) -> AsyncIterator[tuple[Stage, ReaderScreen, Pilot[None]]]:
    app = Stage()
    async with app.run_test(size=(80, 24)) as pilot:
        step = None if alone else app.stepped.append
        reader = ReaderScreen("Error", SETTING, step=step, copy=app.copy)
        await app.push_screen(reader)
        await pilot.pause()
        yield app, reader, pilot


async def test_a_traceback_is_read_folded_and_copied() -> None:
    async with reading() as (app, reader, pilot):
        assert app.lines()[0].startswith("╭─ Error ─")
        assert app.lines()[1] == "Reading"
        await pilot.press("f", "y", "Y")  # there is nothing yet to fold or to copy
        error = RunError(message=TRACEBACK, node="reflect")
        reader.show(error_document(error, SETTING))
        await pilot.pause()
        assert app.lines()[1:6] == [
            "Node        reflect",
            "Topic       none",
            "",
            f"Message  {len(TRACEBACK):,} characters",
            "Traceback (most recent call last):",
        ]
        assert app.lines()[-1] == "esc close  [ previous  ] next  f fold  y copy  Y copy all"
        await pilot.press("G", "f")
        assert reader.pane.scroll_offset.y == 0  # all of it is seen
        assert app.lines()[0].startswith("╭─ Error · folded ─")
        assert app.lines()[5:9] == [
            "59 lines folded",
            'File "/opt/zos/a.py", line 3, in outer',
            "inner()",
            "ValueError: no",
        ]
        assert "f unfold" in app.lines()[-1]
        await pilot.press("f")
        assert "f fold" in app.lines()[-1]
        await pilot.press("y")
        assert app.lines()[-1] == "Copied the error's message"
        await pilot.press("Y", "right_square_bracket", "left_square_bracket")
        assert app.copied == [
            ("the error's message", TRACEBACK),
            ("the error", f"node: reflect\n\n{TRACEBACK}"),
        ]
        assert app.stepped == [1, -1]


async def test_the_next_text_begins_at_its_top_and_only_keys_that_do_something_are_shown() -> None:
    async with reading(alone=True) as (app, reader, pilot):
        texts = [
            CallText(id=f"{n}", prompt="x\n" * 99, response=f"{n}", error=None) for n in (1, 2)
        ]
        for number, text in enumerate(texts, start=1):
            reader.show(call_document(made_call(number), text, SETTING))
            await pilot.pause()
            assert app.lines()[8].endswith(f"call-{number}")
            await pilot.press("G")
            assert reader.pane.scroll_offset.y > 50
        assert app.lines()[-1] == "esc close  y copy  Y copy all"
        reader.show(note_document("This call is no longer in the database."))
        await pilot.press("y", "Y", "f", "right_square_bracket")
        assert app.lines()[1] == "This call is no longer in the database."
        assert app.lines()[-1] == "esc close"
        assert app.copied == []


async def test_every_closing_key_closes() -> None:
    async with reading() as (app, reader, pilot):
        for key in ("escape", "q", "enter"):
            if app.screen is not reader:
                reader = ReaderScreen("Call", SETTING)
                await app.push_screen(reader)
            await pilot.press(key)
            assert not isinstance(app.screen, ReaderScreen)


def test_each_key_says_what_it_does() -> None:
    ids = [key.id for key in READER_KEYS if not isinstance(key, tuple)]
    assert len(set(ids)) == len(READER_KEYS)
    assert all(key.tooltip for key in READER_KEYS if not isinstance(key, tuple))
