from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zos_monitor.model.filters import FilterError, TimeBounds, parse_filter, time_bounds
from zos_monitor.model.times import parse_span
from zos_monitor.model.windows import (
    DEFAULT_WINDOW,
    WINDOWS,
    has_time,
    turns_at,
    window_words,
    within_window,
)


def test_the_windows_on_offer_are_spans_from_short_to_long() -> None:
    *windows, last = WINDOWS
    spans = [span for window in windows if (span := parse_span(window))]
    assert (len(spans), last) == (len(windows), "all")
    assert spans == sorted(spans)
    assert DEFAULT_WINDOW in WINDOWS


@pytest.mark.parametrize(
    ("text", "timed", "words"),
    [
        ("", False, "last 7 days"),
        ("status:failed", False, "last 7 days, as filtered"),
        ("since:24h", True, "last 24 hours"),
        ("since:1d", True, "last day"),
        ("since:1W", True, "last week"),
        ("since:0030m", True, "last 30 minutes"),
        ("since:all", True, "all time"),
        ("since:ALL Ada", True, "all time, as filtered"),
        ("since:all until:2026-11-05", True, "until 2026-11-05"),
        ("since:90s Ada", True, "last 90 seconds, as filtered"),
        ("since:yesterday", True, "since yesterday"),
        ("since:2026-11-01 until:2026-11-05", True, "since 2026-11-01 until 2026-11-05"),
        ("until:2026-11-05", True, "until 2026-11-05"),
        ("since:5ſ", True, "since 5ſ"),
    ],
)
def test_a_window_has_words(text: str, timed: bool, words: str) -> None:
    assert has_time(parse_filter(text)) is timed
    assert window_words(parse_filter(text)) == words


def test_another_window_counts_where_the_filter_names_no_time() -> None:
    assert window_words(parse_filter(""), "30d") == "last 30 days"
    assert window_words(parse_filter("since:2d"), "30d") == "last 2 days"
    assert window_words(parse_filter(""), "all") == "all time"


def test_all_is_a_window_that_bounds_nothing() -> None:
    assert time_bounds(within_window(parse_filter(""), "all"), now=NOW) == TimeBounds()
    assert time_bounds(parse_filter("since:all"), now=NOW) == TimeBounds()
    until = time_bounds(parse_filter("since:all until:2026-11-05"), now=NOW)
    assert until == TimeBounds(None, datetime(2026, 11, 6, tzinfo=UTC))
    with pytest.raises(ValueError, match="no span"):
        within_window(parse_filter(""), "everything")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("until:all", "is not a time: .* today or yesterday."),
        ("since:alle", ", or all."),
        ("-since:all", "cannot be excluded"),
        ("since:all,7d", "takes one time"),
    ],
)
def test_all_stands_for_the_beginning_only(text: str, message: str) -> None:
    with pytest.raises(FilterError, match=message):
        parse_filter(text)


@given(st.text(st.characters(exclude_characters='"'), max_size=6), st.sampled_from("smhdwSMHDWſ"))
def test_every_filter_that_is_understood_has_words(number: str, unit: str) -> None:
    for value in (number, number + unit, "7" + unit):
        try:
            flt = parse_filter(f'since:"{value}"')
        except FilterError:
            continue
        assert window_words(flt)


NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
MINUTE = NOW + timedelta(minutes=1)


@pytest.mark.parametrize(
    ("text", "oldest_hours", "turns"),
    [
        ("", 48, MINUTE + timedelta(days=5)),
        ("", None, None),
        ("since:all", 48, None),
        ("since:all until:2h", 48, MINUTE),
        ("since:3d", 48, MINUTE + timedelta(days=1)),
        ("since:3d layer:x", 48, MINUTE + timedelta(days=1)),
        ("since:3d", 100, MINUTE),
        ("since:2026-11-01", 48, None),
        ("until:2026-11-01", 48, None),
        ("since:today", 2, MINUTE),
        ("until:2h", 48, MINUTE),
        ("since:3d until:2h", 48, MINUTE),
    ],
)
def test_a_window_that_moves_turns_when_its_oldest_run_leaves(
    text: str, oldest_hours: int | None, turns: datetime | None
) -> None:
    oldest = None if oldest_hours is None else NOW - timedelta(hours=oldest_hours)
    assert turns_at(parse_filter(text), oldest, NOW) == turns


@pytest.mark.parametrize("seconds", [0, 0.1, 7, 59, 59.9])
def test_a_busy_window_turns_once_a_minute(seconds: float) -> None:
    now = NOW + timedelta(seconds=seconds)
    for leaving in (-1, 0, 0.001, 3):
        oldest = now - timedelta(days=7) + timedelta(seconds=leaving)
        turn = turns_at(parse_filter(""), oldest, now)
        assert turn is not None
        assert oldest + timedelta(days=7) < turn
        assert now < turn <= now + timedelta(seconds=63)
        assert turn == turn.replace(second=0, microsecond=0)
