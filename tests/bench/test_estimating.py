"""Estimates of the time left keep the bar that the bench holds them against."""

from __future__ import annotations

from pathlib import Path

from tests.bench.estimating import MOST_ERROR, eta
from tests.bench.setting import Setting
from tests.conftest import NOW


def test_estimates_of_the_time_left_are_not_far_off() -> None:
    unused = Path("unused")
    figures = eta(Setting(large=unused, small=unused, runs=0, quick=True, now=NOW))
    assert len(figures) == 8
    for figure in figures:
        assert len(figure.samples) == len(figure.baseline) > 30
        assert 0 < (figure.measured or 0) < MOST_ERROR, figure.name
    live = [figure for figure in figures if "live" in figure.name]
    assert all(figure.ratio is not None and figure.ratio < 1 for figure in live)
