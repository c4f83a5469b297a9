"""Lines that are made once: they look as Textual draws them, and are made anew when they must."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import ClassVar

import pytest
from rich.cells import cell_len
from rich.segment import Segment
from textual.app import App, ComposeResult
from textual.geometry import Region, Size
from textual.pilot import Pilot
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Button

from zos_monitor.tui.ascii_filter import AsciiFilter
from zos_monitor.tui.line_view import Cell, LineView, Reading
from zos_monitor.tui.scrolling import set_virtual_size

WORDS = ("the quick", " ✓ brown ", "", "漢字 fox", "a line that is far too long for its pane " * 9)


class Lines(LineView):
    """Some hundred lines, of which each reads otherwise."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"lines--odd", "lines--ground"}
    DEFAULT_CSS = """
    Lines { border: round red; padding: 0 1; background: $surface; height: 12; width: 40; }
    Lines:focus { border: round $primary; }
    Lines > .lines--odd { color: $text-error; text-style: italic; }
    Lines > .lines--ground { background: $surface-lighten-2; }
    Lines:focus > .lines--ground { background: $primary 60%; text-style: bold; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.said = ""
        self.made: list[int] = []
        self.before_resize: Callable[[], None] | None = None

    def on_mount(self) -> None:
        set_virtual_size(self, Size(20, 100))

    def readings(self, height: int) -> list[Reading]:
        top = self.scroll_offset.y
        return [
            Reading(
                (Cell(f"{row} {self.said}"), Cell(WORDS[row % 5], "lines--odd"), Cell("end")),
                "lines--ground" if row % 7 == 3 else "",
            )
            for row in range(top, top + height)
        ]

    def on_resize(self) -> None:
        if self.before_resize is not None:
            self.before_resize()
        self.look()

    def render_line(self, y: int) -> Strip:
        self.made.append(y)
        return super().render_line(y)


class Stage(App[None]):
    CSS = """
    .plain Lines { border: ascii blue; }
    .filled Lines { width: 100%; height: 50%; }
    """

    def compose(self) -> ComposeResult:
        yield Lines()
        yield Button("elsewhere")


@asynccontextmanager
async def stage() -> AsyncIterator[tuple[Lines, Pilot[None]]]:
    app = Stage()
    async with app.run_test(size=(60, 20)) as pilot:
        await pilot.pause()
        lines = app.query_one(Lines)
        lines.made.clear()
        yield lines, pilot


def cells(strips: list[Strip]) -> list[list[tuple[str, str]]]:
    """Return strips cell by cell, each with its style."""
    return [
        [
            (segment.text[at : at + 1], str(segment.style))
            for segment in Segment.simplify(strip)
            for at in range(len(segment.text))
        ]
        for strip in strips
    ]


def assert_drawn_as_by_textual(lines: Lines) -> None:
    whole, made = lines.outer_size.region, list(lines.made)
    ours = lines.render_lines(whole)
    lines._styles_cache.clear()
    assert cells(ours) == cells(Widget.render_lines(lines, whole))
    lines.made[:] = made
    assert all(strip.cell_length == whole.width for strip in ours)


async def test_lines_look_as_textual_draws_them() -> None:
    async with stage() as (lines, _):
        assert_drawn_as_by_textual(lines)
        assert "漢字 fox" in "".join(strip.text for strip in lines.render_lines(lines.size.region))


async def test_a_part_of_a_line_is_drawn_too() -> None:
    async with stage() as (lines, _):
        (whole,) = lines.render_lines(Region(0, 3, lines.outer_size.width, 1))
        (part,) = lines.render_lines(Region(5, 3, 9, 1))
        assert part.text == whole.text[5:14]


@pytest.mark.parametrize(
    "change", ["focus", "blur", "theme", "class", "resize", "background", "filter", "refresh"]
)
async def test_a_pane_that_looks_otherwise_is_drawn_otherwise(change: str) -> None:
    async with stage() as (lines, pilot):
        app = pilot.app
        lines.focus() if change != "focus" else app.query_one(Button).focus()
        await pilot.pause()
        before = cells(lines.render_lines(lines.outer_size.region))
        match change:
            case "focus":
                lines.focus()
            case "blur":
                app.query_one(Button).focus()
            case "theme":
                app.theme = "textual-light"
            case "class":
                lines.screen.add_class("plain")
            case "resize":
                lines.styles.width = 30
            case "background":
                lines.styles.background = "green"
            case "filter":
                app._filters.append(AsciiFilter())
                lines.refresh()
            case "refresh":
                lines.said = "new"
                lines.look()
        await pilot.pause()
        assert cells(lines.render_lines(lines.outer_size.region)) != before
        assert_drawn_as_by_textual(lines)


async def test_a_size_that_the_pane_is_not_told_of_yet_is_drawn_already() -> None:
    async with stage() as (lines, pilot):
        lines.screen.add_class("filled")
        await pilot.pause()
        seen: list[str] = []

        def look() -> None:
            assert_drawn_as_by_textual(lines)
            seen.extend(strip.text for strip in lines.render_lines(lines.outer_size.region))

        lines.before_resize = look
        for width, height in ((30, 16), (70, 30), (30, 30), (30, 16)):
            seen.clear()
            await pilot.resize_terminal(width, height)
            await pilot.pause()
            assert [cell_len(line) for line in seen] == [width] * (height // 2)
            assert seen[-1].endswith("╯")


async def test_scrolling_by_a_line_makes_one_line() -> None:
    async with stage() as (lines, pilot):
        for y, made in ((1, [9]), (2, [9]), (3, [9]), (2, []), (1, []), (0, []), (4, [9])):
            lines.made.clear()
            lines.scroll_to(y=y, animate=False, immediate=True)
            await pilot.pause()
            assert lines.made == made
            assert_drawn_as_by_textual(lines)


async def test_no_more_lines_are_kept_than_some() -> None:
    async with stage() as (lines, pilot):
        for y in range(90):
            lines.said = f"time {y}"
            lines.scroll_to(y=y, animate=False, immediate=True)
            lines.look()
            await pilot.pause()
        assert len(lines._made) <= 128
        assert_drawn_as_by_textual(lines)


async def test_titles_repaint_their_lines_alone() -> None:
    async with stage() as (lines, pilot):
        lines.set_titles("One", "below")
        await pilot.pause()
        width, height = lines.outer_size
        lines.made.clear()
        for title, subtitle, rows in (
            ("Two [b]x[/b]", "below", {0}),
            ("Two [b]x[/b]", "", {height - 1}),
            ("Three", "[/]", {0, height - 1}),
            ("Three", "[/]", set()),
        ):
            lines._repaint_regions.clear()
            lines.set_titles(title, subtitle)
            assert lines._repaint_regions == {Region(0, row, width, 1) for row in rows}
            await pilot.pause()
            drawn = lines.render_lines(lines.outer_size.region)
            assert title in drawn[0].text
            assert subtitle in drawn[-1].text
            assert_drawn_as_by_textual(lines)
        assert lines.made == []


async def test_no_book_is_a_title() -> None:
    async with stage() as (lines, pilot):
        lines.set_titles("book " * 1_000_000, "book " * 1_000_000)
        await pilot.pause()
        assert "book book" in lines.render_lines(lines.outer_size.region)[0].text
        assert all(
            len(title or "") < 5_000 for title in (lines.border_title, lines.border_subtitle)
        )


async def test_only_lines_that_read_otherwise_are_repainted() -> None:
    async with stage() as (lines, pilot):
        lines._repaint_regions.clear()
        lines.look()
        assert lines._repaint_regions == set()
        lines.readings = lambda height: [  # type: ignore[method-assign]
            Reading((Cell("other"),)) if y == 4 else reading
            for y, reading in enumerate(Lines.readings(lines, height))
        ]
        lines.look()
        ((left, top),) = ((region.x, region.y) for region in lines._repaint_regions)
        assert (left, top) == (2, 5)
        await pilot.pause()
        assert lines.render_lines(lines.outer_size.region)[5].text.startswith("│ other")
