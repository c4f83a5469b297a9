"""States: what is derived from the stored status, and what becomes of open runs in time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zos_monitor.model.states import (
    LEAST_PATIENCE,
    OPEN_STATES,
    Activity,
    RunState,
    derive_state,
    judge_open,
    patience,
)

LAST = datetime(2026, 11, 21, 3, 10, tzinfo=UTC)
TICK = timedelta.resolution
FIVE, TEN = timedelta(minutes=5), timedelta(minutes=10)
RUNNING, STALLED, INTERRUPTED = OPEN_STATES


@pytest.mark.parametrize("status", ["success", "partial", "failed", "dry"])
def test_a_finished_run_is_what_its_status_says(status: str) -> None:
    assert derive_state(status, None) == status


@pytest.mark.parametrize("state", OPEN_STATES)
@pytest.mark.parametrize("status", ["dry", "success", "weird", "running"])
def test_an_open_run_is_never_what_its_status_says(status: str, state: RunState) -> None:
    assert derive_state(status, state) is state


@pytest.mark.parametrize("status", ["", "weird", "running", "stalled", "Success", "unknown"])
def test_other_statuses_are_unknown(status: str) -> None:
    assert derive_state(status, None) is RunState.UNKNOWN


@pytest.mark.parametrize(
    ("silence", "restarted", "patience", "state"),
    [
        (timedelta(0), False, TEN, RUNNING),
        (-timedelta(hours=1), False, TEN, RUNNING),  # a clock that was put back
        (TEN, False, TEN, RUNNING),
        (TEN + TICK, False, TEN, STALLED),
        (timedelta(days=4), False, TEN, STALLED),
        (timedelta(minutes=44), False, timedelta(minutes=45), RUNNING),
        (timedelta(minutes=45) + TICK, False, timedelta(minutes=45), STALLED),
        (FIVE - TICK, True, TEN, RUNNING),
        (FIVE, True, TEN, INTERRUPTED),
        (FIVE, True, timedelta(hours=3), INTERRUPTED),
        (timedelta(days=4), True, TEN, INTERRUPTED),
        (FIVE, False, TEN, RUNNING),
    ],
)
def test_an_open_run_is_judged_by_its_silence(
    silence: timedelta, restarted: bool, patience: timedelta, state: RunState
) -> None:
    judged = judge_open(LAST, restarted=restarted, patience=patience, now=LAST + silence)
    assert (judged.state, judged.last) == (state, LAST)


@given(
    st.timedeltas(timedelta(0), timedelta(days=2)),
    st.booleans(),
    st.timedeltas(LEAST_PATIENCE, timedelta(days=1)),
)
def test_a_run_turns_when_it_is_told_to(
    silence: timedelta, restarted: bool, patience: timedelta
) -> None:
    def at(instant: datetime) -> Activity:
        return judge_open(LAST, restarted=restarted, patience=patience, now=instant)

    judged = at(LAST + silence)
    if judged.turns_at is None:
        assert judged.state is not RUNNING
        assert at(LAST + timedelta(days=900)).state is judged.state
    else:
        assert judged.state is at(judged.turns_at - TICK).state is RUNNING
        assert at(judged.turns_at).state is (INTERRUPTED if restarted else STALLED)


def test_a_run_of_which_nothing_is_known_is_stalled() -> None:
    judged = judge_open(None, restarted=False, patience=TEN, now=LAST)
    assert judged == Activity(STALLED, None)


def test_the_last_instant_of_all_raises_nothing() -> None:
    latest = datetime.max.replace(tzinfo=UTC)
    judged = judge_open(latest, restarted=False, patience=TEN, now=LAST)
    assert judged == Activity(RUNNING, latest)


@pytest.mark.parametrize(
    ("gaps", "minutes"),
    [
        ([], 10),
        ([0.0], 10),
        ([200.0] * 20, 10),  # three times as much is 10 minutes
        ([201.0] * 20, 10.05),
        ([1.0] * 95 + [600.0] * 5, 10),  # the 95th of a hundred is a short one
        ([1.0] * 94 + [600.0] * 6, 30),
        ([600.0, 1.0, 1.0], 30),  # in any order; of few gaps the longest counts
    ],
)
def test_patience_is_three_times_the_95th_percentile(gaps: list[float], minutes: float) -> None:
    assert patience(gaps) == timedelta(minutes=minutes)


@given(st.lists(st.floats(0, 1e300)))
def test_patience_is_never_short_and_never_endless(gaps: list[float]) -> None:
    assert LEAST_PATIENCE <= patience(gaps) < timedelta(days=20_000)
