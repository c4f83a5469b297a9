"""The part of a long list of runs that is loaded, by row; the newest run has row 0."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from zos_monitor.model.runs import RunCount, RunKey, RunSlice, RunSummary

PAGE = 128
"""Runs asked for at a time."""

_KEPT = 12 * PAGE


class Window(NamedTuple):
    """What to ask the service for, so that what is in view is fresh.

    ``anchor`` is the run whose row is asked along, ``row`` the one that it is in by now.
    """

    first: int
    limit: int
    anchor: RunKey | None
    row: int | None = None

    def found_in(self, fresh: RunSlice) -> bool:
        """Tell whether the anchor and as many rows as are in view have been found."""
        anchored = self.anchor is None or fresh.anchor is not None
        return anchored and fresh.first + self.limit - PAGE <= fresh.matched


class LoadedRuns:
    """Some runs of one version of a list, and how many it has."""

    def __init__(self) -> None:
        self.count = RunCount(matched=0, total=0)
        self._runs: dict[int, RunSummary] = {}
        self._wanted: set[int] = set()

    def __len__(self) -> int:
        return len(self._runs)

    def at(self, row: int | None) -> RunSummary | None:
        """Return the run in a row, None where it is not loaded."""
        return None if row is None else self._runs.get(row)

    def load(self, fresh: RunSlice) -> None:
        """Take over another state of the list; what was loaded of the last one is dropped."""
        self.count = fresh
        self._runs = dict(enumerate(fresh.runs, start=fresh.first))
        self._wanted.clear()

    def grow(self, count: RunCount) -> bool:
        """Take over how many runs have been found by now; tell whether it is the same list."""
        if count.version != self.count.version:
            return False
        self.count = count
        return True

    def add(self, more: RunSlice, *, near: range) -> bool:
        """Take in more runs of the same list; tell whether they are.

        Where they become too many, only those near these rows stay.
        """
        if not self.grow(more):
            return False
        self.unwant(more.first)
        if len(self._runs) > _KEPT:
            kept = range(near.start - PAGE, near.stop + PAGE)
            self._runs = {row: run for row, run in self._runs.items() if row in kept}
        self._runs.update(enumerate(more.runs, start=more.first))
        return True

    def want(self, rows: Iterable[int]) -> list[int]:
        """Return the first rows of the pages to ask for so that these rows get loaded.

        A page is named once; it is asked for again only when the list has been loaded anew, or
        when it has been said that it is not wanted any more.
        """
        missing = {row // PAGE for row in rows if row not in self._runs} - self._wanted
        self._wanted |= missing
        return [page * PAGE for page in sorted(missing)]

    def unwant(self, first: int) -> None:
        """Take note that a page has come, or is not asked for after all."""
        self._wanted.discard(first // PAGE)
