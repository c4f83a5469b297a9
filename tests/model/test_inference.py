"""Which layers seem to start by the clock, from when they started."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest

from zos_monitor.model.inference import infer_cron

NOW = datetime(2026, 11, 22, tzinfo=UTC)
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)


def daily(time: str, *back: int) -> list[datetime]:
    """Return starts at a time of so many days ago each."""
    clock = datetime.strptime(time, "%H:%M:%S").replace(tzinfo=UTC)
    day = datetime(2026, 11, 21, clock.hour, clock.minute, clock.second, tzinfo=UTC)
    return [day - DAY * days for days in back]


WEEKS = [7 * week + 6 for week in range(9)]  # Sundays
CHAOS = random.Random(4)


@pytest.mark.parametrize(
    ("starts", "cron"),
    [
        (daily("03:00:00", *range(5)), "0 3 * * *"),
        (daily("03:00:00", *range(4)), None),
        (daily("03:02:59", *range(9)), "0 3 * * *"),
        (daily("03:03:59", *range(9)), "0 3 * * *"),
        (daily("03:04:00", *range(9)), "4 3 * * *"),
        (daily("03:17:10", *range(9)), "15 3 * * *"),
        (daily("03:00:00", *range(0, 9, 2)), None),  # 5 of 9 days
        (daily("03:00:00", 0, 1, 2, 3, 4, 5, 8), "0 3 * * *"),  # 7 of 9
        (daily("03:00:00", 0, 1, 2, 3, 4, 8), "0 3 * * *"),  # 6 of 9: two thirds
        (daily("03:00:00", 0, 1, 2, 3, 4, 9), None),
        (daily("04:01:40", *WEEKS), "0 4 * * sun"),
        (daily("04:00:00", *(days + 1 for days in WEEKS)), "0 4 * * sat"),
        (daily("04:00:00", *WEEKS[:4]), None),
        (daily("23:59:10", *range(0, 20, 2)) + daily("00:03:00", *range(0, 20, 2)), "59 23 * * *"),
        (daily("03:00:00", *range(70, 90)), "0 3 * * *"),  # gone, and yet it had a schedule
        (daily("03:00:00", *range(20)) + daily("14:10:00", *range(20)), "10 14 * * *"),
        ([NOW - 15 * MINUTE * n for n in range(2000)], None),
        ([NOW - DAY * 30 * CHAOS.random() for _ in range(2000)], None),
        ([NOW], None),
        ([], None),
        (daily("03:00:00", *range(-9, 0)), None),  # not yet
        ([*daily("03:00:00", *range(9)), datetime.min.replace(tzinfo=UTC)], "0 3 * * *"),
        ([*daily("03:00:00", *range(9)), datetime.max.replace(tzinfo=UTC)], "0 3 * * *"),
    ],
)
def test_inferred(starts: list[datetime], cron: str | None) -> None:
    assert infer_cron(starts, NOW) == cron
    assert infer_cron(starts[::-1], NOW) == cron


def test_odd_starts_move_nothing() -> None:
    starts = [start + timedelta(seconds=n) for n, start in enumerate(daily("03:00:00", *range(50)))]
    odd = [*daily("02:53:00", 7), *daily("03:09:00", 8), *daily("15:00:00", 9, 10)]
    assert infer_cron(starts + odd, NOW) == "0 3 * * *"


def test_starts_of_long_ago_do_not_count() -> None:
    old = daily("05:00:00", *range(61, 400))
    assert infer_cron(old + daily("03:00:00", *range(6)), NOW) == "0 3 * * *"
