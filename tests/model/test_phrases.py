from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from zos_monitor.model import phrases

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
EVERY_ZONE = (UTC, BERLIN, timezone(timedelta(hours=-12)), timezone(timedelta(hours=14)))
ENDS = [datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)]
instants = st.datetimes(timezones=st.just(UTC))
zones: st.SearchStrategy[tzinfo] = st.sampled_from(EVERY_ZONE)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (None, "—"),
        (0, "0s"),
        (0.9, "0s"),
        (59.99, "59s"),
        (60, "1m 00s"),
        (200, "3m 20s"),
        (3599, "59m 59s"),
        (3900, "1h 05m"),
        (86_399, "23h 59m"),
        (3 * 86_400 + 4 * 3600, "3d 4h"),
        (2000 * 86_400, "2,000d 0h"),
        (-61, "-1m 01s"),
    ],
)
def test_durations(seconds: float | None, words: str) -> None:
    assert phrases.duration(None if seconds is None else timedelta(seconds=seconds)) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0s"), (0.05, "<0.1s"), (0.1, "0.1s"), (9.94, "9.9s"), (9.97, "10s"), (10.9, "10s")],
)
def test_short_durations_to_the_tenth(seconds: float, words: str) -> None:
    assert phrases.finely(timedelta(seconds=seconds)) == words


@pytest.mark.parametrize(
    ("before", "words"),
    [
        (timedelta(0), "just now"),
        (timedelta(seconds=59), "just now"),
        (timedelta(seconds=60), "1m ago"),
        (timedelta(minutes=59, seconds=59), "59m ago"),
        (timedelta(hours=47), "47h ago"),
        (timedelta(hours=48), "2d ago"),
        (timedelta(days=1500), "1,500d ago"),
        (timedelta(seconds=-59), "just now"),
        (timedelta(minutes=-2), "in 2m"),
    ],
)
def test_how_long_ago(before: timedelta, words: str) -> None:
    assert phrases.ago(NOW - before, NOW) == words


@pytest.mark.parametrize(
    ("instant", "words"),
    [
        (None, "—"),
        (NOW - timedelta(hours=3), "3h ago"),
        (NOW + timedelta(hours=3), "in 3h"),
        (NOW - timedelta(days=1), "11-20 13:00"),
        (datetime(2025, 12, 31, 22, tzinfo=UTC), "2025-12-31"),
        (datetime(2025, 12, 31, 23, tzinfo=UTC), "01-01 00:00"),
    ],
)
def test_when_is_relative_within_a_day_and_else_a_date_in_the_zone(
    instant: datetime | None, words: str
) -> None:
    assert phrases.when(instant, NOW, BERLIN) == words


@given(instants | st.sampled_from(ENDS), zones)
@example(ENDS[0], EVERY_ZONE[-2])
@example(ENDS[1], EVERY_ZONE[-1])
def test_every_instant_can_be_told_in_every_zone(instant: datetime, zone: tzinfo) -> None:
    assert len(phrases.when(instant, NOW, zone)) <= 11
    assert phrases.exactly(instant, zone)
    assert phrases.clock_time(instant, NOW, zone)


def test_exact_instants_name_their_zone() -> None:
    assert phrases.exactly(NOW, BERLIN) == "2026-11-21 13:00:00 CET"
    assert phrases.exactly(NOW, UTC) == "2026-11-21 12:00:00 UTC"
    assert phrases.exactly(None, UTC) == "—"


def test_a_time_of_day_has_its_date_on_other_days() -> None:
    late = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)
    assert phrases.clock_time(late, NOW, BERLIN) == "00:30:00"
    assert phrases.clock_time(late, NOW, UTC) == "2026-11-20 23:30:00"


@pytest.mark.parametrize(
    ("dollars", "words"),
    [
        *((None, "—"), (0.0, "$0.00"), (0.0004, "<$0.001"), (0.004, "$0.004"), (0.01, "$0.01")),
        *((0.114, "$0.11"), (1234.5, "$1,234.50"), (12_345.0, "$12.3k"), (2.5e6, "$2.50M")),
    ],
)
def test_costs(dollars: float | None, words: str) -> None:
    assert phrases.cost(dollars) == words


def test_an_incomplete_cost_has_a_plus_sign() -> None:
    assert phrases.partial_cost(1.5, 0) == "$1.50"
    assert phrases.partial_cost(1.5, 3) == "$1.50+"
    assert phrases.partial_cost(None, 3) == "—"


@pytest.mark.parametrize(
    ("number", "short", "long"),
    [
        (None, "—", "—"),
        (0, "0", "0"),
        (999, "999", "999"),
        (1000, "1.00k", "1,000"),
        (28_500, "28.5k", "28,500"),
        (1_200_000, "1.20M", "1,200,000"),
        (-5000, "-5.00k", "-5,000"),
    ],
)
def test_numbers(number: int | None, short: str, long: str) -> None:
    assert phrases.compact(number) == short
    assert phrases.grouped(number) == long


@given(st.integers(-(10**18), 10**18))
def test_a_compact_number_has_six_characters_at_most(number: int) -> None:
    assert len(phrases.compact(number)) <= 6


@pytest.mark.parametrize(
    ("share", "words"),
    [
        *((None, "—"), (0.0, "0%"), (0.0001, "1%"), (0.5, "50%"), (0.994, "99%")),
        *((0.9999, "99%"), (1.0, "100%")),
    ],
)
def test_a_share_is_whole_only_where_nothing_is_missing(share: float | None, words: str) -> None:
    assert phrases.percent(share) == words


def test_plurals() -> None:
    words = [phrases.plural(number, "run") for number in (0, 1, 2, 1234)]
    assert words == ["0 runs", "1 run", "2 runs", "1,234 runs"]


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (0, 0, "any moment"),
        (0, 4.9, "any moment"),
        (-9, -5, "any moment"),
        (5, 5, "about 5s left"),
        (57.4, 57.4, "about 55s left"),
        (57.5, 57.5, "about 1m left"),
        (70, 70, "about 1m 10s left"),
        (294, 294, "about 4m 50s left"),
        (296, 296, "about 5m left"),
        (1000, 1000, "about 17m left"),
        (4000, 4000, "about 1h 07m left"),
        (86_399, 86_399, "about 1d left"),
        (90_000, 90_000, "about 1d 1h left"),
        (4, 20, "up to 20s left"),
        (40, 100, "40s to 2m left"),
        (60, 180, "1m to 3m left"),
        (65, 80, "about 1m left"),
        (3600, 7200, "1h to 2h left"),
    ],
)
def test_time_left(low: float, high: float, words: str) -> None:
    assert phrases.time_left((timedelta(seconds=low), timedelta(seconds=high))) == words


def test_time_left_of_anything() -> None:
    assert phrases.time_left(None) == "—"
    assert phrases.time_left((timedelta.min, timedelta.min)) == "any moment"
    assert phrases.time_left((timedelta.max, timedelta.max)) == "about 9,999d left"


@given(st.integers(5, 299), st.integers(300, 86_000))
def test_time_left_seldom_changes(short: int, long: int) -> None:
    for seconds, span in ((short, 5), (long, 60)):
        words = {
            phrases.time_left((timedelta(seconds=seconds + more),) * 2) for more in range(span)
        }
        assert len(words) <= 2
