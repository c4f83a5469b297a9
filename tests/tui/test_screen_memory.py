"""Frames through the memory show on a terminal what the frames themselves would show."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from unittest import mock

import pyte.screens
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import set_cell_size

from tests.screens import TerminalScreen, differences
from zos_monitor.tui.screen_cells import REST, cells_of, doubtful_spans
from zos_monitor.tui.screen_memory import ScreenMemory

wcwidth: Callable[[str], int] = vars(pyte.screens)["wcwidth"]
WIDTH, HEIGHT = 24, 5
ALL_AGREE = "ab 01│─…●✓漢字한ñжé"
THEY_DISAGREE = [*"ab │─…●漢ж", "😀", "⚠\ufe0f", "e\u0301", "🇩🇪", "👩\u200d🚀", "⌚", "\u00ad"]
STYLES = ["1", "7", "31", "4;92", "48;2;30;30;30", "1;38;2;200;90;0;48;2;30;30;30", "38;5;17"]


def move(row: int, column: int) -> str:
    return f"\x1b[{row + 1};{column + 1}H"


def frames_of(letters: list[str]) -> st.SearchStrategy[str]:
    """Make frames such as the compositor's: pieces of lines, and where the cursor is to stand."""
    numbers = st.binary(min_size=1, max_size=12)  # drawn at once, other than as many choices
    text = numbers.map(lambda drawn: "".join(letters[number % len(letters)] for number in drawn))
    run = st.tuples(st.sampled_from(["", *STYLES]), text)
    places = st.tuples(st.integers(0, HEIGHT - 1), st.integers(0, WIDTH - 1))

    def piece(place: tuple[int, int], runs: list[tuple[str, str]]) -> str:
        row, column = place
        parts, room = [], WIDTH - column
        for style, words in runs:
            cells = cells_of(words) or []
            words = words if len(cells) <= room else set_cell_size("", room)
            room -= len(cells_of(words) or [])
            parts.append(f"\x1b[{style}m{words}\x1b[0m" if style and words else words)
        return move(row, column) + "".join(parts) + "\n" * (row < HEIGHT - 1)

    pieces = st.lists(st.builds(piece, places, st.lists(run, min_size=1, max_size=4)), max_size=6)
    return st.builds(lambda drawn, end: "".join(drawn) + move(*end), pieces, places)


def whole(row_text: str = " ", style: str = "31") -> str:
    """Make a frame that fills the screen."""
    line = set_cell_size(row_text, WIDTH)
    rows = [f"{move(row, 0)}\x1b[{style}m{line}\x1b[0m" for row in range(HEIGHT)]
    return "".join(rows) + move(0, 0)


def taken(memory: ScreenMemory, frame: str) -> str:
    assert memory.take(frame)
    return memory.changes()


DEEDS = st.sampled_from(["", "late", "forget"])


@settings(max_examples=60)
@given(st.lists(st.tuples(frames_of(list(ALL_AGREE)), DEEDS), max_size=8))
def test_a_terminal_shows_what_the_frames_show(frames: list[tuple[str, str]]) -> None:
    memory = ScreenMemory(WIDTH, HEIGHT)
    stock, ours = TerminalScreen(WIDTH, HEIGHT), TerminalScreen(WIDTH, HEIGHT)
    for frame, deed in [(whole(), ""), *frames]:
        stock.feed(frame)
        assert memory.take(frame)
        if deed == "forget":
            memory.forget()
        if deed != "late":
            ours.feed(memory.changes())
    ours.feed(memory.changes())
    assert differences(ours, stock) == []
    assert memory.changes() == ""


def of_asia(character: str) -> int:
    ambiguous = unicodedata.east_asian_width(character) == "A"
    return 2 if ambiguous and not unicodedata.combining(character) else wcwidth(character)


def of_old(character: str) -> int:
    return wcwidth(character) if character < "\u2e80" or "一" < character < "鿿" else 1


def of_new(character: str) -> int:
    return 2 if character > "\u2300" and not "─" <= character <= "◿" else wcwidth(character)


WIDTHS = [wcwidth, of_asia, of_old, of_new]


@settings(max_examples=60)
@given(frames=st.lists(frames_of(THEY_DISAGREE), min_size=1, max_size=5))
def test_what_is_sure_is_in_its_place_whatever_a_terminal_thinks_of_the_rest(
    frames: list[str],
) -> None:
    for width_of in WIDTHS:
        memory, screen = ScreenMemory(WIDTH, HEIGHT), TerminalScreen(WIDTH, HEIGHT)
        with mock.patch("pyte.screens.wcwidth", width_of):
            for frame in (whole(), *frames):
                screen.feed(taken(memory, frame))
        for number, row in enumerate(memory._wanted):
            doubtful = {
                place for start, end, _ in doubtful_spans(row.cells) for place in range(start, end)
            }
            sure = [p for p, cell in enumerate(row.cells) if p not in doubtful and cell != REST]
            shown = {place: screen.cell(number, place).data[:1] for place in sure}
            assert shown == {place: row.cells[place] for place in sure}, width_of


@settings(max_examples=60)
@given(frames=st.lists(frames_of(THEY_DISAGREE), min_size=1, max_size=5))
def test_changes_leave_what_a_whole_screen_would(frames: list[str]) -> None:
    for width_of in WIDTHS:
        memory, screen = ScreenMemory(WIDTH, HEIGHT), TerminalScreen(WIDTH, HEIGHT)
        with mock.patch("pyte.screens.wcwidth", width_of):
            for frame in (whole(), *frames):
                screen.feed(taken(memory, frame))
            before = screen.cells()
            memory.forget()
            screen.feed(memory.changes())
            assert screen.cells() == before, width_of
