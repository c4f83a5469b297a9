"""Totals that are kept: asked again they cost what changed, not what they are over.

zos appends rows and updates a run's row once, at its end, so a run that is closed stays as it is:
it is summed up once, and taken away when it leaves a window that moves. Runs that are open are
summed up at every answer.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from zos_monitor.model.filters import RunFilter, TimeBounds
from zos_monitor.model.stats import Totals
from zos_monitor.model.sums import LayerSums, added, taken_away, totals_of
from zos_monitor.model.times import format_stored
from zos_monitor.store.database import Reader
from zos_monitor.store.filter_sql import Where, both
from zos_monitor.store.probe import Delta, Marks, read_marks, runs_named, search_on
from zos_monitor.store.schema import Schema
from zos_monitor.store.scope import Scope
from zos_monitor.store.slices import Slices, cut, starting
from zos_monitor.store.total_queries import any_of, first_starts, sums
from zos_monitor.sweep import Ask, rest, timeless

MANY_RUNS = 5_000
"""Where more runs than these were appended since the last answer, all is summed up anew."""

FAR = timedelta(hours=26)
"""Where a window has moved further than this since the last answer, too: it is a long day."""


@dataclass
class _Kept:
    """What is known of one question's totals, as of its marks and its bounds.

    ``settled`` are the sums over the matching runs that were closed by then. ``slices`` are what is
    still to be gone through for them, None once nothing is.
    """

    scope: Scope
    schema: Schema
    marks: Marks
    bounds: TimeBounds
    slices: Slices | None
    settled: LayerSums = field(default_factory=dict)
    polled: object = None
    """The root of the poll's marks, None until there are any."""

    def holds(self, scope: Scope, schema: Schema, polled: Marks | None) -> bool:
        """Tell whether it is about the same question, and the poll has not begun anew."""
        begun_anew = self.polled is not None and polled is not None and polled.root != self.polled
        return (self.scope.where, self.schema) == (scope.where, schema) and not begun_anew

    def holds_before(self, since: str) -> bool:
        """Tell whether a settled run may have started before an instant, as stored."""
        settled = self.settled.values()
        return any(one.begun < one.runs or (one.first or since) < since for one in settled)

    async def go_through(self, reader: Reader, within: Where) -> None:
        """Settle the closed runs that fulfil a condition, as of the marks; note the open ones."""
        found = await sums(reader, self.scope.select("r.rowid", self._by_then(within)))
        self.settled = added(self.settled, found.closed)
        self.marks = self.marks.knowing(found.open_runs)

    async def leave_out(self, reader: Reader, gone: Where, left: Where) -> bool:
        """Take away what is settled and fulfils one condition on the start, not the other.

        These have to be the first ones. Returns False where they were not among the settled.
        """
        chosen = self.scope.select("r.rowid", self._by_then(gone))
        found = await sums(reader, chosen)
        if not found.closed:
            return True
        firsts = await first_starts(reader, chosen, where=self.scope.where, within=left)
        remaining = taken_away(self.settled, found.closed, firsts)
        self.settled = self.settled if remaining is None else remaining
        return remaining is not None

    def _by_then(self, within: Where) -> Where:
        sql = "r.rowid <= ? AND r.rowid NOT IN (SELECT value FROM json_each(?))"
        params = (self.marks.newest_run, json.dumps(sorted(self.marks.open_runs)))
        return both(within, Where(sql, params))


@dataclass
class _Asked:
    """A question that was asked, and the answers' common ground, for one caller at a time."""

    flt: RunFilter
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    kept: _Kept | None = None


class RunningTotals:
    """Answers with totals, and keeps what the last question's are made of.

    Every answer equals what a fresh one would be, as far as zos's own changes go. What others edit
    is noticed once the poll has begun its marks anew. A question that takes long is cut into slices
    with gaps between them; cancelled and asked again, it goes on where it was.
    """

    def __init__(
        self,
        ask: Ask,
        bounds: Callable[[RunFilter, datetime], TimeBounds],
        clock: Callable[[], datetime],
        polled: Callable[[], Marks | None],
    ) -> None:
        self._ask = ask
        self._bounds = bounds
        self._clock = clock
        self._polled = polled
        self._last: _Asked | None = None
        self._marks: Marks | None = None  # those of the last answer, to any question

    async def answer(self, flt: RunFilter) -> Totals:
        """Return the totals of the runs that a filter matches now, overall and by layer."""
        if self._last is None or self._last.flt != flt:
            self._last = _Asked(flt)
        asked = self._last
        async with asked.lock:
            while True:
                begun = time.monotonic()
                totals = await self._advance(asked)
                if totals is not None:
                    return totals
                await rest(time.monotonic() - begun)

    async def _advance(self, asked: _Asked) -> Totals | None:
        """Do what fits into one read transaction; return the totals once that is all."""
        now = self._clock()
        bounds = self._bounds(asked.flt, now)
        async with self._ask(timeless(asked.flt), now) as question:
            reader, scope, polled = question.reader, question.scope, self._polled()
            kept = asked.kept
            begun = False
            if kept is None or not kept.holds(scope, reader.schema, polled):
                # Counting can wait where the poll does it, so that this answer is there sooner.
                marks = await read_marks(reader, polled, hints=self._marks, count=polled is None)
                kept = asked.kept = await _begin(reader, scope, bounds, marks)
                begun = True
            kept.scope = scope  # another index may serve by now
            kept.polled = polled.root if polled is not None else kept.polled
            if kept.slices is not None and not await _next_slice(reader, kept, kept.slices):
                return None
            present = replace(kept)
            marks = present.marks if begun else await _read_on(reader, present.marks, polled)
            totals = await _catch_up(reader, present, marks, bounds)
            asked.kept = present if totals is not None else None
            self._marks = present.marks
            return totals


async def _begin(reader: Reader, scope: Scope, bounds: TimeBounds, marks: Marks) -> _Kept:
    since, until = _stored(bounds)
    slices = await cut(reader, replace(scope, since=since, until=until), marks.newest_run)
    return _Kept(scope, reader.schema, marks, bounds, slices)


async def _next_slice(reader: Reader, kept: _Kept, slices: Slices) -> bool:
    """Go through the next slice; tell whether it was the last."""
    await slices.measure(reader)
    if slices.within is not None:
        await kept.go_through(reader, slices.within)
        slices.advance()
    if slices.within is None:
        kept.slices = None
    return kept.slices is None


async def _read_on(reader: Reader, last: Marks, polled: Marks | None) -> Marks:
    """Return the present marks. Old rows are searched for open runs on, unless the poll does it."""
    marks = await read_marks(reader, last, hints=polled)
    if marks.unsearched and (polled is None or polled.root is not marks.root):
        return await search_on(reader, marks)
    return marks


async def _catch_up(reader: Reader, kept: _Kept, marks: Marks, bounds: TimeBounds) -> Totals | None:
    """Bring what is kept to the present marks and bounds; return the totals.

    None is returned where that can't be done.
    """
    delta = marks.delta(kept.marks)
    if delta is None or len(delta.appended) > MANY_RUNS:
        return None
    if not _near(kept.bounds, bounds) or not await _move(reader, kept, bounds):
        return None
    if await _touches_settled(reader, delta, kept.bounds, bounds):
        return None
    # The move may have come by further open runs.
    kept.marks, kept.bounds = marks.knowing(kept.marks.open_runs - delta.closed), bounds
    changed = {*delta.appended, *delta.closed, *kept.marks.open_runs}
    open_: LayerSums = {}
    if changed:
        where = both(starting(*_stored(bounds)), kept.scope.where)
        found = await sums(reader, replace(kept.scope, where=where).pick("r.rowid", changed))
        kept.settled, open_ = added(kept.settled, found.closed), found.open
    return totals_of(added(kept.settled, open_), bounds)


async def _move(reader: Reader, kept: _Kept, bounds: TimeBounds) -> bool:
    """Move the window of what is settled; tell whether that was possible."""
    (since, until), (new_since, new_until) = _stored(kept.bounds), _stored(bounds)
    if since is not None and new_since is not None:
        if since < new_since and kept.holds_before(new_since):
            gone, left = starting(since, _least(new_since, until)), starting(new_since, new_until)
            if not await kept.leave_out(reader, gone, left):
                return False
        elif new_since < since:
            await kept.go_through(reader, starting(new_since, _least(since, new_until)))
    if until is not None and new_until is not None and until < new_until:
        await kept.go_through(reader, starting(max(until, new_since or until), new_until))
    return True


async def _touches_settled(
    reader: Reader, delta: Delta, bounds: TimeBounds, others: TimeBounds
) -> bool:
    """Tell whether new calls or insights are those of a settled run within either bounds.

    zos makes none, but they would change the run's cost, and perhaps whether it matches.
    """
    named = await runs_named(reader, delta)
    settled = named - delta.open_runs - delta.closed - frozenset(delta.appended)
    if not settled:
        return False
    (since, until), (other_since, other_until) = _stored(bounds), _stored(others)
    within = starting(
        min(since, other_since) if since and other_since else None,
        max(until, other_until) if until and other_until else None,
    )
    return await any_of(reader, settled, within)


def _near(bounds: TimeBounds, others: TimeBounds) -> bool:
    """Tell whether one window can be moved to another, and is not too far from it."""
    if (bounds.since is None, bounds.until is None) != (others.since is None, others.until is None):
        return False
    nothing = timedelta()
    since = others.since - bounds.since if bounds.since and others.since else nothing
    until = others.until - bounds.until if bounds.until and others.until else nothing
    return abs(since) <= FAR and nothing <= until <= FAR


def _least(one: str, other: str | None) -> str:
    return one if other is None else min(one, other)


def _stored(bounds: TimeBounds) -> tuple[str | None, str | None]:
    return (
        format_stored(bounds.since) if bounds.since is not None else None,
        format_stored(bounds.until) if bounds.until is not None else None,
    )
