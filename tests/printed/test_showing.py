"""Lines and bars of followed runs: never wider than the terminal, never drawn for nothing."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from unicodedata import category

import pyte
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import NOW
from zos_monitor.model.eta import Eta
from zos_monitor.model.news import Event, News
from zos_monitor.model.progress import Progress
from zos_monitor.model.runs import RunKey, RunSummary, Source, Usage
from zos_monitor.model.states import Activity, RunState
from zos_monitor.model.text import cells
from zos_monitor.printed.news_words import bar_lines, parts
from zos_monitor.printed.output import Screen
from zos_monitor.printed.redrawing import Redrawing
from zos_monitor.printed.showing import Bars

MINUTE = timedelta(minutes=1)


def run(
    name: str = "nightly",
    done: int = 3,
    matched: int | None = 9,
    state: RunState = RunState.RUNNING,
) -> RunSummary:
    return RunSummary(
        key=RunKey(None, 1),
        id="one",
        layer_name=name,
        status="dry",
        state=state,
        started_at=NOW,
        completed_at=None,
        targets_matched=matched,
        targets_processed=0,
        targets_skipped=0,
        insights_created=0,
        error_count=0,
        usage=Usage(calls=4, cost_usd=0.25, cost_source=Source.CALLS),
        activity=Activity(state, NOW - MINUTE),
        progress=Progress(matched=matched, done=done, errors=1),
    )


ETA = Eta(NOW + MINUTE, NOW + 2 * MINUTE)


def test_a_line_of_an_open_run() -> None:
    news = News(event=Event.WENT_ON, at=NOW, layer_name="nightly", run=run(), eta=ETA)
    assert parts(news) == [
        *("2026-11-21 12:00:00Z", "nightly", "running", "3/9", "4 calls", "1 error", "$0.25"),
        "ends 12:01:00Z to 12:02:00Z",
    ]


def test_lines_of_what_is_not_running() -> None:
    stalled = News(event=Event.TURNED, at=NOW, layer_name="n", run=run(state=RunState.STALLED))
    assert parts(stalled)[-1] == "silent since 11:59:00Z"
    gone = News(event=Event.VANISHED, at=NOW, layer_name="n", run=run())
    assert parts(gone)[1:] == ["n", "gone"]
    missed = News(event=Event.MISSED, at=NOW, layer_name="n", due_at=NOW - timedelta(days=1))
    assert parts(missed)[1:] == ["n", "missed", "due 2026-11-20 12:00:00Z"]


@pytest.mark.parametrize(
    ("event", "state", "painted"),
    [
        (Event.TURNED, RunState.STALLED, "\x1b[35mstalled\x1b[0m"),
        (Event.TURNED, RunState.INTERRUPTED, "\x1b[2;35minterrupted\x1b[0m"),
        (Event.MISSED, None, "\x1b[1;33mmissed\x1b[0m"),
        (Event.VANISHED, RunState.RUNNING, "\x1b[31mgone\x1b[0m"),
    ],
)
def test_words_have_the_colours_that_tables_have(
    event: Event, state: RunState | None, painted: str
) -> None:
    shown = run(state=state) if state is not None else None
    news = News(event=event, at=NOW, layer_name="nightly", run=shown)
    written: list[str] = []
    bars = Bars(written.append, lambda lines: lines, lambda: Screen(80, coloured=True))
    bars.show([news], SimpleNamespace(running={}))  # type: ignore[arg-type]
    assert painted in "".join(written)


@given(
    st.lists(
        st.tuples(
            st.text(st.characters(codec=None), max_size=500),
            st.integers(0, 10**6),
            st.none() | st.integers(0, 10**6),
        ),
        max_size=4,
    ),
    st.integers(20, 200),
    st.booleans(),
)
def test_no_bar_is_wider_than_the_terminal(
    runs: list[tuple[str, int, int | None]], width: int, plain: bool
) -> None:
    running = [(run(name, done, matched), ETA) for name, done, matched in runs]
    lines = bar_lines(running, NOW, width, plain=plain)
    assert len(lines) == len(runs)
    for line in lines:
        assert cells(line) <= width
        assert not any(category(character) in ("Cc", "Cs") for character in line)
        line.encode()


@pytest.mark.parametrize(
    ("done", "bar", "plain"),
    [
        (0, "░" * 24, "[" + "." * 22 + "]"),
        (9, "█" * 24, "[" + "#" * 22 + "]"),
        (3, "█" * 8 + "░" * 16, "[" + "#" * 7 + "." * 15 + "]"),
        (1, "██▋" + "░" * 21, "[##" + "." * 20 + "]"),
        (99, "█" * 24, "[" + "#" * 22 + "]"),
    ],
)
def test_bars(done: int, bar: str, plain: str) -> None:
    for expected, is_plain in ((bar, False), (plain, True)):
        [line] = bar_lines([(run(done=done), None)], NOW, 80, plain=is_plain)
        assert line.split("  ")[1] == expected


class Terminal:
    """A terminal in memory whose size can change."""

    def __init__(self, columns: int, rows: int) -> None:
        self.size = (columns, rows)
        self.screen = pyte.HistoryScreen(columns, rows)
        self.stream = pyte.Stream(self.screen)
        self.written = ""
        self.lines = Redrawing(self._write, lambda: self.size)

    def _write(self, text: str) -> None:
        self.written += text
        self.stream.feed(text.replace("\n", "\r\n"))

    @property
    def shown(self) -> list[str]:
        return [line.rstrip() for line in self.screen.display if line.strip()]


def test_lines_replace_those_before_them() -> None:
    terminal = Terminal(40, 10)
    terminal.lines.show([], ["a 1", "b 1"])
    terminal.lines.show([], ["a 2", "b 1"])
    assert terminal.shown == ["a 2", "b 1"]
    terminal.lines.show(["a ended"], ["b 2"])
    assert terminal.shown == ["a ended", "b 2"]
    terminal.lines.show(["b ended"], [])
    assert terminal.shown == ["a ended", "b ended"]
    assert terminal.screen.cursor.y == 2


def test_nothing_is_written_where_nothing_differs() -> None:
    terminal = Terminal(40, 10)
    terminal.lines.show([], [])
    assert terminal.written == ""
    terminal.lines.show([], ["a"])
    written = terminal.written
    terminal.lines.show([], ["a"])
    assert terminal.written == written


def test_more_lines_than_there_is_room_for() -> None:
    terminal = Terminal(40, 6)
    for turn in range(3):
        terminal.lines.show([], [f"{n} {turn}" for n in range(9)])
    assert terminal.shown == ["0 2", "1 2", "2 2", "and 6 more"]
    assert not terminal.screen.history.top


def test_lines_that_a_narrower_terminal_has_wrapped_go_too() -> None:
    terminal = Terminal(20, 10)
    terminal.lines.show([], ["x" * 38])  # as if it had been wider then
    terminal.lines.show([], ["y"])
    assert terminal.shown == ["y"]
