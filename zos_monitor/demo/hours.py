"""When the layers of the demo are due: at zos's usual hours, or moved to the present."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from zos_monitor.demo.layers import SUBJECTS, Layer

USUAL_START = timedelta(hours=3)
"""How long after midnight, in UTC, the layers of the night start usually."""
USUAL_GAP = timedelta(hours=1)
"""How long after them the subject layer and the weekly ones start usually."""
_MINUTE = timedelta(minutes=1)
_DAY = timedelta(days=1)
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Hours(NamedTuple):
    """The hours of a zos: ``shift`` is how much later than usual everything is, in whole minutes.

    ``subjects`` is how long after the layers of the night the subject layer is due. A night may
    begin on any minute of its day, so what follows may be due on the day after.
    """

    shift: timedelta = timedelta()
    subjects: timedelta = USUAL_GAP

    def cron(self, layer: Layer) -> str | None:
        """Return a layer's cron string, None for a layer that talk triggers."""
        if layer.schedule is None:
            return None
        later = self.subjects - USUAL_GAP if layer is SUBJECTS else timedelta()
        return _moved(layer.schedule, self.shift + later)


USUAL = Hours()
"""From 03:00 on, in UTC."""


def hours_from(start: datetime, *, subjects_follow: float) -> Hours:
    """Return the hours of a zos whose night begins at an instant, up to a minute later.

    ``subjects_follow`` says how long after the instant the subject layer starts, at the earliest,
    in seconds. It is due at most a minute after that, which is early enough for such a run.
    """
    due = start.astimezone(UTC).replace(second=0, microsecond=0)
    usual = due.replace(hour=0, minute=0) + USUAL_START
    return Hours(due - usual, _MINUTE * (1 + int(subjects_follow // 60)))


def _moved(cron: str, by: timedelta) -> str:
    """Return a cron string of a minute, an hour and at most one weekday for a later time."""
    minute, hour, *dates, weekday = cron.split()
    days, time = divmod(timedelta(hours=int(hour), minutes=int(minute)) + by, _DAY)
    if weekday != "*":
        weekday = _WEEKDAYS[(_WEEKDAYS.index(weekday) + days) % 7]
    hours, minutes = divmod(time // _MINUTE, 60)
    return " ".join((str(minutes), str(hours), *dates, weekday))
