"""Ids as zos makes them: 26 characters that sort by the time they were made."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class UlidMaker:
    """Makes ULIDs: 48 bits of milliseconds, then 80 bits of a seeded random generator.

    Two ids of the same millisecond follow each other, so ids made in order of time sort in the
    order of their making. The same seed and the same instants give the same ids.
    """

    def __init__(self, seed: int = 7) -> None:
        self._random = Random(seed)
        self._last_ms = -1
        self._tail = 0

    def make(self, instant: datetime) -> str:
        """Return an id for an aware instant. Raises TypeError for a naive one."""
        ms = (instant - _EPOCH) // timedelta(milliseconds=1)
        # One bit is left free, so that counting upwards within a millisecond cannot overflow.
        self._tail = self._tail + 1 if ms == self._last_ms else self._random.getrandbits(79)
        self._last_ms = ms
        number = ms << 80 | self._tail
        return "".join(_ALPHABET[number >> shift & 31] for shift in range(125, -1, -5))
