"""A calendar in which nights pass quickly, and days more quickly: the same in every process."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import NamedTuple, Self

NIGHT = timedelta(hours=3)
DAY = timedelta(hours=24)


class Calendar(NamedTuple):
    """What a clock shows at each reading of ``time.monotonic``.

    ``first`` is the first night's start as seconds since the epoch, at the reading ``begun``. The
    three hours of each night take ``night`` seconds, the rest of the day takes ``day`` seconds.
    """

    first: float
    begun: float
    night: float
    day: float

    @classmethod
    def read(cls, text: str) -> Self:
        """Return the calendar that ``written`` wrote."""
        return cls(*(float(word) for word in text.split(",")))

    @property
    def written(self) -> str:
        """The calendar as one word of a command line."""
        return ",".join(repr(number) for number in self)

    @property
    def cycle(self) -> float:
        """How many seconds a night and its day take."""
        return self.night + self.day

    def night_start(self, number: int) -> datetime:
        """Return when a night starts, counted from 0."""
        return datetime.fromtimestamp(self.first, UTC) + number * DAY

    def number_at(self, reading: float) -> int:
        """Return which night there is, or was last."""
        return int((reading - self.begun) // self.cycle)

    def at(self, reading: float) -> datetime:
        """Return what the clock shows at a reading.

        >>> calendar = Calendar(first=0.0, begun=100.0, night=7.0, day=3.0)
        >>> calendar.at(103.5).isoformat(), calendar.at(118.5).isoformat()
        ('1970-01-01T01:30:00+00:00', '1970-01-02T13:30:00+00:00')
        """
        number, seconds = divmod(reading - self.begun, self.cycle)
        if seconds < self.night:
            since = NIGHT * (seconds / self.night)
        else:
            since = NIGHT + (DAY - NIGHT) * ((seconds - self.night) / self.day)
        return self.night_start(int(number)) + since

    def now(self) -> datetime:
        """Return what the clock shows now."""
        return self.at(time.monotonic())
