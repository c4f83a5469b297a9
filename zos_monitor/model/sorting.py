"""The orders that a list of runs can be in."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class SortKey(StrEnum):
    """What runs are sorted by, in the words that the list says it with."""

    START = "start"
    DURATION = "duration"
    COST = "cost"
    TOKENS = "tokens"
    INSIGHTS = "insights"
    ERRORS = "errors"


class Sort(NamedTuple):
    """An order: newest or most first, or ``reverse``.

    Runs without the figure, such as the duration of an open run, are last in both directions.
    """

    key: SortKey = SortKey.START
    reverse: bool = False

    @property
    def next(self) -> Sort:
        """The order by the next key, most first."""
        keys = list(SortKey)
        return Sort(keys[(keys.index(self.key) + 1) % len(keys)])

    @property
    def turned(self) -> Sort:
        """The same order from its other end."""
        return Sort(self.key, not self.reverse)


BY_START = Sort()
"""The order of a list that nobody has sorted: newest first."""
