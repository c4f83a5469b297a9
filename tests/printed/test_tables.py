"""Plain text tables: columns that line up, whatever the names are."""

from __future__ import annotations

from datetime import UTC, datetime
from unicodedata import east_asian_width

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zos_monitor.model.states import RunState
from zos_monitor.model.stats import LayerTotals, RunTotals, Totals, add_up
from zos_monitor.printed.tables import Schedule, facts, grid, layers_table, painted, state_colour

THREE = datetime(2026, 11, 1, 3, 0, 1, 999_999, tzinfo=UTC)


def table(*layers: LayerTotals) -> list[str]:
    return layers_table(Totals(since=None, until=None, overall=add_up(layers), by_layer=layers))


def test_each_layer_is_a_line_and_all_together_are_the_last() -> None:
    nightly = LayerTotals(
        layer_name="nightly",
        counts={RunState.SUCCESS: 1234, RunState.RUNNING: 1},
        insights=20,
        tokens=1_234_567,
        cost_usd=1.5,
        stored_cost_usd=0.25,
        uncosted=2,
        timed=2,
        seconds=125.0,
        last_started=THREE,
    )
    odd = LayerTotals(layer_name="odd", counts={RunState.UNKNOWN: 1}, uncosted=1)
    assert "UNKNOWN" not in table(nightly)[0]
    lines = table(nightly, odd)
    assert [line.split() for line in lines] == [
        [
            *("LAYER", "RUNS", "RUNNING", "SUCCESS", "PARTIAL", "FAILED", "DRY", "UNKNOWN"),
            *("INSIGHTS", "TOKENS", "COST", "STORED", "AVERAGE", "LAST", "RUN", "(UTC)"),
        ],
        [
            *(
                "nightly",
                "1,235",
                "1",
                "1,234",
                "0",
                "0",
                "0",
                "0",
                "20",
                "1,234,567",
                "$1.50+",
                "$0.25",
            ),
            *("1m", "02s", "2026-11-01", "03:00"),
        ],
        ["odd", "1", "0", "0", "0", "0", "0", "1", "0", *"—————"],
        [
            *("all", "layers", "1,236", "1", "1,234", "0", "0", "0", "1", "20", "1,234,567"),
            *("$1.50+", "$0.25", "1m", "02s", "2026-11-01", "03:00"),
        ],
    ]


def test_no_layers_make_a_table_too() -> None:
    head, everything = table()
    assert head.startswith("LAYER")
    assert everything.split()[:3] == ["all", "layers", "0"]


@pytest.mark.parametrize("name", ["静かな層", "naïve", "e\u0301toile", "a\tb\nc", "\x1b[31mred"])
def test_columns_line_up_in_terminal_cells(name: str) -> None:
    lines = table(
        LayerTotals(layer_name=name, counts={RunState.DRY: 7}), LayerTotals(layer_name="x" * 12)
    )
    column = lines[0].index("RUNS") + len("RUNS")
    for line in lines:
        start = prefix(line, column)
        assert start[-1].isdigit() or start.endswith("RUNS")


@given(st.lists(st.text(st.characters()), max_size=4))
def test_any_name_stays_on_its_line_and_steers_no_terminal(names: list[str]) -> None:
    lines = table(*(LayerTotals(layer_name=name, counts={RunState.SUCCESS: 1}) for name in names))
    assert len(lines) == len(names) + 2
    for line in lines:
        line.encode()
        assert len(line.splitlines()) <= 1
        assert "\x1b" not in line


def test_schedules_have_columns_and_layers_without_a_run_a_line() -> None:
    totals = Totals(
        since=None,
        until=None,
        overall=RunTotals(counts={RunState.DRY: 1}),
        by_layer=(LayerTotals(layer_name="b", counts={RunState.DRY: 1}),),
    )
    schedules = {"c": Schedule("0 3 * * *", "2026-11-22 03:00"), "a": Schedule()}
    head, *lines = layers_table(totals, schedules)
    assert head.endswith("SCHEDULE   NEXT START (UTC)")
    assert [line.split()[:2] for line in lines[:3]] == [["a", "0"], ["b", "1"], ["c", "0"]]
    assert lines[1].split()[-2:] == ["—", "—"]
    assert lines[2].endswith("0 3 * * *  2026-11-22 03:00")
    assert lines[3].startswith("all layers")


NEEDED = ["LAYER", "RUNS", "SUCCESS", "PARTIAL", "FAILED", "DRY"]


@pytest.mark.parametrize(
    ("width", "head"),
    [
        (10, NEEDED),
        (55, [*NEEDED, "COST"]),
        (73, [*NEEDED, "COST", "NEXT", "START", "(UTC)"]),
        (90, [*NEEDED, "COST", "LAST", "RUN", "(UTC)", "NEXT", "START", "(UTC)"]),
    ],
)
def test_in_a_narrow_table_of_layers_the_rest_is_left_out(width: int, head: list[str]) -> None:
    layer = LayerTotals(layer_name="nightly-one", counts={RunState.DRY: 1}, cost_usd=1.5)
    totals = Totals(since=None, until=None, overall=add_up([layer]), by_layer=(layer,))
    lines = layers_table(
        totals, {"nightly-one": Schedule("0 3 * * *", "2026-11-22 03:00")}, width=width
    )
    assert lines[0].split() == head
    assert width == 10 or max(map(len, lines)) <= width


def test_where_only_one_rare_state_has_room_it_is_the_gravest() -> None:
    counts = {RunState.STALLED: 1, RunState.INTERRUPTED: 1, RunState.UNKNOWN: 1}
    layer = LayerTotals(layer_name="nightly-one", counts=counts)
    totals = Totals(since=None, until=None, overall=add_up([layer]), by_layer=(layer,))
    assert layers_table(totals, width=57)[0].split() == [*NEEDED[:2], "STALLED", *NEEDED[2:]]


def test_a_column_of_running_runs_stays_where_there_are_some() -> None:
    layer = LayerTotals(layer_name="one", counts={RunState.RUNNING: 1})
    totals = Totals(since=None, until=None, overall=add_up([layer]), by_layer=(layer,))
    assert "RUNNING" in layers_table(totals, width=10)[0]


HEAD, ROW = ["A", "BB", "CCC"], ["a" * 5, "b" * 3, "c"]


@pytest.mark.parametrize(
    ("width", "lines"),
    [
        (None, ["A       BB  CCC", "aaaaa  bbb    c"]),
        (15, ["A       BB  CCC", "aaaaa  bbb    c"]),
        (14, ["A       BB", "aaaaa  bbb"]),
        (9, ["A", "aaaaa"]),
        (1, ["A", "aaaaa"]),
    ],
)
def test_spare_columns_are_there_as_far_as_there_is_room(
    width: int | None, lines: list[str]
) -> None:
    assert grid(HEAD, [ROW], spare=(2, 1), width=width) == lines


def test_what_is_too_long_moves_the_rest_of_its_line_alone() -> None:
    rows = [["x" * 8, "1"], ["y", "2"]]
    assert grid(["A", "B"], rows, most={0: 3}) == ["A    B", "xxxxxxxx  1", "y    2"]


def test_colours_take_no_room() -> None:
    rows = [["failed", "1"], ["other", "2"]]
    lines = grid(["STATE", "N"], rows, colours={0: state_colour})
    assert lines == ["STATE   N", "\x1b[31mfailed\x1b[0m  1", "other   2"]


@pytest.mark.parametrize("state", RunState)
def test_states_have_colours_but_for_the_unknown(state: RunState) -> None:
    assert bool(state_colour(state)) == (state is not RunState.UNKNOWN)


def test_what_has_no_colour_is_as_it_was() -> None:
    assert painted("x", "") == "x"


def test_facts_line_up() -> None:
    assert facts([("A", "x"), ("Long", "y")]) == ["A     x", "Long  y"]
    assert facts([]) == []


def cells(text: str) -> int:
    marks = "\u0301"
    return sum(0 if c in marks else 2 if east_asian_width(c) in "WF" else 1 for c in text)


def prefix(line: str, width: int) -> str:
    """Return as much of a line as takes this many cells."""
    end = next(n for n in range(len(line) + 1) if cells(line[:n]) == width)
    return line[:end]
