"""Schedules inferred from when a layer started, where no file tells them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

WINDOW = timedelta(minutes=10)
"""Starts that lie no further apart than this are at the same time of day, or of the week."""

LEAST_STARTS = 5
"""So many days, or weeks, have to have such a start."""

REACH = timedelta(days=60)
"""How far before a layer's newest start its starts are looked at."""

_EPOCH = datetime(1970, 1, 5, tzinfo=UTC)  # a Monday
_DAY, _WEEK = timedelta(days=1), timedelta(weeks=1)
_NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_ROUND, _NEAR = 5, 3  # minutes


class _Window(NamedTuple):
    opens: timedelta
    starts: int
    numbers: tuple[int, ...]

    @property
    def regular(self) -> bool:
        """Whether there are enough days, or weeks, and few are left out between them."""
        if len(self.numbers) < LEAST_STARTS:
            return False
        span = max(self.numbers) - min(self.numbers) + 1
        return 3 * len(self.numbers) >= 2 * span


def infer_cron(starts: Sequence[datetime], now: datetime) -> str | None:
    """Return the cron string by which a layer seems to start, by the clock that tells its starts.

    None is returned where none shows.

    It starts daily if at least 5 days, and at least 2/3 of the days from the first such start to
    the last, have a start within 10 minutes of the same time of day; weekly likewise. Looked at
    are the 60 days up to its newest start. As some layers start all day long, a tenth of all
    starts have to be such starts. The time is the minute of the earliest of them, or the multiple
    of five minutes that its minute is up to 3 after: zos starts layers one after the other.

    >>> infer_cron([datetime(2026, 11, day, 3, 1, tzinfo=UTC) for day in range(1, 8)],
    ...            datetime(2026, 11, 8, tzinfo=UTC))
    '0 3 * * *'
    """
    past = sorted(start for start in starts if _EPOCH <= start <= now)
    recent = [start for start in past if past[-1] - start <= REACH]
    for period in (_DAY, _WEEK):
        window = _fullest(recent, period)
        if window is not None and window.regular and 10 * window.starts >= len(recent):
            return _cron(window.opens, weekly=period == _WEEK)
    return None


def _fullest(starts: Sequence[datetime], period: timedelta) -> _Window | None:
    """Return the window that the most days, or weeks, have a start in.

    Of several the last to open: an odd start before the regular ones does not move them.
    """
    placed = sorted(_place(start, period) for start in starts)
    phases = [phase for phase, _ in placed]
    # A window may hold midnight: what comes after it belongs to the day on which it opened.
    placed += [(phase + period, number - 1) for phase, number in placed]
    inside: Counter[int] = Counter()
    best: _Window | None = None
    end = 0
    for at, opens in enumerate(phases):
        while end < len(placed) and placed[end][0] <= opens + WINDOW:
            inside[placed[end][1]] += 1
            end += 1
        if best is None or len(inside) >= len(best.numbers):
            best = _Window(opens, end - at, tuple(inside))
        left = placed[at][1]
        inside[left] -= 1
        if not inside[left]:
            del inside[left]
    return best


def _place(start: datetime, period: timedelta) -> tuple[timedelta, int]:
    number, phase = divmod(start - _EPOCH, period)
    return phase, number


def _cron(opens: timedelta, *, weekly: bool) -> str:
    minutes = opens // timedelta(minutes=1)
    if minutes % _ROUND <= _NEAR:
        minutes -= minutes % _ROUND
    days, minutes = divmod(minutes, 24 * 60)
    hour, minute = divmod(minutes, 60)
    return f"{minute} {hour} * * {_NAMES[days] if weekly else '*'}"
