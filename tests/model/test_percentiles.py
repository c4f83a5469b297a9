"""Percentiles of spans from counts, against those of the spans themselves."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zos_monitor.model import phrases
from zos_monitor.model.figures import day_of
from zos_monitor.model.percentiles import Spans, bucket, middle, nearest_rank

NUMBERS = st.lists(st.integers(0, 10**12) | st.integers(0, 9_000), min_size=1)


QUARTER = timedelta(minutes=15)


def quarter(at: datetime) -> int:
    """Count the quarters of an hour by the julian day, which was 2440587.5 as 1970 began."""
    return (at - datetime(1970, 1, 1, tzinfo=UTC)) // QUARTER + 24405875 * 96 // 10


def exact(numbers: list[int], percent: int) -> int:
    return sorted(numbers)[math.ceil(percent * len(numbers) / 100) - 1]


def spans_of(numbers: list[int]) -> Spans:
    spans = Spans()
    spans.add((number, 1) for number in numbers)
    return spans


@given(NUMBERS, st.sampled_from([1, 50, 90, 95, 100]))
def test_a_percentile_is_that_of_the_spans_but_for_a_part_in_4096(
    numbers: list[int], percent: int
) -> None:
    found, expected = spans_of(numbers).percentile(percent), exact(numbers, percent)
    assert found is not None
    assert found.total_seconds() * 1000 == pytest.approx(expected, rel=1 / 4096, abs=1e-3)


@given(NUMBERS, NUMBERS)
def test_spans_add_up(some: list[int], others: list[int]) -> None:
    both = spans_of(some)
    both.absorb(spans_of(others))
    assert both == spans_of([*some, *others])
    assert both.mean is not None
    mean = sum([*some, *others]) / len([*some, *others])
    assert both.mean.total_seconds() * 1000 == pytest.approx(mean, abs=1e-3)


def test_what_is_kept_is_closer_than_what_is_shown() -> None:
    for seconds in (7, 61, 200, 599, 3599):
        kept = timedelta(milliseconds=middle(bucket(seconds * 1000 + 500)))
        assert phrases.duration(kept) == phrases.duration(timedelta(seconds=seconds))


def test_few_spans_are_told_exactly() -> None:
    assert nearest_rank({}, 95) is None
    assert (Spans().percentile(95), Spans().mean) == (None, None)
    assert nearest_rank({5: 1}, 95) == 5
    assert nearest_rank({1: 19, 2: 1}, 95) == 1
    assert nearest_rank({1: 18, 2: 2}, 95) == 2
    assert nearest_rank(dict.fromkeys(range(1, 21), 1), 95) == 19


@pytest.mark.parametrize("zone", ["UTC", "Asia/Kathmandu", "America/St_Johns", "Europe/Berlin"])
def test_every_zone_has_its_days(zone: str) -> None:
    for number in range(96 * 3):  # over the end of summer time
        at = datetime(2026, 10, 24, tzinfo=UTC) + number * QUARTER
        assert day_of(quarter(at), ZoneInfo(zone)) == at.astimezone(ZoneInfo(zone)).date(), at


def test_days_beyond_all_calendars_are_told_as_far_as_they_can_be() -> None:
    assert day_of(-(10**12), UTC) is None
    first = quarter(datetime(1, 1, 1, tzinfo=UTC))
    assert day_of(first, ZoneInfo("America/New_York")) == date(1, 1, 1)
    assert day_of(first - 1, UTC) is None
