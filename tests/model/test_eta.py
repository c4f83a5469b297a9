"""When runs will be done: a table of cases, and what holds whatever is given."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zos_monitor.model import phrases
from zos_monitor.model.eta import Eta, estimate
from zos_monitor.model.past import LayerPast, Pace
from zos_monitor.model.progress import Progress

THREE = datetime(2026, 11, 21, 3, tzinfo=UTC)
STEADY = LayerPast(pace=Pace(10, 10, 10))
VARIED = LayerPast(pace=Pace(8, 10, 20))
NO_PAST = LayerPast()


def after(seconds: float) -> datetime:
    return THREE + timedelta(seconds=seconds)


def left(
    matched: int | None, done: int, last: float | None, past: LayerPast, now: float
) -> tuple[float, float] | None:
    """Return the seconds left of a run that started at three."""
    last_at = None if last is None else after(last)
    progress = Progress(matched=matched, done=done, last_done_at=last_at)
    eta = estimate(progress, started_at=THREE, past=past, now=after(now))
    if eta is None:
        return None
    low, high = eta.left(after(now))
    return round(low.total_seconds(), 3), round(high.total_seconds(), 3)


@pytest.mark.parametrize(
    ("matched", "done", "last", "past", "now", "expected"),
    [
        (None, 2, 20, STEADY, 25, None),
        (0, 0, None, STEADY, 25, None),
        (9, 0, None, NO_PAST, 25, None),
        (9, 0, None, STEADY, 0, (90, 90)),
        (9, 0, None, STEADY, 4, (86, 86)),
        # Overdue: the others still take their time.
        (9, 0, None, STEADY, 500, (80, 80)),
        (1, 0, None, STEADY, 500, (0, 0)),
        (9, 9, 90, STEADY, 500, (0, 0)),
        # Its own pace alone, and both the same.
        (9, 3, 60, NO_PAST, 65, (115, 115)),
        (9, 3, 30, STEADY, 30, (60, 60)),
        # 20 s of its own against 10 s: the past is worth half a target, 18.57 s in the middle.
        (9, 3, 60, STEADY, 60, (111.429, 111.429)),
        (9, 3, 60, STEADY, 70, (101.429, 101.429)),
        # 12 s against 10 s: worth 1.39 targets, 11.37 s in the middle, 10.30 s to 14.10 s.
        (9, 3, 36, VARIED, 36, (61.809, 84.594)),
        # Nothing done, quartiles that differ; and at 300 done the past counts no more.
        (9, 0, None, VARIED, 0, (72, 180)),
        (310, 300, 6000, VARIED, 6000, (199.834, 199.834)),
        # Instants that can't be: an end before the start (and long ago), one to come, none.
        (9, 3, -60, STEADY, 0, (50, 50)),
        (9, 3, 30, STEADY, 20, (60, 60)),
        (9, 3, None, STEADY, 0, (60, 60)),
        (9, 3, None, NO_PAST, 0, None),
    ],
)
def test_cases(
    matched: int | None,
    done: int,
    last: float | None,
    past: LayerPast,
    now: float,
    expected: tuple[float, float] | None,
) -> None:
    assert left(matched, done, last, past, now) == expected


def test_a_run_without_a_start_has_no_end() -> None:
    progress = Progress(matched=9)
    assert estimate(progress, started_at=None, past=STEADY, now=THREE) is None


def test_what_is_left_gets_less_and_never_less_than_nothing() -> None:
    eta = Eta(after(60), after(90))
    assert eta.left(after(70)) == (timedelta(), timedelta(seconds=20))
    assert eta.left(after(100)) == (timedelta(), timedelta())


def test_a_target_that_is_overdue_brings_the_end_no_nearer_than_the_others_take() -> None:
    run = Progress(matched=9, done=4, last_done_at=after(40))
    eta = estimate(run, started_at=THREE, past=STEADY, now=after(41))
    assert eta is not None
    for now in (41, 50, 80, 600):  # asked once, looked at again and again
        again = estimate(run, started_at=THREE, past=STEADY, now=after(now))
        assert again is not None
        assert eta.left(after(now)) == again.left(after(now))
    assert eta.left(after(600)) == (timedelta(seconds=40), timedelta(seconds=40))


numbers = st.integers(-3, 40) | st.integers(0, 2**63)
seconds = st.floats() | st.floats(0, 1e4) | st.sampled_from([0.0, 1e308, 1e11])
instants = st.datetimes(timezones=st.just(UTC)) | st.sampled_from(
    [datetime.min.replace(tzinfo=UTC), THREE, datetime.max.replace(tzinfo=UTC)]
)


@given(
    st.none() | numbers,
    numbers,
    st.none() | instants,
    st.none() | instants,
    st.none() | st.tuples(seconds, seconds, seconds).map(sorted),
    instants,
)
def test_no_end_lies_in_the_past(
    matched: int | None,
    done: int,
    last: datetime | None,
    started: datetime | None,
    pace: list[float] | None,
    now: datetime,
) -> None:
    progress = Progress(matched=matched, done=max(done, 0), last_done_at=last)
    past = LayerPast(pace=None if pace is None else Pace(*pace))
    eta = estimate(progress, started_at=started, past=past, now=now)
    if eta is None:
        assert phrases.time_left(None) == "—"
        return
    assert now <= eta.earliest <= eta.latest
    low, high = eta.left(now)
    assert timedelta() <= low <= high
    assert eta.left(datetime.max.replace(tzinfo=UTC)) >= (timedelta(), timedelta())
    assert phrases.time_left((low, high))
