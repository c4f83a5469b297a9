"""Spans of time by the thousand: their mean and percentiles, from counts that can be added."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

SIGNIFICANT_BITS = 12
"""How exact a span is kept: up to 4 s to the millisecond, beyond that to 1 part in 2048."""

_MILLISECOND = timedelta(milliseconds=1)


def bucket(milliseconds: int) -> int:
    """Return the least number that is kept as the same as this one, which is not negative.

    >>> bucket(4095), bucket(100_001)
    (4095, 100000)
    """
    spare = max(0, milliseconds.bit_length() - SIGNIFICANT_BITS)
    return milliseconds >> spare << spare


def middle(least: int) -> float:
    """Return the middle of the numbers that are kept as ``least``."""
    spare = max(0, least.bit_length() - SIGNIFICANT_BITS)
    return least + ((1 << spare) - 1) / 2


def nearest_rank(counts: Mapping[int, int], percent: int) -> int | None:
    """Return the least number that ``percent`` of 100 numbers don't exceed; None of no numbers.

    ``counts`` has how often each number occurs. This is the percentile by the nearest rank: the
    ``ceil(percent / 100 * n)``-th of ``n`` numbers in rising order, which is the inverse of the
    empirical distribution function (definition 1 in R. J. Hyndman and Y. Fan, "Sample Quantiles in
    Statistical Packages", The American Statistician 50 (1996), 361-365).

    >>> nearest_rank({number: 1 for number in range(1, 101)}, 95)
    95
    """
    left = -(-percent * sum(counts.values()) // 100)
    for number in sorted(counts):
        left -= counts[number]
        if left <= 0:
            return number
    return None


@dataclass
class Spans:
    """Spans of time, by how many there are of about the same length.

    The mean is exact to the millisecond, a percentile to half a part in 2048: that is less than
    what a span in two units leaves out.
    """

    counts: Counter[int] = field(default_factory=Counter)
    milliseconds: int = 0

    def add(self, spans: Iterable[tuple[int, int]]) -> None:
        """Take in spans: each one's milliseconds, not negative, and how often it occurs."""
        for milliseconds, times in spans:
            self.counts[bucket(milliseconds)] += times
            self.milliseconds += milliseconds * times

    def absorb(self, other: Spans) -> None:
        """Take in all of another's."""
        self.counts.update(other.counts)
        self.milliseconds += other.milliseconds

    @property
    def mean(self) -> timedelta | None:
        """The mean of all; None of none."""
        number = self.counts.total()
        return _span(self.milliseconds / number) if number else None

    def percentile(self, percent: int) -> timedelta | None:
        """Return the span that so many of 100 don't exceed, by the nearest rank; None of none."""
        least = nearest_rank(self.counts, percent)
        return _span(middle(least)) if least is not None else None


def _span(milliseconds: float) -> timedelta:
    try:
        return milliseconds * _MILLISECOND
    except OverflowError:
        return timedelta.max
