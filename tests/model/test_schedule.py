"""Cron schedules as zos reads them, over clock changes too, and nothing that never ends."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from zos_monitor.model.schedule import (
    MOST_FIRES,
    Schedule,
    cron_fault,
    find_zone,
    fires_between,
    next_fire,
    period_at,
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def fires(cron: str, zone: str, since: str, until: str) -> list[str]:
    found = fires_between(Schedule(cron, zone), at(since), at(until))
    assert all(fire.tzinfo is UTC for fire in found)
    return [f"{fire:%m-%d %H:%M}" for fire in found]


@pytest.mark.parametrize(
    ("cron", "zone", "since", "until", "expected"),
    [
        ("0 3 * * *", "UTC", "2026-11-20", "2026-11-22", ["11-20 03:00", "11-21 03:00"]),
        # 22 November 2026 is a Sunday; 0 is Monday here, whatever cron itself says.
        ("0 4 * * 0", "UTC", "2026-11-20", "2026-11-27", ["11-23 04:00"]),
        ("0 4 * * sun", "UTC", "2026-11-20", "2026-11-27", ["11-22 04:00"]),
        ("0 4 * * 6", "UTC", "2026-11-20", "2026-11-27", ["11-22 04:00"]),
        (
            *("*/15 3 * * *", "UTC", "2026-11-20", "2026-11-21"),
            ["11-20 03:00", "11-20 03:15", "11-20 03:30", "11-20 03:45"],
        ),
        ("0 4 * * *", "America/New_York", "2026-11-20", "2026-11-21", ["11-20 09:00"]),
        # Spring: 02:30 does not exist, so that it counts by the old offset, as 03:30.
        (
            *("30 2 * * *", "Europe/Berlin", "2026-03-28", "2026-03-31"),
            ["03-28 01:30", "03-29 01:30", "03-30 00:30"],
        ),
        (
            *("30 2 * * *", "America/New_York", "2026-03-07", "2026-03-10"),
            ["03-07 07:30", "03-08 07:30", "03-09 06:30"],
        ),
        # Autumn: 02:30 comes twice, and fires twice.
        (
            *("30 2 * * *", "Europe/Berlin", "2026-10-24", "2026-10-27"),
            ["10-24 00:30", "10-25 00:30", "10-25 01:30", "10-26 01:30"],
        ),
        (
            *("30 1 * * *", "America/New_York", "2026-10-31", "2026-11-03"),
            ["10-31 05:30", "11-01 05:30", "11-01 06:30", "11-02 06:30"],
        ),
        ("0 0 30 2 *", "UTC", "2026-01-01", "2027-01-01", []),
    ],
)
def test_fires(cron: str, zone: str, since: str, until: str, expected: list[str]) -> None:
    assert fires(cron, zone, since, until) == expected


def test_the_beginning_counts_and_the_end_does_not() -> None:
    assert fires("0 3 * * *", "UTC", "2026-11-20T03:00", "2026-11-21T03:00") == ["11-20 03:00"]
    assert fires("0 3 * * *", "UTC", "2026-11-20T03:00:00.000001", "2026-11-21T03:00") == []
    assert fires("0 3 * * *", "UTC", "2026-11-21", "2026-11-20") == []


def test_every_minute_is_as_much_as_a_day_holds() -> None:
    every = Schedule("* * * * *", "Europe/Berlin")
    longest = fires_between(every, at("2026-10-24T22:00"), at("2026-10-25T23:00"))
    assert len(longest) == 25 * 60 <= MOST_FIRES


def test_the_next_fire_is_after_the_instant() -> None:
    daily = Schedule("0 3 * * *")
    assert next_fire(daily, at("2026-11-20T02:59:59")) == at("2026-11-20T03:00")
    assert next_fire(daily, at("2026-11-20T03:00")) == at("2026-11-21T03:00")
    assert next_fire(Schedule("0 0 30 2 *"), at("2026-11-20")) is None
    assert next_fire(daily, at("9999-12-31T12:00")) is None


@pytest.mark.parametrize(
    ("cron", "now", "period"),
    [
        ("0 3 * * *", "2026-11-20T12:00", timedelta(days=1)),
        ("0 4 * * sun", "2026-11-20T12:00", timedelta(days=7)),
        ("0 4 1 * *", "2026-11-20T12:00", timedelta(days=30)),
        ("0,30 3 * * *", "2026-11-20T03:10", timedelta(minutes=30)),
        ("0,30 3 * * *", "2026-11-20T03:40", timedelta(hours=23, minutes=30)),
        ("0 0 29 2 *", "2026-11-20T12:00", timedelta(days=4 * 365 + 1)),
        ("0 0 30 2 *", "2026-11-20T12:00", None),
    ],
)
def test_a_period_lies_between_two_fires(cron: str, now: str, period: timedelta | None) -> None:
    assert period_at(Schedule(cron), at(now)) == period


@pytest.mark.parametrize(
    "cron",
    [
        *("", "* * * *", "61 3 * * *", "0 4 * * 7", "0 4 * * funday", "*/0 3 * * *", "@daily"),
        *("0 3 * * * *", "0 25 * * *", "a b c d e", "0 3 * * \udcff", "0 3 32 * *", "* " * 9999),
    ],
)
def test_what_means_nothing_is_told_and_never_raised(cron: str) -> None:
    assert cron_fault(cron)
    with pytest.raises(ValueError, match=r"."):
        next_fire(Schedule(cron), at("2026-11-20"))


@pytest.mark.parametrize("cron", ["0 3 * * *", "*/15 3 * * *", "0 4 * * sun", "0 0 30 2 *"])
def test_what_means_something_has_no_fault(cron: str) -> None:
    assert cron_fault(cron) is None


@pytest.mark.parametrize(
    "name", ["Europe/Atlantis", "Europe", "", "../etc/passwd", "\0", "x" * 999]
)
def test_a_zone_that_is_none(name: str) -> None:
    assert find_zone(name) is None
    with pytest.raises(ValueError, match="no time zone"):
        next_fire(Schedule("0 3 * * *", name), at("2026-11-20"))
