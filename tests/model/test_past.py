from __future__ import annotations

import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zos_monitor.model.past import LayerPast, Pace, median, pace_of


@given(st.lists(st.floats(0, 1e9), min_size=1))
def test_the_median_is_that_of_the_library(figures: list[float]) -> None:
    assert median(figures) == pytest.approx(statistics.median(figures))


@pytest.mark.parametrize(
    ("seconds", "pace"),
    [
        ([], None),
        ([7.0], Pace(7, 7, 7)),
        ([4.0, 2.0], Pace(2, 3, 4)),
        ([5.0, 1.0, 4.0, 2.0, 3.0], Pace(2, 3, 4)),
    ],
)
def test_a_pace_is_told_by_quartiles(seconds: list[float], pace: Pace | None) -> None:
    assert pace_of(seconds) == pace


@pytest.mark.parametrize(
    ("usual", "cost", "costly"),
    [(0.1, 0.31, True), (0.1, 0.3, False), (0.1, None, False), (0.0, 9.0, False), (None, 9, False)],
)
def test_a_run_is_costly_beside_its_layer(
    usual: float | None, cost: float | None, costly: bool
) -> None:
    assert LayerPast(cost_usd=usual).costly(cost) is costly
