"""The first rows as text: what a terminal makes of them, whatever the names are."""

from __future__ import annotations

import re
from datetime import UTC, timedelta

import pytest

from tests.conftest import NOW
from tests.screens import TerminalScreen
from zos_monitor.model.runs import RunKey, RunSummary, Usage
from zos_monitor.model.states import RunState
from zos_monitor.tui.first_rows import Look, draw, has_colours
from zos_monitor.tui.glyphs import ASCII, UNICODE, Glyphs
from zos_monitor.tui.run_columns import Setting

OURS = re.compile(r"\x1b\[(?:\d+;1H|\d+G|H|2J|[\d;]*m)")
"""The sequences that the first rows are made of."""
NAMES = [
    "nightly",
    "\x1b[2Jgone\x1b]0;title\x07",
    "two\nlines\rand\tmore",
    "静かな層の名前",
    "\u202eback",
]


def run(name: str, state: RunState = RunState.SUCCESS) -> RunSummary:
    start = NOW - timedelta(days=3)
    return RunSummary(
        key=RunKey("2026-11-18 12:00:00.000000", 1),
        id=name,
        layer_name=name,
        status=state,
        state=state,
        started_at=start,
        completed_at=start + timedelta(seconds=4),
        targets_matched=1,
        targets_processed=1,
        targets_skipped=0,
        insights_created=1,
        error_count=2,
        usage=Usage(),
    )


def drawn(
    *runs: RunSummary,
    size: tuple[int, int] = (120, 40),
    glyphs: Glyphs = UNICODE,
    colours: bool = True,
    path: str = "zos.db",
) -> str:
    look = Look(*size, path, "status:failed", colours)
    return draw(runs, Setting(NOW, UTC, glyphs), look)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("glyphs", [UNICODE, ASCII], ids=["unicode", "ascii"])
def test_no_name_steers_the_terminal_or_moves_an_edge(name: str, glyphs: Glyphs) -> None:
    text = drawn(run(name), run("last"), glyphs=glyphs, path=name)
    plain = OURS.sub("", text)
    assert plain.isprintable()
    assert glyphs is UNICODE or plain.isascii()
    screen = TerminalScreen(120, 40)
    screen.feed(text)
    edge = "│" if glyphs is UNICODE else "|"
    for line in screen.lines[3:6]:
        assert (line[0], line[-1]) == (edge, edge)
    assert "last" in screen.lines[5]


@pytest.mark.parametrize("state", RunState)
def test_states_are_coloured_where_colours_are_shown(state: RunState) -> None:
    words = f"{UNICODE.states[state]} {state}"[:8]  # as wide as the column is
    coloured = re.search(rf"\x1b\[38;5;\d+m{re.escape(words)}", drawn(run("x", state)))
    assert bool(coloured) is (state is not RunState.UNKNOWN)
    assert "38;5" not in drawn(run("x", state), colours=False)
    assert words in drawn(run("x", state), colours=False)


@pytest.mark.parametrize("size", [(59, 40), (120, 14), (1, 1), (0, 0)])
def test_nothing_is_drawn_without_room_for_the_dashboard(size: tuple[int, int]) -> None:
    assert drawn(run("x"), size=size) == ""


@pytest.mark.parametrize("height", [15, 16, 30, 40])
def test_no_more_rows_are_drawn_than_there_is_room_for(height: int) -> None:
    screen = TerminalScreen(80, height)
    screen.feed(drawn(*[run(f"nightly-{n}") for n in range(99)], size=(80, height)))
    assert "zos.db" in screen.lines[0]
    assert "status:failed" in screen.lines[1]
    assert screen.lines[4].startswith("│11-18 12:00 nightly-0")
    assert screen.lines[-1] == ""
    assert sum("nightly-" in line for line in screen.lines) >= height - 10


@pytest.mark.parametrize(
    ("environ", "colours"),
    [
        ({}, False),
        ({"TERM": "xterm"}, False),
        ({"TERM": "linux"}, False),
        ({"TERM": "xterm-256color"}, True),
        ({"TERM": "screen-256color", "NO_COLOR": ""}, True),
        ({"TERM": "xterm-256color", "NO_COLOR": "1"}, False),
        ({"TERM": "xterm-kitty", "COLORTERM": "truecolor"}, True),
        ({"TERM": "foot", "COLORTERM": "24bit", "NO_COLOR": "1"}, False),
    ],
)
def test_colours_are_for_terminals_that_are_known_to_have_them(
    environ: dict[str, str], colours: bool
) -> None:
    assert has_colours(environ) is colours
