"""Sums: what is added can be taken away again, and what does not belong is noticed."""

from __future__ import annotations

import pytest

from zos_monitor.model.filters import TimeBounds
from zos_monitor.model.states import RunState
from zos_monitor.model.stats import RunTotals
from zos_monitor.model.sums import Sums, added, taken_away, totals_of

EARLY, LATE = "2026-11-01 03:00:00.000000", "2026-11-02 03:00:00.000000"
SUCCESS, FAILED = RunState.SUCCESS, RunState.FAILED

ONE = Sums(
    layer_name="nightly",
    counts={SUCCESS: 2, FAILED: 1},
    insights=5,
    tokened=2,
    tokens=700,
    costed=1,
    cost_usd=0.5,
    timed=3,
    seconds=90.0,
    begun=3,
    first=EARLY,
    last=EARLY,
)
OTHER = Sums(
    layer_name="nightly",
    counts={FAILED: 1},
    insights=1,
    timed=1,
    seconds=4.5,
    begun=1,
    first=LATE,
    last=LATE,
)


def test_sums_add_up_and_come_apart() -> None:
    both = ONE.plus(OTHER)
    assert (both.runs, both.counts) == (4, {SUCCESS: 2, FAILED: 2})
    assert (both.insights, both.tokens, both.cost_usd, both.seconds) == (6, 700, 0.5, 94.5)
    assert (both.first, both.last) == (EARLY, LATE)
    assert both == OTHER.plus(ONE)
    assert both.minus(ONE, first=LATE) == OTHER


def test_sums_without_a_start_left_have_neither_first_nor_last() -> None:
    unstarted = Sums(layer_name="nightly", counts={FAILED: 1})
    assert ONE.plus(unstarted).minus(ONE, first=None) == unstarted


def test_a_layer_whose_runs_are_all_gone_is_gone() -> None:
    sums = added({"a": ONE}, {"a": OTHER, "b": OTHER})
    assert taken_away(sums, {"b": OTHER}, {}) == {"a": ONE.plus(OTHER)}
    assert taken_away(sums, {"a": ONE}, {"a": LATE}) == {"a": OTHER, "b": OTHER}


@pytest.mark.parametrize(
    "gone",
    [{"b": OTHER}, {"a": ONE.plus(OTHER)}, {"a": Sums(layer_name="a", counts={RunState.DRY: 1})}],
)
def test_runs_that_were_not_among_the_others_cannot_be_taken_away(gone: dict[str, Sums]) -> None:
    assert taken_away({"a": ONE}, gone, {}) is None


def test_totals_are_those_of_the_layers_in_order_and_their_sum() -> None:
    bare = Sums(layer_name="daily", counts={RunState.DRY: 1})
    found = totals_of({"x": ONE, "y": bare}, TimeBounds())
    assert [layer.layer_name for layer in found.by_layer] == ["daily", "nightly"]
    daily, nightly = found.by_layer
    assert (daily.tokens, daily.cost_usd, daily.uncosted, daily.first_started) == (
        None,
        None,
        1,
        None,
    )
    assert (nightly.tokens, nightly.cost_usd, nightly.uncosted) == (700, 0.5, 2)
    assert (found.overall.runs, found.overall.uncosted, found.overall.seconds) == (4, 3, 90.0)
    assert totals_of({}, TimeBounds()).overall == RunTotals()


def test_layers_that_are_shown_as_the_same_text_are_one() -> None:
    found = totals_of({"x": ONE, "y": OTHER}, TimeBounds())
    [layer] = found.by_layer
    assert (layer.layer_name, layer.runs, layer.insights, layer.cost_usd) == ("nightly", 4, 6, 0.5)
