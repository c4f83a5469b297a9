"""The course: its stretches hold every start once, whatever they are told, and come to an end."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zos_monitor.model.times import format_stored
from zos_monitor.store.scope import ANYWHERE, Scope, Span
from zos_monitor.store.walk import Course

EARLY, LATE = datetime(1, 1, 1), datetime(9999, 12, 31, 23, 59, 59, 999999)  # noqa: DTZ001
instants = st.datetimes(EARLY, LATE, timezones=st.just(UTC))
bounds = st.none() | instants
stored = st.one_of(
    instants.map(format_stored),
    st.none(),
    st.integers(-5, 3000),
    st.floats(allow_nan=False),
    st.binary(max_size=3),
    st.sampled_from(["", "whenever", "2026", "2026-11-21T11:00:00Z", "~", "0001"]),
)
counts = st.integers(0, 10**9)
FAR = 4 * 10**4


def course(
    first: datetime,
    last: datetime,
    since: datetime | None = None,
    until: datetime | None = None,
    *,
    runs: int = 1,
    ascending: bool = False,
) -> Course:
    scope = Scope(
        where=ANYWHERE,
        since=format_stored(since) if since else None,
        until=format_stored(until) if until else None,
        indexed=True,
    )
    return Course(scope, first, last, runs, ascending=ascending)


def spans(made: Course, wanted: list[int], took: list[int]) -> list[Span]:
    """Return all spans of a course that is told to want and to have got so many runs by turns."""
    found: list[Span] = []
    while not made.done:
        found.append(made.next(wanted[len(found) % len(wanted)]))
        made.took(took[len(found) % len(took)])
        assert len(found) < FAR, "no end in sight"
    return found


def fitting(span: Span, starts: list[object]) -> list[int]:
    """Return which of some starts SQLite finds in a span."""
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("CREATE TABLE runs (started_at DATETIME)")
        connection.executemany("INSERT INTO runs VALUES (?)", [(start,) for start in starts])
        rows = connection.execute(
            f"SELECT rowid - 1 FROM runs AS r WHERE {span.where.sql}", span.where.params
        ).fetchall()
    return [row[0] for row in rows]


@settings(max_examples=60)
@given(
    instants,
    instants,
    bounds,
    bounds,
    st.integers(1, 2**63 - 1),
    st.lists(st.integers(50, 10**7), min_size=1, max_size=4),
    st.booleans(),
    st.lists(stored, max_size=12),
)
def test_the_spans_hold_every_start_once_and_in_order(
    one: datetime,
    other: datetime,
    since: datetime | None,
    until: datetime | None,
    runs: int,
    wanted: list[int],
    ascending: bool,
    starts: list[object],
) -> None:
    first, last = sorted((one, other))
    made = course(first, last, since, until, runs=runs, ascending=ascending)
    # Of few runs at most, so that the stretches soon grow to their full length.
    cut = spans(made, wanted, [0, 1, 3])
    whole = Span(made._since, made._until)
    meant = fitting(whole, starts) if since or until else list(range(len(starts)))
    held = [run for span in cut for run in fitting(span, starts)]
    assert sorted(held) == meant
    edges = [span.since for span in cut if not span.unstarted]
    assert edges == sorted(edges, key=lambda edge: edge or "", reverse=not ascending)
    timed = [span for span in cut if not span.unstarted]
    for one_span, next_span in pairwise(timed):
        if ascending:
            assert one_span.until == next_span.since
        else:
            assert one_span.since == next_span.until


@given(
    instants, instants, st.lists(counts, min_size=1), st.lists(counts, min_size=1), st.booleans()
)
def test_no_count_makes_a_step_that_no_calendar_has(
    one: datetime, other: datetime, wanted: list[int], took: list[int], ascending: bool
) -> None:
    first, last = sorted((one, other))
    made = course(first, last, ascending=ascending)
    for runs, got in zip(wanted, took, strict=False):
        if not made.done:
            made.next(runs)
            made.took(got)


@pytest.mark.parametrize("ascending", [True, False])
@pytest.mark.parametrize("runs", [1, 10**6, 2**62])
def test_an_empty_age_is_crossed_in_a_few_steps(ascending: bool, runs: int) -> None:
    made = course(EARLY.replace(tzinfo=UTC), LATE.replace(tzinfo=UTC), runs=runs)
    assert len(spans(made, [100], [0])) < 40


@pytest.mark.parametrize("ascending", [True, False])
def test_after_a_crowd_the_stretches_grow_again(ascending: bool) -> None:
    now = datetime(2026, 11, 21, tzinfo=UTC)
    made = course(now - timedelta(days=9000), now, runs=10**6, ascending=ascending)
    made.next(5_000)
    made.took(10**9)  # all of them within a moment
    assert len(spans(made, [5_000], [0])) < 40


def test_stretches_are_made_for_the_runs_that_are_wanted() -> None:
    now = datetime(2026, 11, 21, tzinfo=UTC)
    made = course(now - timedelta(days=100), now, runs=1000)
    assert len(spans(made, [100], [125])) == pytest.approx(10, abs=2)
