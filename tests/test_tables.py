"""Plain text tables: columns that line up, whatever the names are."""

from __future__ import annotations

from datetime import UTC, datetime
from unicodedata import east_asian_width

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zos_monitor.model.states import RunState
from zos_monitor.model.stats import LayerTotals, Totals, add_up
from zos_monitor.tables import layers_table

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


def cells(text: str) -> int:
    marks = "\u0301"
    return sum(0 if c in marks else 2 if east_asian_width(c) in "WF" else 1 for c in text)


def prefix(line: str, width: int) -> str:
    """Return as much of a line as takes this many cells."""
    end = next(n for n in range(len(line) + 1) if cells(line[:n]) == width)
    return line[:end]
