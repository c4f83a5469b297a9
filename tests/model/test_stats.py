from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zos_monitor.model.states import RunState
from zos_monitor.model.stats import RunTotals, add_up

NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)
some_totals = st.builds(
    RunTotals,
    counts=st.dictionaries(st.sampled_from(RunState), st.integers(0, 99)),
    insights=st.integers(0, 999),
    tokens=st.none() | st.integers(0, 10**9),
    cost_usd=st.none() | st.integers(0, 99).map(float),
    uncosted=st.integers(0, 9),
    timed=st.integers(0, 9),
    seconds=st.integers(0, 999).map(float),
    last_started=st.none() | st.integers(0, 99).map(lambda days: NOON + timedelta(days=days)),
)


@pytest.mark.parametrize(
    ("counts", "runs", "rate"),
    [
        ({}, 0, None),
        ({"success": 3}, 3, 1.0),
        ({"success": 1, "failed": 2, "partial": 1}, 4, 0.25),
        ({"success": 1, "unknown": 1}, 2, 0.5),
        ({"failed": 2}, 2, 0.0),
        ({"success": 2, "failed": 2, "dry": 50, "running": 9}, 63, 0.5),
        ({"dry": 5, "running": 1}, 6, None),
    ],
)
def test_runs_and_success_rate(counts: dict[str, int], runs: int, rate: float | None) -> None:
    totals = RunTotals(counts={RunState(state): n for state, n in counts.items()})
    assert (totals.runs, totals.success_rate) == (runs, rate)


def test_average_duration_is_over_the_timed_runs_alone() -> None:
    totals = RunTotals(counts={RunState.SUCCESS: 9}, timed=4, seconds=10.0)
    assert totals.average_duration == timedelta(seconds=2.5)
    assert RunTotals(counts={RunState.RUNNING: 1}).average_duration is None


def test_adding_up_nothing() -> None:
    assert add_up([]) == RunTotals()


def test_a_cost_that_is_nowhere_recorded_stays_unknown() -> None:
    unknown, free = RunTotals(cost_usd=None, uncosted=2), RunTotals(cost_usd=0.0)
    assert add_up([unknown, unknown]).cost_usd is None
    assert add_up([unknown, free]).cost_usd == 0.0
    assert add_up([unknown, unknown]).uncosted == 4


@given(st.lists(some_totals, max_size=5))
def test_the_whole_is_the_sum_of_its_parts(parts: list[RunTotals]) -> None:
    whole = add_up(iter(parts))
    assert whole.runs == sum(part.runs for part in parts)
    for state in RunState:
        assert whole.counts.get(state, 0) == sum(part.counts.get(state, 0) for part in parts)
    for figure in ("insights", "uncosted", "timed", "seconds"):
        assert getattr(whole, figure) == sum(getattr(part, figure) for part in parts)
    for figure in ("tokens", "cost_usd"):
        recorded = [n for part in parts if (n := getattr(part, figure)) is not None]
        assert getattr(whole, figure) == (sum(recorded) if recorded else None)
    starts = [part.last_started for part in parts if part.last_started]
    assert whole.last_started == (max(starts) if starts else None)
