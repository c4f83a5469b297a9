"""Tables ask for a row when it comes into view, and again only when it may read otherwise."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
from textual.app import App, ComposeResult
from textual.pilot import Pilot

from zos_monitor.tui.line_table import LineTable
from zos_monitor.tui.line_view import Cell, Line

ROWS = 5000


class Table(LineTable):
    DEFAULT_CSS = "Table { border: round red; width: 100%; height: 100%; }"

    def __init__(self) -> None:
        super().__init__()
        self.word = "old"
        self.row = 0
        self.count = ROWS
        self.asked: list[int] = []
        self.before_resize: Callable[[], None] | None = None

    @property
    def row_count(self) -> int:
        return self.count

    @property
    def cursor_row(self) -> int:
        return self.row

    def select_row(self, row: int) -> None:
        self.row = row

    def head_line(self, index: int) -> Line:
        self.asked.append(-1)
        return (Cell(f"head {self.word} {self.line_width}"),)

    def row_line(self, row: int) -> Line:
        self.asked.append(row)
        return (Cell(f"row {row} {self.word} {self.line_width}"),)

    def empty_words(self) -> str:
        return "no rows, " * 10 + "not one"

    def on_resize(self) -> None:
        if self.before_resize is not None:
            self.before_resize()

    def text(self) -> list[str]:
        return [strip.text.strip(" │") for strip in self.render_lines(self.outer_size.region)][1:-1]


class Stage(App[None]):
    def compose(self) -> ComposeResult:
        yield Table()


@asynccontextmanager
async def stage() -> AsyncIterator[tuple[Table, Pilot[None]]]:
    app = Stage()
    async with app.run_test(size=(40, 12)) as pilot:
        await pilot.pause()
        table = app.query_one(Table)
        table.focus()
        await pilot.pause()
        table.asked.clear()
        yield table, pilot


async def test_a_move_asks_for_the_rows_that_come_into_view() -> None:
    async with stage() as (table, pilot):
        for key, asked in (
            ("j", []),
            ("k", []),
            *((key, []) for key in "jjjjjjjj"),
            ("j", [9]),
            ("j", [10]),
            *((key, []) for key in "kkkkkkkkkk"),
            ("j", []),
            ("pagedown", list(range(11, 17))),
            ("G", list(range(ROWS - 9, ROWS))),
            ("g", []),
        ):
            table.asked.clear()
            await pilot.press(key)
            assert table.asked == asked, key
        assert table.text()[:2] == ["head old 37", "row 0 old 37"]


async def test_what_may_read_otherwise_is_asked_for_again() -> None:
    async with stage() as (table, pilot):
        await pilot.press("j")
        table.word = "new"
        table.sync()
        await pilot.pause()
        assert table.asked == [-1, *range(9)]
        assert table.text() == ["head new 37", *(f"row {row} new 37" for row in range(9))]
        await pilot.press("pagedown")
        assert table.text()[1] == "row 8 new 37"


async def test_another_width_is_seen_in_the_first_frame_of_it() -> None:
    async with stage() as (table, pilot):
        seen: list[list[str]] = []
        table.before_resize = lambda: seen.append(table.text())
        await pilot.resize_terminal(60, 12)
        await pilot.pause()
        assert seen[0] == ["head old 57", *(f"row {row} old 57" for row in range(9))]


async def test_what_is_said_where_there_are_no_rows_wraps() -> None:
    async with stage() as (table, pilot):
        table.count = 0
        table.sync()
        await pilot.pause()
        head, *lines = table.text()
        assert head == "head old 37"
        assert " ".join(lines).strip() == table.empty_words()
        await pilot.resize_terminal(14, 6)
        await pilot.pause()
        assert table.text() == ["head old 11", *["no rows, no", "rows, no", "rows, no"]]


async def test_a_long_way_leaves_few_lines_behind() -> None:
    async with stage() as (table, pilot):
        for row in range(0, ROWS, 7):
            table.move_to(row)
        await pilot.pause()
        assert len(table._lines) <= 300
        assert table.text()[0] == "head old 37"
        assert f"row {ROWS - 5} old 37" in table.text()


@pytest.mark.parametrize("keys", ["Gkkjgjj", "jjjGgGkg"])
async def test_the_cursor_is_where_it_is_drawn(keys: str) -> None:
    async with stage() as (table, pilot):
        for key in keys:
            await pilot.press(key)
            bold = [
                segment.text.split()[1]
                for strip in table.render_lines(table.outer_size.region)
                for segment in strip
                if segment.style is not None and segment.style.bold and "row" in segment.text
            ]
            assert bold == [str(table.row)]
