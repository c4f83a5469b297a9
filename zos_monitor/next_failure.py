"""Finding the run next to another one in time that went wrong, in the whole history."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from datetime import datetime, timedelta

from zos_monitor.listing import GAP_SECONDS, Ask
from zos_monitor.model.columns import as_text
from zos_monitor.model.filters import FilterKey, RunFilter, Term
from zos_monitor.model.runs import RunKey
from zos_monitor.model.states import RunState
from zos_monitor.model.times import format_stored, parse_stored
from zos_monitor.order import STEP_SECONDS
from zos_monitor.store import walk
from zos_monitor.store.database import Reader
from zos_monitor.store.filter_sql import Where, both
from zos_monitor.store.scope import ANYWHERE, Scope, Span

WRONG = (RunState.FAILED, RunState.PARTIAL, RunState.STALLED, RunState.INTERRUPTED)
"""The states of runs that went wrong."""

_FIRST_STRETCH, _LONGEST_STRETCH = 100, 10_000  # runs; the next failure is mostly near
_GROWTH = 4
_NEWEST_FIRST = "ORDER BY r.started_at DESC, r.rowid DESC"
_OLDEST_FIRST = "ORDER BY r.started_at, r.rowid"


async def next_failure(
    ask: Ask, flt: RunFilter, key: RunKey | None, *, newer: bool, now: datetime
) -> str | None:
    """Return the id of the matching run next to a run in the order of starts that went wrong.

    That is the next older one, or the next newer; without a key the newest of all, or the oldest.
    None where there is none. Where none is near, they are looked for in short reads with gaps.
    """
    asked = wrong_only(flt)
    if asked is None:
        return None
    search = _Search(key, newer=newer)
    while True:
        async with ask(asked, now) as question:
            await search.go_on(question.reader, question.scope)
        if search.over:
            return search.found
        await asyncio.sleep(GAP_SECONDS)


def wrong_only(flt: RunFilter) -> RunFilter | None:
    """Return the filter for those of its runs that went wrong, None where it lets none through.

    All terms of a status become one, so that an index serves where the states allow that.
    """
    states = set(WRONG)
    for term in flt.terms:
        if term.key is FilterKey.STATUS:
            named = {state for state in states if state in term.values}
            states = states - named if term.negated else named
    if not states:
        return None
    status = Term(FilterKey.STATUS, tuple(s for s in WRONG if s in states), False, 0, 0)
    others = (term for term in flt.terms if term.key is not FilterKey.STATUS)
    return replace(flt, terms=(*others, status))


class _Search:
    """A walk away from a run, over one stretch of starts after the other, to the first match."""

    def __init__(self, key: RunKey | None, *, newer: bool) -> None:
        self._key = key
        self._newer = newer
        self._order = _OLDEST_FIRST if newer else _NEWEST_FIRST
        self._begun = False
        self._course: walk.Course | None = None
        self._unstarted = False  # whether the runs without a start come after the course
        self._wanted = _FIRST_STRETCH
        self.found: str | None = None
        self.over = False

    async def go_on(self, reader: Reader, scope: Scope) -> None:
        """Look on for a moment."""
        beyond = self._beyond(scope)
        if not scope.walkable:
            await self._look(reader, beyond, ANYWHERE)
            self.over = True
            return
        if not self._begun:
            await self._begin(reader, scope)
        until = time.perf_counter() + STEP_SECONDS
        while not self.over:
            await self._visit(reader, beyond)
            if time.perf_counter() >= until:
                break

    def _beyond(self, scope: Scope) -> Scope:
        """Return the scope of the runs on the other side of the one that is left."""
        if self._key is None:
            return scope
        if self._newer:
            beyond = walk.newer_than(self._key)
        else:
            beyond = walk.older_than(self._key)
            if self._key.started is not None:  # in SQL nothing is less or more than no start
                beyond = Where(f"({beyond.sql}) OR r.started_at IS NULL", beyond.params)
        return replace(scope, where=both(scope.where, beyond))

    async def _begin(self, reader: Reader, scope: Scope) -> None:
        """Plan the course from where the run stands; an unreadable start is sought from the end."""
        self._begun = True
        bounded = scope.since is not None or scope.until is not None
        started = self._key.started if self._key is not None else ""
        if started is None and not self._newer:  # only what has no start either is older
            self._unstarted = not bounded
        else:
            nearer = self._nearer(scope)
            self._course = await walk.plan_course(reader, nearer, ascending=self._newer)
            # A course with bounds leaves out the runs without a start, which are the oldest.
            self._unstarted = not (bounded or self._newer) and nearer is not scope
        self.over = self._course is None and not self._unstarted

    def _nearer(self, scope: Scope) -> Scope:
        """Return the scope with the run's start as one of its bounds, where an instant is that."""
        start = parse_stored(self._key.started) if self._key is not None else None
        if start is None or self._key is None or format_stored(start) != self._key.started:
            return scope  # text that sorts elsewhere
        if self._newer:
            return replace(scope, since=max(scope.since or "", self._key.started))
        try:
            until = format_stored(start + timedelta.resolution)
        except OverflowError:  # the last instant there is
            return scope
        return replace(scope, until=min(scope.until or until, until))

    async def _visit(self, reader: Reader, scope: Scope) -> None:
        began = time.perf_counter()
        course = self._course
        if course is None or course.done:
            self._unstarted, span = False, Span(unstarted=True)
        else:
            span = course.next(self._wanted)
        await self._look(reader, scope, span.where)
        if course is not None:
            course.took(await walk.count(reader, replace(scope, where=ANYWHERE), span.where))
        pace = STEP_SECONDS / max(1e-6, time.perf_counter() - began)
        wanted = self._wanted * min(pace, _GROWTH)
        self._wanted = round(min(max(wanted, _FIRST_STRETCH), _LONGEST_STRETCH))
        ended = (course is None or course.done) and not self._unstarted
        self.over = ended or self.found is not None

    async def _look(self, reader: Reader, scope: Scope, within: Where) -> None:
        query = scope.select("r.id", within, f"{self._order} LIMIT 1")
        row = await reader.row(query.sql, query.params)
        self.found = as_text(row[0]) if row is not None else None
