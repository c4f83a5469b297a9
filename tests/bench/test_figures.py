from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from tests.bench.figures import Bar, Figure, median, percentile
from tests.bench.report import amount, as_json, table


def test_the_median_is_the_middle_or_the_mean_of_two() -> None:
    assert median([3.0, 1.0, 2.0]) == 2.0
    assert median([4.0, 1.0, 2.0, 3.0]) == 2.5
    assert median([]) is None


def test_a_percentile_is_a_sample_that_so_many_do_not_exceed() -> None:
    samples = [float(n) for n in range(100, 0, -1)]
    assert percentile(samples, 0.95) == 95.0
    assert percentile([7.0], 0.95) == 7.0
    assert percentile([1.0, 2.0], 0.0) == 1.0
    assert percentile([], 0.95) is None


@pytest.mark.parametrize(
    ("bar", "measured", "baseline", "kept"),
    [
        (Bar(most=15), 15.0, None, True),
        (Bar(most=15), 15.1, None, False),
        (Bar(most=0), 0.0, None, True),
        (Bar(most=0), 1.0, None, False),
        (Bar(ratio=1.3), 1.3, 1.0, True),
        (Bar(ratio=1.3), 1.4, 1.0, False),
        (Bar(ratio=1.3), 1.4, None, None),
        (Bar(ratio=1.3, most=1), 1.2, None, False),
        (Bar(ratio=1.2, most=15), 14.0, 10.0, False),
        (Bar(least_ratio=0.95), 95.0, 100.0, True),
        (Bar(least_ratio=0.95), 94.0, 100.0, False),
        (Bar(more=15), 65.0, 50.0, True),
        (Bar(more=15), 65.1, 50.0, False),
        (Bar(below=True), 9.9, 10.0, True),
        (Bar(below=True), 10.0, 10.0, False),
    ],
)
def test_a_bar_holds_what_it_says(
    bar: Bar, measured: float, baseline: float | None, kept: bool | None
) -> None:
    assert bar.holds(measured, baseline) is kept


def test_a_figure_is_its_median_by_its_baselines() -> None:
    figure = Figure(
        group="g", name="f", unit="ms", samples=[1, 2, 9], baseline=[4, 1, 7], bar=Bar(ratio=0.5)
    )
    assert (figure.measured, figure.compared, figure.ratio) == (2, 4, 0.5)
    assert figure.verdict == "ok"


def test_a_figure_can_be_a_percentile() -> None:
    samples = [float(n) for n in range(1, 101)]
    figure = Figure(group="g", name="f", unit="ms", samples=samples, share=0.95, bar=Bar(most=90))
    assert (figure.measured, figure.verdict) == (95.0, "missed")


def test_what_could_not_be_measured_is_told() -> None:
    assert Figure(group="g", name="f", unit="ms", bar=Bar(most=1)).verdict == "not available"
    alone = Figure(group="g", name="f", unit="ms", samples=[1], against="x", bar=Bar(ratio=1))
    assert (alone.ratio, alone.verdict) == (None, "not available")
    assert Figure(group="g", name="f", unit="ms", samples=[1]).verdict == ""
    nothing = Figure(group="g", name="f", unit="ms", samples=[1], baseline=[0], bar=Bar(ratio=1))
    assert (nothing.ratio, nothing.verdict) == (None, "missed")


def test_the_table_has_all_columns_in_line() -> None:
    lines = table(
        [
            Figure(
                group="start",
                name="exec to first row",
                unit="ms",
                samples=[240.0],
                against="bare app",
                baseline=[200.0],
                bar=Bar(ratio=1.3, most=300),
            ),
            Figure(group="keys", name="jump", unit="ms", note="nothing there", bar=Bar(most=150)),
        ]
    )
    assert lines == [
        "figure             measured  baseline          ratio  bar",
        "─────────────────  ────────  ───────────────  ──────  ─────────────────  ─────────────",
        "exec to first row    240 ms  200 ms bare app  1.20 ×  ≤ 1.3 ×, ≤ 300 ms  ok",
        "jump                      –                           ≤ 150 ms           not available",
        "",
        "jump: nothing there",
    ]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "–"),
        (0, "0 ms"),
        (0.304, "0.30 ms"),
        (12.34, "12.3 ms"),
        (1234.5, "1,234 ms"),
        (3.0, "3 ms"),
    ],
)
def test_amounts_have_about_three_digits(value: float | None, text: str) -> None:
    assert amount(value, "ms") == text


def test_json_keeps_the_samples_and_on_what_they_were_taken() -> None:
    figure = Figure(group="g", name="f", unit="ms", samples=[1, 3], baseline=[4], bar=Bar(ratio=1))
    told = json.loads(
        as_json([figure], runs=1000, quick=True, at=datetime(2026, 11, 1, tzinfo=UTC))
    )
    assert (told["runs"], told["quick"], told["at"]) == (1000, True, "2026-11-01T00:00:00+00:00")
    assert {"python", "sqlite", "textual", "system", "cores"} <= told.keys()
    (row,) = told["figures"]
    assert (row["samples"], row["measured"], row["ratio"], row["verdict"]) == ([1, 3], 2, 0.5, "ok")
