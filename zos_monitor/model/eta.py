"""When an open run will be done: an estimate from its own pace and from that of its layer."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from zos_monitor.model.past import LayerPast, Pace
from zos_monitor.model.progress import Progress

PAST_WEIGHT = 2
"""How many of a run's own targets its layer's past is worth, at the most.

Chosen by ``python -m tests.bench --only eta``: with more, a night that goes at another pace than
those before is told wrongly for too long; with less, a single slow call counts for too much.
"""

ONE_FIGURE = 1.25
"""Up to this ratio of the slowest to the quickest pace, an estimate is one figure."""

_NEVER = datetime.max.replace(tzinfo=UTC)
_LONGEST = 1e12  # seconds, more than a calendar has


class Eta(NamedTuple):
    """Between which instants (aware, UTC) a run will be done; they may be the same.

    ``rest`` is how long it takes at least, and at most, after the target that is being worked on:
    the run is never nearer to its end than that, however long the present target takes.
    """

    earliest: datetime
    latest: datetime
    rest: tuple[timedelta, timedelta] = (timedelta(), timedelta())

    def left(self, now: datetime) -> tuple[timedelta, timedelta]:
        """Return how long that is from ``now``, at least and at most; never less than nothing."""
        least, most = self.rest
        return max(self.earliest - now, least), max(self.latest - now, most)


def estimate(
    progress: Progress, *, started_at: datetime | None, past: LayerPast, now: datetime
) -> Eta | None:
    """Return when a run that is at work will be done; None where there is no basis for that.

    Its own pace is ``(last_done_at - started_at) / done``, its layer's the median of the last runs.
    Mixed, its own weighs ``w = done / (done + p)``, where the past is worth ``p = PAST_WEIGHT x
    (quicker / slower)^2`` targets: less, the more the two paces contradict each other. The run is
    done at ``last_done_at + mixed pace x targets left``, but the target that is being worked on can
    be overdue by now: then the others still take their time, ``now + mixed pace x (left - 1)``.

    The range comes from a quicker and a slower pace. They lie between the mixed one and the least
    and greatest of its own pace and the layer's quartiles, ``1 - w`` of the way: the more is done,
    the less the past counts. Where the slower one is less than ``ONE_FIGURE`` times the quicker
    one, both ends are that of the mixed pace.
    """
    if not progress.matched or started_at is None:
        return None
    left = progress.matched - progress.done
    if left <= 0:
        return Eta(now, now)
    pace = _mixed(_own_pace(progress, started_at), _sound(past.pace), progress.done)
    if pace is None:
        return None
    since = (now - (progress.last_done_at or started_at)).total_seconds()
    earliest, latest = (_seconds(pace, left, max(since, 0.0)) for pace in (pace.low, pace.high))
    least, most = (_span(pace * (left - 1)) for pace in (pace.low, pace.high))
    return Eta(_later(now, earliest), _later(now, latest), (least, most))


def _own_pace(progress: Progress, started_at: datetime) -> float | None:
    if not progress.done or progress.last_done_at is None:
        return None
    taken = (progress.last_done_at - started_at).total_seconds()
    return taken / progress.done if taken >= 0 else None  # else a clock was put back


def _sound(pace: Pace | None) -> Pace | None:
    sound = pace is not None and all(math.isfinite(seconds) and seconds >= 0 for seconds in pace)
    return pace if sound else None


def _mixed(own: float | None, past: Pace | None, done: int) -> Pace | None:
    if past is None:
        return None if own is None else Pace(own, own, own)
    if own is None:
        return _narrowed(past)
    weight = done / (done + PAST_WEIGHT * _agreement(own, past.middle) ** 2)
    middle = weight * own + (1 - weight) * past.middle
    low = middle - (1 - weight) * (middle - min(own, past.low))
    high = middle + (1 - weight) * (max(own, past.high) - middle)
    return _narrowed(Pace(low, middle, high))


def _agreement(own: float, past: float) -> float:
    """Return the quicker pace by the slower one, 1 where both are the same."""
    return 1.0 if own == past else min(own, past) / max(own, past)


def _narrowed(pace: Pace) -> Pace:
    near = pace.high <= ONE_FIGURE * pace.low
    return Pace(pace.middle, pace.middle, pace.middle) if near else pace


def _seconds(pace: float, left: int, since: float) -> float:
    """Return the seconds for so many targets, the first begun ``since`` seconds ago."""
    return max(pace * left - since, pace * (left - 1))


def _later(now: datetime, seconds: float) -> datetime:
    try:
        return now + _span(seconds)
    except OverflowError:  # at the end of all years
        return _NEVER


def _span(seconds: float) -> timedelta:
    return timedelta(seconds=max(min(seconds, _LONGEST), 0.0))
