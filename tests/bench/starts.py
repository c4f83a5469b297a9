"""When which layer starts, over years: nights, Sundays, days full of talk, and clocks set back."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterator
from itertools import accumulate
from operator import attrgetter
from random import Random
from typing import NamedTuple

from tests.bench.instants import DAY, SECOND
from zos_monitor.demo import layers

MOST_DAYS = 1096
"""How far back a history goes at most: three years."""
LEAST_DAYS = 60
RUNS_A_DAY = 913
"""How many runs a day a long history has; a shorter one has fewer days rather than less in them."""
NEWEST_AGE = 120 * SECOND
"""How long before the end the newest run starts."""
BACKDATED_EVERY = 2000

_HOUR = 3600 * SECOND
_SHARES: tuple[tuple[layers.Layer, float], ...] = (
    (layers.SPEAK, 46.0),
    (layers.REPLY, 26.0),
    (layers.SHARE, 14.0),
    (layers.EMOJI, 4.0),
    (layers.USERS, 3.0),
    (layers.CHANNELS, 3.0),
    (layers.DYADS, 2.0),
    (layers.SUBJECTS, 2.0),
)
_LAYERS = [layer for layer, _ in _SHARES]
_UP_TO = list(accumulate(share for _, share in _SHARES))
# Quiet before dawn, busiest in the evening: the share of talk in each hour.
_HOURS = list(accumulate((2, 1, 1, 1, 1, 1, 2, 3, 4, 5, 5, 5, 6, 6, 5, 5, 5, 6, 7, 8, 9, 9, 7, 4)))


class Start(NamedTuple):
    """A run that begins. ``at`` is in microseconds since 1970."""

    at: int
    layer: layers.Layer
    backdated: bool = False


def days_of(runs: int) -> int:
    """Return how many days a history of so many runs spans."""
    return min(MOST_DAYS, max(LEAST_DAYS, runs // RUNS_A_DAY))


def starts(runs: int, until: int, rng: Random) -> Iterator[Start]:
    """Yield exactly ``runs`` starts up to ``until``, in the order in which zos wrote their rows.

    That is the order of time, but for every 2000th row, which is dated days or years back. The
    last one starts ``NEWEST_AGE`` before ``until``.
    """
    days = days_of(runs)
    first = until - days * DAY
    number = 0
    for day in range(days):
        begin = first + day * DAY
        count = (day + 1) * runs // days - day * runs // days
        day_starts = _day(count, begin, until - NEWEST_AGE, rng)
        for start in sorted(day_starts, key=attrgetter("at")):
            number += 1
            if number == runs:
                start = start._replace(at=until - NEWEST_AGE)
            elif number % BACKDATED_EVERY == BACKDATED_EVERY // 4:
                back = round((number / runs * days - 1) * rng.random() ** 3 * DAY) + DAY
                start = start._replace(at=start.at - back, backdated=True)
            yield start


def _day(count: int, begin: int, latest: int, rng: Random) -> list[Start]:
    """Return what starts within a day, which need not begin at midnight."""
    three = begin + (3 * _HOUR - begin) % DAY
    end = min(begin + DAY, latest)
    made = []
    if (three // DAY + 3) % 7 == 6 and count > 2:
        made = [Start(three + _HOUR + k, layer) for k, layer in enumerate(layers.ON_SUNDAYS)]
    while len(made) < count:
        layer = _LAYERS[bisect(_UP_TO, rng.random() * _UP_TO[-1])]
        at = _at_night(layer, three, rng) if layer.schedule else _by_day(begin, rng)
        made.append(Start(at, layer))
    return [s if begin <= s.at < end else _moved(s, begin, end, rng) for s in made]


def _at_night(layer: layers.Layer, three: int, rng: Random) -> int:
    """Return the scheduled time itself for some, so that starts tie, else soon after it."""
    due = three + (_HOUR if layer is layers.SUBJECTS else 0)
    return due if rng.random() < 0.05 else due + round(rng.random() * 0.9 * _HOUR)


def _by_day(begin: int, rng: Random) -> int:
    hour = bisect(_HOURS, rng.random() * _HOURS[-1])
    at = begin - begin % DAY + round((hour + rng.random()) * _HOUR)
    return at if at >= begin else at + DAY


def _moved(start: Start, begin: int, end: int, rng: Random) -> Start:
    return start._replace(at=begin + round(rng.random() * (end - begin)))
