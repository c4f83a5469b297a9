"""A scale of nights: which of them are seen in how many cells, their dates, and bars over them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta, tzinfo
from math import log
from typing import NamedTuple

from zos_monitor.tui.tonight_text import short_day

_DAY = timedelta(days=1)
_NOON = timedelta(hours=12)
_DATES_EVERY = 7  # cells
_A_YEAR = 366  # nights


def night_of(instant: datetime, zone: tzinfo) -> date:
    """Return the date of the noon before an instant, which tells its night.

    >>> from datetime import UTC
    >>> night_of(datetime(2026, 11, 22, 3, 0, tzinfo=UTC), UTC)
    datetime.date(2026, 11, 21)
    """
    try:
        return (instant.astimezone(zone) - _NOON).date()
    except OverflowError:  # at the end of all years, or at their beginning
        return instant.date()


def night_name(night: date) -> str:
    """Return what a night is called: by its morning, as everywhere else on the screen.

    >>> night_name(date(2026, 11, 21))
    '22 Nov'
    """
    return short_day(_morning(night))


def _morning(night: date) -> date:
    return night + _DAY if night < date.max else night


class NightScale(NamedTuple):
    """The nights from ``first`` to ``last``, ``each`` of them to a cell, the newest at the right.

    Nights are known by the dates of the noons before. Where they do not fill the cells, the first
    cell has fewer of them.
    """

    first: date
    last: date
    each: int = 1

    @classmethod
    def over(cls, first: date, last: date, room: int) -> NightScale:
        """Return the scale that fits into ``room`` cells with as few nights to a cell as can be."""
        whole = cls(first, max(first, last))
        return whole._replace(each=max(1, -(-whole.nights // max(1, room))))

    @property
    def nights(self) -> int:
        """How many nights there are."""
        return (self.last - self.first).days + 1

    @property
    def cells(self) -> int:
        """How many cells the nights take."""
        return -(-self.nights // self.each)

    def counts(self, by_night: Mapping[date, int]) -> list[int]:
        """Return the counts by cell; nights beyond the scale are left out.

        >>> scale = NightScale(date(2026, 11, 1), date(2026, 11, 5), each=2)
        >>> scale.counts({date(2026, 11, 1): 1, date(2026, 11, 2): 2, date(2026, 11, 5): 4})
        [1, 2, 4]
        """
        counts = [0] * self.cells
        for night, count in by_night.items():
            if self.first <= night <= self.last:
                counts[-1 - (self.last - night).days // self.each] += count
        return counts

    def name(self, night: date) -> str:
        """Return what a night is called: with its year where there are nights of the same date.

        >>> NightScale(date(2025, 1, 1), date(2026, 11, 14)).name(date(2025, 11, 14))
        '15 Nov 2025'
        """
        name = night_name(night)
        return name if self.nights <= _A_YEAR else f"{name} {_morning(night).year}"

    def head(self) -> str:
        """Return the dates of some cells, each ending above its cell, and how much a cell holds.

        >>> NightScale(date(2026, 11, 1), date(2026, 11, 14)).head()
        '  8 Nov 15 Nov'
        >>> NightScale(date(2026, 10, 1), date(2026, 11, 14), each=3).head()
        '3 each   15 Nov'
        """
        line = [" "] * self.cells
        begins = 0
        words = self._each_words()
        if words:
            line[: len(words)] = words
            begins = len(words) + 1
        every = _DATES_EVERY if self.nights <= _A_YEAR else 2 * _DATES_EVERY
        for place in range(self.cells - 1, -1, -every):
            back = self.each * (self.cells - 1 - place)
            name = self.name(self.last - back * _DAY)
            start = place + 1 - len(name)
            if start >= begins:
                line[start : place + 1] = name
        return "".join(line)

    def _each_words(self) -> str:
        """Return how many nights a cell holds, as far as the newest date leaves room for that."""
        if self.each == 1:
            return ""
        room = self.cells - len(self.name(self.last)) - 1
        found = (f"{self.each} nights each", f"{self.each} each", f"{self.each}x")
        return next((words for words in found if len(words) <= room), "")


def bar(
    counts: Sequence[int], highest: int, levels: str, nothing: str
) -> Iterator[tuple[str, bool]]:
    """Yield a bar by its stretches: their signs, and whether there is anything in them.

    One has the lowest of the ``levels``, ``highest`` the highest, and each step between them is the
    same number of times more: beside one bad night the others can be told apart still.

    >>> list(bar([0, 0, 1, 2, 8, 128], 128, "12345678", "-"))
    [('--', False), ('1248', True)]
    """
    stretch, filled = "", False
    for count in counts:
        if stretch and filled != (count > 0):
            yield stretch, filled
            stretch = ""
        filled = count > 0
        stretch += _sign(count, highest, levels) if filled else nothing
    if stretch:
        yield stretch, filled


def _sign(count: int, highest: int, levels: str) -> str:
    if count >= highest:
        return levels[-1]
    return levels[round((len(levels) - 1) * log(count) / log(highest))]
