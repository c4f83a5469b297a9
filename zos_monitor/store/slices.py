"""Cutting a long question into slices, each of them short enough for one read transaction."""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol

from zos_monitor.store.database import Reader
from zos_monitor.store.filter_sql import Where, both
from zos_monitor.store.scope import ANYWHERE, Scope, Span
from zos_monitor.store.walk import Course, plan_course

SLICE_RUNS = 8_000
"""About how many runs a slice is meant to hold: summing them up takes some 40 milliseconds."""


class Slices(Protocol):
    """Conditions that together all runs of a scope's bounds fulfil, each run one of them.

    A slice stays the present one until ``advance``: one whose question failed is asked again.
    """

    @property
    def within(self) -> Where | None:
        """The present slice's condition, None once no slice is left."""

    async def size(self, reader: Reader) -> int:
        """Return how many runs the present slice holds, matching or not."""

    def advance(self, size: int) -> None:
        """Go on to the next slice, once the present one of this size has been gone through."""


async def cut(reader: Reader, scope: Scope, newest_run: int) -> Slices:
    """Return the slices of what a scope bounds, for the rows up to a row number."""
    if scope.walkable:
        return _Stretches(scope, await plan_course(reader, scope))
    few = bool(scope.head.sql)  # found through an index, and counted before that was chosen
    return _Numbers(scope, newest_run, newest_run if few else SLICE_RUNS)


def starting(since: str | None, until: str | None) -> Where:
    """Return the condition that runs start from one instant on and before another, as stored."""
    return ANYWHERE if since is until is None else Span(since, until).where


class _Stretches:
    """Slices by start, for which there is an index."""

    def __init__(self, scope: Scope, course: Course) -> None:
        self._scope = replace(scope, where=ANYWHERE)
        self._course = course
        self.within: Where | None = course.next(SLICE_RUNS).where

    async def size(self, reader: Reader) -> int:
        if self.within is None or self._course.done:
            return 0
        query = self._scope.select("count(*)", self.within)
        (row,) = await reader.rows(query.sql, query.params)
        size: int = row[0]
        return size

    def advance(self, size: int) -> None:
        if self._course.done:
            self.within = None
        else:
            self._course.took(size)
            self.within = self._course.next(SLICE_RUNS).where


class _Numbers:
    """Slices by row number, where no index on the start is there."""

    def __init__(self, scope: Scope, newest_run: int, size: int) -> None:
        self._bounds = starting(scope.since, scope.until)
        self._below = newest_run
        self._size = max(1, size)

    @property
    def within(self) -> Where | None:
        if self._below <= 0:
            return None
        above = max(0, self._below - self._size)
        return both(self._bounds, Where("r.rowid > ? AND r.rowid <= ?", (above, self._below)))

    async def size(self, reader: Reader) -> int:
        return self._size

    def advance(self, size: int) -> None:
        self._below -= size
