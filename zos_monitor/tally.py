"""The tally: how many runs a filter matches, and where in the order of starts they are.

It is taken by one walk over the runs, newest first, which can be spread over many short reads.
After that each commit costs what it changed: only those runs are looked at again.
"""

from __future__ import annotations

import time
from collections.abc import Collection
from copy import copy
from dataclasses import dataclass, replace
from enum import Enum, auto

from zos_monitor.model.runs import RunKey, StoredValue
from zos_monitor.order import MANY_RUNS, STEP_SECONDS, Order
from zos_monitor.store import walk
from zos_monitor.store.database import Reader
from zos_monitor.store.filter_sql import Where, both
from zos_monitor.store.probe import Delta, Marks, runs_named
from zos_monitor.store.scope import ANYWHERE, Scope, Span

NEAR = 1_000
"""Up to so many runs from either end, runs are counted off from that end."""

_LEAST_STEP, _FIRST_STEP, _MOST_STEP = 2_000, 5_000, 10_000  # runs in a stretch
_FEW = 64
"""Up to so many matching runs of a stretch are remembered, which need no search then."""


class _End(Enum):
    NEWEST = auto()
    OLDEST = auto()


@dataclass
class _Stretch:
    """A part of the order, None for all of it, and how many of its runs match."""

    span: Span | None
    matched: int
    keys: list[RunKey] | None = None

    @property
    def where(self) -> Where:
        return self.span.where if self.span is not None else ANYWHERE

    @property
    def until(self) -> str | None:
        return self.span.until if self.span is not None else None

    def holds(self, started: StoredValue) -> bool:
        """Tell whether runs with this start, which are in no newer stretch, are in this one."""
        if self.span is None or started is None:
            return self.span is None or self.span.unstarted
        since = self.span.since
        return not self.span.unstarted and (since is None or _at_or_after(started, since))


class Tally(Order):
    """Counts one filter's runs, and finds them by row; the newest has row 0."""

    def __init__(self) -> None:
        super().__init__()
        self._begin()

    def _begin(self) -> None:
        self.version += 1
        self._stretches: list[_Stretch] = []
        self._course: walk.Course | None = None
        self._walked = False
        self._total: int | None = None
        self._bounds: tuple[str | None, str | None] = (None, None)
        self._open: dict[int, StoredValue] = {}  # counted runs that are open, with their starts
        self._step = _FIRST_STEP

    @property
    def matched(self) -> int:
        """How many runs match, of those visited so far unless ``counted``."""
        return self._total if self._total is not None else self._found

    @property
    def counted(self) -> bool:
        """Whether ``matched`` is the whole number."""
        return self._total is not None or self._walked

    @property
    def _found(self) -> int:
        return sum(stretch.matched for stretch in self._stretches)

    async def catch_up(self, reader: Reader, scope: Scope, known: Marks | None) -> None:
        """Take in what was committed since the last time; ``known`` are the poll's marks."""
        same, self._whole = self._whole and self._meaning == scope.meaning, False
        delta = await self._commits.since(reader, known)
        # First what changed, and then the window: where it begins is counted as it is by then.
        taken = same and delta is not None and await self._take(reader, scope, delta)
        if not taken or not await self._move(reader, scope):
            self._begin()
            self._bounds, self._meaning = (scope.since, scope.until), scope.meaning
            await self._count_at_once(reader, scope)
        self._whole = True

    async def _count_at_once(self, reader: Reader, scope: Scope) -> None:
        """Count what an index counts by itself; the rest is for the walk."""
        if not scope.walkable:
            self._total = await walk.count(reader, scope)
            self._stretches = [_Stretch(None, self._total)]
            self._walked = True
        elif scope.indexed:
            everything = scope.unbounded
            self._total = await (
                self.count_all(reader) if everything else walk.count(reader, scope)
            )

    async def _move(self, reader: Reader, scope: Scope) -> bool:
        """Leave out the runs that a moving window has left; tell whether that was possible."""
        (since, until), self._bounds = self._bounds, (scope.since, scope.until)
        if self._bounds == (since, until):
            return True
        if until != scope.until or since is None or scope.since is None or scope.since < since:
            return False
        if not self._walked or scope.indexed or not scope.walkable:
            return False
        last = next(n for n, part in enumerate(self._stretches) if part.holds(scope.since))
        span = Span(since=scope.since, until=self._stretches[last].until)
        cut = _Stretch(span, await walk.count(reader, scope, span.where))
        self._stretches[last:] = [cut]
        self._open = {run: start for run, start in self._open.items() if self._holder(start)}
        self.version += 1
        return True

    async def _take(self, reader: Reader, scope: Scope, delta: Delta) -> bool:
        """Count what changed; tell whether that was possible."""
        if not delta and not scope.turning:
            return True
        if not scope.walkable:
            return False  # the runs are few, so counting them anew is cheap
        if scope.indexed:
            changed: Collection[int] = delta.appended
        else:
            named = await runs_named(reader, delta)
            known = delta.open_runs - delta.found_open | delta.closed
            if any(run not in known and run not in delta.appended for run in named):
                return False  # whether such a run was counted before is not known
            changed = {*delta.appended, *delta.closed, *delta.open_runs, *self._open}
        if len(changed) > MANY_RUNS:
            return not delta  # what only the time has turned can wait
        self._recount(delta, await walk.picked(reader, scope, changed), indexed=scope.indexed)
        if scope.turning and delta.found_open:  # what they were when they were counted is not known
            found = await walk.picked(reader, replace(scope, where=ANYWHERE), delta.found_open)
            held = {id(self._holder(key.started)) for key in found}
            for part in self._stretches:
                if id(part) in held:
                    part.matched, part.keys = await walk.count(reader, scope, part.where), None
                    self.version += 1
        return True

    def _recount(self, delta: Delta, matching: list[RunKey], *, indexed: bool) -> None:
        for key in matching:  # an open run that nothing has befallen was counted where it matches
            if key.rowid in delta.found_open and self._holder(key.started) is not None:
                self._open.setdefault(key.rowid, key.started)
        before = set(self._open)
        for started in self._open.values():
            self._add(started, -1)
        counted = [key for key in matching if self._add(key.started, 1)]
        self._open = {
            k.rowid: k.started for k in counted if not indexed and k.rowid in delta.open_runs
        }
        if {key.rowid for key in counted} != before:
            self.version += 1

    def _add(self, started: StoredValue, by: int) -> bool:
        """Count a run in or out, unless the walk is still to come by it; tell whether it was."""
        if self._total is not None:
            self._total += by
        stretch = self._holder(started)
        if stretch is not None:
            stretch.matched += by
            stretch.keys = None
        return stretch is not None or self._total is not None

    def _holder(self, started: StoredValue) -> _Stretch | None:
        return next((part for part in self._stretches if part.holds(started)), None)

    # The walk

    async def walk_on(self, reader: Reader, scope: Scope) -> None:
        """Visit further stretches of runs, for about ``STEP_SECONDS``."""
        if self._course is None:
            self._course = await walk.plan_course(reader, scope)
        until = time.perf_counter() + STEP_SECONDS
        while not self._walked:
            await self._visit(reader, scope, copy(self._course))
            if time.perf_counter() >= until:
                break

    async def _visit(self, reader: Reader, scope: Scope, course: walk.Course) -> None:
        """Visit the next stretch; the course is taken over with it, so none is ever left out."""
        begun = time.perf_counter()
        span = course.next(self._step)
        stretch = await self._stretch(reader, scope, span)
        held = await walk.count(reader, replace(scope, where=ANYWHERE), span.where)
        open_runs = () if scope.indexed else self._commits.open_runs
        for key in await walk.picked(reader, scope, open_runs):
            if key.rowid not in self._open and stretch.holds(key.started):
                self._open[key.rowid] = key.started
        course.took(held)
        self._stretches.append(stretch)
        self._course, self._walked = course, course.done
        pace = STEP_SECONDS / max(1e-6, time.perf_counter() - begun)
        self._step = round(min(max(self._step * min(pace, 2), _LEAST_STEP), _MOST_STEP))

    async def _stretch(self, reader: Reader, scope: Scope, span: Span) -> _Stretch:
        """Return a stretch with its runs, or their number where they are many."""
        sparse = bool(self._stretches) and self._stretches[-1].matched <= _FEW
        if sparse:  # so this one may be as well, and finding its runs counts them too
            keys = await walk.within(reader, scope, span.where, skip=0, limit=_FEW + 1)
            if len(keys) <= _FEW:
                return _Stretch(span, len(keys), keys)
        return _Stretch(span, await walk.count(reader, scope, span.where))

    def reaches(self, scope: Scope, row: int) -> bool:
        """Tell whether the runs in the rows before this one can be found by now."""
        return self._walked or row <= self._found or self._near_end(scope, row) is not None

    def reaches_run(self, scope: Scope, key: RunKey) -> bool:
        """Tell whether the row of a run can be found by now."""
        return scope.indexed or self._walked or self._holder(key.started) is not None

    # Rows, counted from the newest run's, which is 0

    async def keys(
        self, reader: Reader, scope: Scope, row: int, limit: int, *, reverse: bool = False
    ) -> list[RunKey]:
        """Return the runs in the rows from ``row`` on, as far as they are reached."""
        if reverse:
            stop = self.matched - row
            first = max(0, stop - limit)
            return (await self.keys(reader, scope, first, stop - first))[::-1]
        limit = max(0, min(limit, self.matched - row))
        end = self._near_end(scope, row + limit)
        if not limit:
            return []
        if end is _End.NEWEST:
            return await walk.newest(reader, scope, skip=row, limit=limit)
        if end is _End.OLDEST:
            skip = self.matched - row - limit
            return (await walk.oldest(reader, scope, skip=skip, limit=limit))[::-1]
        keys: list[RunKey] = []
        for part in self._stretches:
            lacking = limit - len(keys)
            if row >= part.matched or not lacking:
                found = []
            elif part.keys is not None:
                found = part.keys[row : row + lacking]
            else:
                found = await walk.within(reader, scope, part.where, skip=row, limit=lacking)
            keys += found
            row = max(0, row - part.matched)
        return keys

    async def row(
        self, reader: Reader, scope: Scope, key: RunKey, *, reverse: bool = False
    ) -> int | None:
        """Return the row of a run; None where it does not match, or is not reached."""
        if key not in await walk.picked(reader, scope, [key.rowid]):
            return None
        row = await self.rows_before(reader, scope, key)
        return self.matched - 1 - row if reverse and row is not None else row

    async def rows_before(self, reader: Reader, scope: Scope, key: RunKey) -> int | None:
        """Return how many rows stand before a run's; None where it is not reached.

        The run need not exist: the key of an instant is told from all that is newer.
        """
        newer = 0
        for part in self._stretches:
            if part.holds(key.started):
                within = both(part.where, walk.newer_than(key))
                return newer + await walk.count(reader, scope, within)
            newer += part.matched
        if self._walked:
            return newer  # it would stand behind the last of them
        return await walk.count(reader, scope, walk.newer_than(key)) if scope.indexed else None

    def _near_end(self, scope: Scope, row: int) -> _End | None:
        """Return the end of the order from which the rows before this one are counted off."""
        if not scope.indexed or not scope.walkable or self._total is None:
            return None
        if row <= NEAR:
            return _End.NEWEST
        return _End.OLDEST if row >= self._total - NEAR else None


def _at_or_after(started: StoredValue, since: str) -> bool:
    """Compare a stored start with text as SQLite does: numbers before text before bytes."""
    if isinstance(started, str):
        return started >= since
    return isinstance(started, bytes)
