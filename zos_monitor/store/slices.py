"""Cutting a long question into slices, each of them short enough for one read transaction."""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol

from zos_monitor.store.database import Reader
from zos_monitor.store.filter_sql import Where, both
from zos_monitor.store.scope import ANYWHERE, Scope, Span
from zos_monitor.store.walk import Course, plan_course

WINDOW_RUNS = 30_000
"""Up to about how many runs of a bounded window are one slice: a month's, of a busy zos."""

SLICE_RUNS = 4_000
"""About how many runs any other slice is meant to hold: they take some 20 milliseconds."""

_MOST = 2  # how many times as many as meant may be in a stretch that is not cut up


class Slices(Protocol):
    """Conditions that together all runs of a scope's bounds fulfil, each run one of them.

    A slice stays the present one until ``advance``: one whose question failed is asked again.
    Before it is asked about, it has to be measured. ``meant`` is about how many runs those after it
    are meant to hold, and may be set.
    """

    meant: int

    @property
    def within(self) -> Where | None:
        """The present slice's condition, None once no slice is left."""

    @property
    def size(self) -> int:
        """How many rows, matching or not, the present slice goes through, once it is measured."""

    async def measure(self, reader: Reader) -> None:
        """Make the present slice smaller where it holds far more runs than it is meant to."""

    def advance(self) -> None:
        """Go on to the next slice, once the present one has been gone through."""


async def cut(
    reader: Reader, scope: Scope, newest_run: int, *, first_runs: int | None = None
) -> Slices:
    """Return the slices of what a scope bounds, for the rows up to a row number.

    ``first_runs`` is about how many runs the first slice is meant to hold: by default all of a
    month's where the scope begins somewhere.
    """
    if scope.walkable:
        if first_runs is None:
            first_runs = SLICE_RUNS if scope.since is None else WINDOW_RUNS
        return _Stretches(scope, await plan_course(reader, scope), first_runs)
    few = bool(scope.head.sql)  # found through an index, and counted before that was chosen
    return _Numbers(scope, newest_run, newest_run if few else SLICE_RUNS)


def starting(since: str | None, until: str | None) -> Where:
    """Return the condition that runs start from one instant on and before another, as stored."""
    return ANYWHERE if since is until is None else Span(since, until).where


class _Stretches:
    """Slices by start, for which there is an index."""

    def __init__(self, scope: Scope, course: Course, first_runs: int) -> None:
        self._scope = replace(scope, where=ANYWHERE)
        self._course = course
        self._meant = first_runs  # to be in the present one
        self.meant = SLICE_RUNS
        self._stretch: Where | None = course.next(self._meant).where
        self._size: int | None = None  # matching or not
        self._part, self._parts = 0, 1  # where starts lie too close together

    @property
    def within(self) -> Where | None:
        if self._stretch is None or self._parts == 1:
            return self._stretch
        part = Where("r.rowid % ? = ?", (self._parts, self._part))
        return both(self._stretch, part)

    @property
    def size(self) -> int:
        return -(-(self._size or 0) // self._parts)

    async def measure(self, reader: Reader) -> None:
        if self._stretch is None or self._size is not None:
            return
        query = self._scope.select("count(*)", self._stretch)
        (row,) = await reader.rows(query.sql, query.params)
        self._size = size = int(row[0])
        self._part = 0
        self._parts = 1 if size <= _MOST * self._meant else -(-size // min(self._meant, SLICE_RUNS))

    def advance(self) -> None:
        self._part += 1
        if self._part < self._parts:
            return
        self._course.took(self._size or 0)
        self._meant = self.meant
        self._stretch = None if self._course.done else self._course.next(self.meant).where
        self._size, self._part, self._parts = None, 0, 1


class _Numbers:
    """Slices by row number, where no index on the start is there."""

    def __init__(self, scope: Scope, newest_run: int, size: int) -> None:
        self._bounds = starting(scope.since, scope.until)
        self._below = newest_run
        self._size = self.meant = max(1, size)

    @property
    def within(self) -> Where | None:
        if self._below <= 0:
            return None
        above = max(0, self._below - self._size)
        return both(self._bounds, Where("r.rowid > ? AND r.rowid <= ?", (above, self._below)))

    @property
    def size(self) -> int:
        return min(self._size, max(0, self._below))

    async def measure(self, reader: Reader) -> None:
        """Leave it as it is."""

    def advance(self) -> None:
        self._below -= self._size
        self._size = self.meant
