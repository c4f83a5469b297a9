"""What is said of figures: columns, orders, words and the sparkline."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from tests.tui import nights as made_nights
from tests.tui.driving import NOW
from tests.tui.figures import DAY, LAYERS, MODELS, SAMPLE, TODAY, breakdown, layer, model
from zos_monitor.model.states import RunState
from zos_monitor.tui.cells import choose_columns
from zos_monitor.tui.figure_columns import figure_columns, head_cells, row_cells
from zos_monitor.tui.figure_rows import FIRST_SORT, FigureContext, Sort, View, context_of, rows_of
from zos_monitor.tui.figure_words import days_of, layer_facts, model_facts, sparkline, totals_words
from zos_monitor.tui.glyphs import ASCII, UNICODE, Glyphs
from zos_monitor.tui.run_columns import Setting

SETTING = Setting(NOW, UTC, UNICODE)
PLAIN = context_of(SETTING, None)
WEEK = (TODAY - 6 * DAY, TODAY)


def table(view: View, width: int, glyphs: Glyphs = UNICODE) -> list[str]:
    sort = FIRST_SORT[view]
    context = context_of(SETTING._replace(glyphs=glyphs), made_nights.sample())
    rows = rows_of(view, SAMPLE, sort, context)
    chosen = choose_columns(figure_columns(view, rows, sort, context, width), width)
    heads = head_cells(chosen, sort)
    lines = [" ".join(cell.text for cell in heads)]
    return lines + ["".join(cell.text for cell in row_cells(chosen, row, context)) for row in rows]


@pytest.mark.parametrize("view", View)
@pytest.mark.parametrize("width", [38, 57, 77, 117, 230])
def test_lines_fill_their_columns(view: View, width: int) -> None:
    lengths = {cell_len(line) for line in table(view, width)}
    assert len(lengths) == 1
    assert lengths.pop() <= width


def test_plain_terminals_get_plain_signs() -> None:
    lines = table(View.LAYERS, 117, ASCII)
    assert all(line.replace("—", "-").replace("…", "~").isascii() for line in lines)
    assert "LAST x" in lines[0]


def words(line: str) -> str:
    return " ".join(line.split())


def test_a_layer_is_told_in_columns() -> None:
    head, total, *rows = table(View.LAYERS, 230)
    assert words(head) == (
        "LAYER LAST 14 NIGHTS RUNS ▶ ✓ ◐ ✗ · OK% COST SHARE AVG P95 LAST ✗ NEXT INSIGHTS IN OUT"
        " LAST ✓ LAST RUN"
    )
    assert words(total).startswith("all layers 162 · 139 · 23 · 86% $16.00+ 100%")
    name, strip, *figures = rows[-1].split()
    assert name == "nightly-user-reflection"
    assert " ".join(figures) == (
        "14 · 12 · 2 · 86% $12.40 78% 1m 30s 6m 40s 11-17 12:00 12-04 03:00 42 63.0k 7.00k"
        " 9h ago 9h ago"
    )
    assert len(strip) == 14
    assert not any(sign in rows[0] for sign in "◐○")


def test_the_states_of_a_line_add_up_to_its_runs() -> None:
    counts = dict.fromkeys((RunState.STALLED, RunState.INTERRUPTED, RunState.SUCCESS), 2)
    sample = layer("nightly-user-reflection", 6)
    rare = replace(sample, totals=replace(sample.totals, counts=counts))
    context = context_of(SETTING, made_nights.sample())
    sort = FIRST_SORT[View.LAYERS]
    rows = rows_of(View.LAYERS, breakdown([rare], MODELS), sort, context)
    for width in (57, 77, 117):
        chosen = choose_columns(figure_columns(View.LAYERS, rows, sort, context, width), width)
        shown = {column.name for column, _ in chosen}
        assert set(counts) <= shown
        assert ("nights" in shown) == (width > 57)


def test_a_model_is_told_in_columns() -> None:
    _, total, *rows = table(View.MODELS, 117)
    assert words(total) == "all models 1.27k 60 5% 3.80M 380k $20.00 100% 9h ago"
    assert words(rows[0]) == (
        "anthropic/claude-sonnet-4-6 1.21k 60 5% 3.63M 363k $15.00 75% 4.2s 1m 01s 9h ago"
    )
    assert "—" in rows[2]
    assert "\x1b" not in rows[2]


@pytest.mark.parametrize(
    ("view", "sort", "first", "last"),
    [
        (View.LAYERS, Sort("layer"), "channel-speak", "nightly-user-reflection"),
        (View.LAYERS, Sort("cost"), "nightly-user-reflection", "dev_manual"),
        (View.LAYERS, Sort("cost", turned=True), "channel-speak", "dev_manual"),
        (View.LAYERS, Sort("runs"), "channel-speak", "dev_manual"),
        (View.LAYERS, Sort("last_failure"), "nightly-dyad-reflection", "dev_manual"),
        (View.MODELS, Sort("cost"), "claude-sonnet-4-6", "[bold]local\x1b[31m"),
        (View.MODELS, Sort("calls", turned=True), "[bold]local\x1b[31m", "claude-sonnet-4-6"),
    ],
)
def test_rows_are_sorted_below_the_line_of_all(
    view: View, sort: Sort, first: str, last: str
) -> None:
    total, *rows = rows_of(view, SAMPLE, sort, PLAIN)
    assert total.total
    assert (rows[0].figures.name, rows[-1].figures.name) == (first, last)


@pytest.mark.parametrize("view", View)
def test_every_figure_can_be_sorted_by_and_is_seen_then(view: View) -> None:
    sort, seen = FIRST_SORT[view], set[Sort]()
    while sort not in seen:
        seen.add(sort)
        assert len(rows_of(view, SAMPLE, sort, PLAIN)) == 1 + len(
            LAYERS if view is View.LAYERS else MODELS
        )
        rows = rows_of(view, SAMPLE, sort, context_of(SETTING, made_nights.sample()))
        columns = figure_columns(view, rows, sort, PLAIN, 57)
        assert sort.name in {column.name for column, _ in choose_columns(columns, 57)}
        assert sort.words.startswith("by ")
        sort = sort.next(view)
    assert len(seen) > 8


def test_no_runs_have_no_rows() -> None:
    empty = breakdown((), ())
    for view in View:
        assert rows_of(view, empty, FIRST_SORT[view], PLAIN) == []
        assert figure_columns(view, [], FIRST_SORT[view], PLAIN, 80)


def test_a_sparkline_tells_its_scale() -> None:
    costs = {TODAY - n * DAY: cost for n, cost in enumerate((0.8, 0.0, 0.1, 0.45))}
    line = sparkline(costs, WEEK, 80, UNICODE)
    assert (line.title, line.signs) == ("cost per day", "···▅▁·█")
    assert line.words == "highest $0.80 on 21 Nov"
    assert sparkline(costs, WEEK, 80, ASCII).signs == "---51-8"
    assert sparkline({}, WEEK, 80, UNICODE).words == "no cost is recorded"


def test_many_days_are_folded_and_all_are_counted() -> None:
    days = (TODAY - 89 * DAY, TODAY)
    costs = {days[0] + n * DAY: 1.0 for n in range(90)}
    line = sparkline(costs, days, 80, UNICODE)
    assert (line.title, len(line.signs)) == ("cost per week", 13)
    assert line.signs == "▇" + "█" * 12
    assert line.words == "highest $7.00, week to 5 Sep"
    ages = (date(2020, 1, 1), TODAY)
    line = sparkline(costs, ages, 80, UNICODE)
    assert line.title == "cost per 4 weeks"
    assert line.words.startswith("highest $28.00, 4 weeks to ")
    assert "begins " in line.words
    assert len(line.signs) <= 80 - len("cost per 4 weeks") - len("highest $28.00, 4 weeks to ")


@settings(max_examples=40)
@given(
    st.dictionaries(st.dates(), st.floats(0, 1e6), max_size=20),
    st.dates(),
    st.integers(0, 100_000),
    st.integers(1, 200),
)
def test_every_span_has_a_sparkline(
    costs: dict[date, float], last: date, length: int, width: int
) -> None:
    first = date.fromordinal(max(1, last.toordinal() - length))
    line = sparkline(costs, (first, last), width, UNICODE)
    assert 1 <= len(line.signs) <= max(1, width)
    assert set(line.signs) <= {*UNICODE.levels, UNICODE.dot}


def test_the_days_are_those_of_the_window() -> None:
    assert days_of(SAMPLE, NOW, UTC) == (TODAY - 7 * DAY, TODAY)
    assert days_of(breakdown(since=None), NOW, UTC) == WEEK
    until = NOW.replace(hour=0) - 2 * DAY
    assert days_of(breakdown(LAYERS[1:2], since=None, until=until), NOW, UTC) is None
    ended = breakdown(LAYERS[1:2], until=until)
    assert days_of(ended, NOW, UTC) == (TODAY - 7 * DAY, TODAY - 3 * DAY)


def facts(context: FigureContext, **fields: object) -> str:
    return "\n".join(layer_facts(layer("nightly-user-reflection", 14, **fields), context))  # type: ignore[arg-type]


def test_everything_is_told_in_words() -> None:
    told = facts(context_of(SETTING, made_nights.sample()), cost=12.4, share=0.775)
    assert told.splitlines() == [
        "14 runs: 12 ✓ success, 2 ✗ failed, 86% OK",
        "42 insights; 63,000 tokens in, 7,000 out; cost $12.40, 78% of all",
        "takes 1m 30s on average, 95 of 100 runs at most 6m 40s",
        "last run 9h ago, last ✓ success 9h ago, last ✗ failed 11-17 12:00, "
        "next 4 Dec 03:00, in 12d 15h",
    ]
    bare = facts(PLAIN, cost=None, tokens_input=None, tokens_output=None)
    assert "tokens not recorded; cost not recorded" in bare
    assert "next" not in bare
    sonnet = list(model_facts(model("x", 40, 5.0), PLAIN, total=False))
    assert sonnet[0] == "40 calls, 2 of them failed (5%)"
    assert sonnet[1] == "120,000 tokens in, 12,000 out; cost $5.00, 25% of all"
    assert "4.2s on average, 95 of 100 at most 1m 01s" in sonnet[2]
    assert totals_words(SAMPLE) == "162 runs, 86% OK, 810k tokens, $16.00+"
    assert totals_words(None) == ""


def test_short_spans_are_told_to_the_tenth() -> None:
    quick = facts(PLAIN, p95_duration=timedelta(seconds=0.42))
    assert "95 of 100 runs at most 0.4s" in quick
