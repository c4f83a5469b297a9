"""Terminals of all kinds: who is refused, how many colours and which signs the others get."""

from __future__ import annotations

import re

import pytest
from rich.segment import Segment
from rich.style import Style
from textual.color import Color

from tests.terminal.lasting import OVER, Opened
from zos_monitor.tui.glyphs import ASCII, UNICODE, choose
from zos_monitor.tui.plain_filter import PlainFilter
from zos_monitor.tui.terminal_kinds import Colours, colours, unfit

NONE, SIXTEEN, MANY, ALL = Colours
COLOURS = re.compile(rb"\x1b\[(?:\d+;)*(?:[34][0-8]|9[0-7]|10[0-7])(?:;\d+)*m")


@pytest.mark.parametrize("term", ["", "dumb", "unknown", "network", "vt52", "what"])
def test_who_is_refused(term: str) -> None:
    assert "TERM=xterm-256color" in unfit({"TERM": term})
    assert "TERM=xterm-256color" in unfit({"TERM": term, "COLORTERM": "truecolor"})


@pytest.mark.parametrize(
    ("term", "expected"),
    [
        *((term, NONE) for term in ("vt100", "vt220", "xterm-mono", "screen-m")),
        *((term, SIXTEEN) for term in ("linux", "screen", "xterm", "xterm-16color", "ansi")),
        *((term, MANY) for term in ("screen-256color", "tmux-256color", "xterm-256color")),
        *((term, MANY) for term in ("alacritty", "kitty", "xterm-kitty", "xterm-ghostty")),
        ("xterm-direct", ALL),
    ],
)
def test_how_many_colours(term: str, expected: Colours) -> None:
    assert unfit({"TERM": term}) == ""
    assert colours({"TERM": term}) is expected
    assert colours({"TERM": term, "COLORTERM": "truecolor"}) is ALL


@pytest.mark.parametrize(("term", "expected"), [("screen", SIXTEEN), ("screen-256color", MANY)])
def test_gnu_screen_is_not_taken_for_the_terminal_around_it(term: str, expected: Colours) -> None:
    assert colours({"TERM": term, "COLORTERM": "truecolor", "STY": "1.pts"}) is expected


@pytest.mark.parametrize("term", ["linux", "linux-16color", "vt100", "vt220"])
def test_terminals_of_few_signs_get_ascii(term: str) -> None:
    assert choose(plain=False, environ={"TERM": term, "LANG": "C.UTF-8"}) is ASCII
    assert choose(plain=False, environ={"TERM": f"x{term}", "LANG": "C.UTF-8"}) is UNICODE


def test_without_colours_what_stands_out_is_in_reverse() -> None:
    def shown(style: str) -> Style | None:
        [segment] = PlainFilter().apply([Segment("x", Style.parse(style))], Color(18, 18, 18))
        return segment.style

    assert shown("red on #121212") == Style(reverse=False, bold=None)
    assert shown("bold white on #004578") == Style(reverse=True, bold=True)
    assert shown("reverse") == Style(reverse=True)


def test_a_terminal_without_colours_and_signs_gets_neither(opened: Opened) -> None:
    """Every screen: what is left out by one of them is easily overlooked."""
    terminal = opened("--filter", "Ada", environ={"TERM": "vt100", "LC_ALL": "POSIX"}, wait=False)
    terminal.shows("0 of 60", "all layers")
    terminal.type(b"\x1b")
    terminal.shows("60 of 60", "1 error of")
    for key, words in OVER.items():
        terminal.type(key)
        terminal.shows(words)
        shown = words
        if key == b"L":
            terminal.type(b"]")
            terminal.shows(shown := "By model")
        terminal.type(b"\x1b")
        terminal.until(lambda shown=shown: shown not in terminal.text)  # type: ignore[misc]
    terminal.type(b"/q:")
    terminal.shows("Unknown key")
    terminal.type(b"\x15\r")
    for key, words in ((b"2", "TARGET"), (b"5", "no earlier success"), (b"6", "layer_hash")):
        terminal.type(key)
        terminal.shows(words)
    assert any(cell.reverse for row in terminal.screen.cells() for cell in row)
    terminal.type(b"q")
    assert terminal.end() == 0
    assert terminal.is_restored
    assert terminal.written.isascii()
    assert not COLOURS.search(terminal.written)
