"""The part of a long list of runs that is loaded, by rank from the oldest (see ``RunSlice``)."""

from __future__ import annotations

from collections.abc import Iterable

from zos_monitor.model.runs import RunSlice, RunSummary

PAGE = 128
"""Runs asked for at a time."""

_KEPT = 12 * PAGE


class RankedRuns:
    """Runs by rank, and by row: row 0 is the newest run, the one of the highest rank."""

    def __init__(self) -> None:
        self.matched = 0
        self._runs: dict[int, RunSummary] = {}
        self._wanted: set[int] = set()

    def __len__(self) -> int:
        return len(self._runs)

    def at(self, rank: int | None) -> RunSummary | None:
        """Return the run of a rank, None where it is not loaded."""
        return None if rank is None else self._runs.get(rank)

    def rank(self, row: int) -> int | None:
        """Return the rank of the run in a row, None where there is no such row."""
        rank = self.matched - 1 - row
        return rank if 0 <= rank < self.matched else None

    def row(self, rank: int) -> int:
        """Return the row that the run of a rank stands in."""
        return self.matched - 1 - rank

    def load(self, fresh: RunSlice) -> None:
        """Take over another state of the list; what was loaded of the last one is dropped."""
        self.matched = fresh.matched
        self._runs = dict(enumerate(fresh.runs, start=fresh.first))
        self._wanted.clear()

    def add(self, more: RunSlice, *, near: range) -> None:
        """Take in more runs; where they become too many, only those near these ranks stay."""
        self._wanted.discard(more.first // PAGE)
        if len(self._runs) > _KEPT:
            kept = range(near.start - PAGE, near.stop + PAGE)
            self._runs = {rank: run for rank, run in self._runs.items() if rank in kept}
        self._runs.update(enumerate(more.runs, start=more.first))

    def want(self, ranks: Iterable[int]) -> list[int]:
        """Return the first ranks of the pages to ask for so that these ranks get loaded.

        A page is named once; it is asked for again only when the list has been loaded anew.
        """
        missing = {rank // PAGE for rank in ranks if rank not in self._runs} - self._wanted
        self._wanted |= missing
        return [page * PAGE for page in sorted(missing)]
