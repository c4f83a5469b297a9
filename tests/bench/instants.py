"""Instants and ids by the million: whole microseconds since 1970, UTC, written as zos stores them.

``zos_monitor.demo`` has the same for a few thousand rows; here each row may cost a microsecond.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from random import Random

SECOND = 1_000_000
DAY = 86_400 * SECOND

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_PAIRS = [a + b for a in _ALPHABET for b in _ALPHABET]
_CLOCK = [
    f" {hour:02}:{minute:02}:{second:02}."
    for hour in range(24)
    for minute in range(60)
    for second in range(60)
]


def micros(instant: datetime) -> int:
    """Return an aware instant as microseconds since 1970."""
    return (instant - _EPOCH) // timedelta(microseconds=1)


class Stamps:
    """Writes instants in zos's stored form."""

    def __init__(self) -> None:
        self._days: dict[int, str] = {}

    def __call__(self, at: int) -> str:
        """Return 26 characters for microseconds since 1970."""
        day, rest = divmod(at, DAY)
        second, micro = divmod(rest, SECOND)
        name = self._days.get(day)
        if name is None:
            name = (date(1970, 1, 1) + timedelta(days=day)).isoformat()
            self._days[day] = name
        return f"{name}{_CLOCK[second]}{micro:06}"


class Ulids:
    """Makes ULIDs: the milliseconds, a number drawn for the maker, and a count of what it made.

    All differ, and those of one millisecond sort in the order in which they were made.
    """

    def __init__(self, rng: Random) -> None:
        self._salt = "".join(rng.choices(_ALPHABET, k=8))
        self._made = 0

    def __call__(self, at: int) -> str:
        """Return an id of 26 characters for microseconds since 1970."""
        self._made += 1
        ms, made = at // 1000, self._made
        return (
            f"{_PAIRS[ms >> 40]}{_PAIRS[ms >> 30 & 1023]}{_PAIRS[ms >> 20 & 1023]}"
            f"{_PAIRS[ms >> 10 & 1023]}{_PAIRS[ms & 1023]}{_PAIRS[made >> 30 & 1023]}"
            f"{_PAIRS[made >> 20 & 1023]}{_PAIRS[made >> 10 & 1023]}{_PAIRS[made & 1023]}"
            f"{self._salt}"
        )
