"""Jumps of the clock: it is put forwards or back, or the machine sleeps."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta

LEAST_JUMP = timedelta(seconds=30)
"""Less is no jump: a clock that is set right step by step, a busy machine."""

LOOK_SECONDS = 2.0
"""After how long the clock is looked at again, however far off the next thing to happen is."""


class Jumps:
    """Notices when the time of day and the steady time have not gone on by the same.

    While a machine sleeps the steady time, by which timers go, stands still.

    >>> from datetime import UTC
    >>> steady = iter([0.0, 5.0, 10.0])
    >>> jumps = Jumps(steady=lambda: next(steady))
    >>> noon = datetime(2026, 11, 22, 12, tzinfo=UTC)
    >>> jumps.seen(noon), jumps.seen(noon + timedelta(seconds=5))
    (False, False)
    >>> jumps.seen(noon - timedelta(hours=1))
    True
    """

    def __init__(self, steady: Callable[[], float] = time.monotonic) -> None:
        self._steady = steady
        self._last: tuple[datetime, float] | None = None

    def seen(self, now: datetime) -> bool:
        """Tell whether the clock, which shows ``now``, has jumped since this was asked last."""
        steady, last = self._steady(), self._last
        self._last = now, steady
        if last is None:
            return False
        return abs(now - last[0] - timedelta(seconds=steady - last[1])) > LEAST_JUMP
