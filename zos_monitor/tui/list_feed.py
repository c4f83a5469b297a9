"""The list's feed: asks for the runs that are in view, in their order, and finds others in it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, nullcontext
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from zos_monitor.model.faults import DatabaseFault, NotOffered
from zos_monitor.model.filters import RunFilter
from zos_monitor.model.runs import RunKey
from zos_monitor.model.sorting import BY_START, Sort, SortKey
from zos_monitor.questions import Service
from zos_monitor.tui.loaded_runs import PAGE
from zos_monitor.tui.mishaps import Mishaps
from zos_monitor.tui.refusals import refusal_words
from zos_monitor.tui.widgets.filter_bar import FilterBar
from zos_monitor.tui.widgets.run_list import RunList

if TYPE_CHECKING:
    from zos_monitor.model.filter_times import Moment

_PATIENCE = 0.1  # how long the runs of another filter are waited for before those found are shown
_NOTICEABLE = 0.2  # seconds of sorting from which on the list says so
_GAP = 0.02  # between two reads of a count, in which keys and other questions have their turn
_MINUTE = timedelta(minutes=1)
_LISTING = "listing the runs"


class ListFeed:
    """Keeps the list fed with the runs that the present filter matches.

    An answer that comes after filter or order have changed is dropped. Where these are not
    offered, the last ones that were stay. ``on_trouble`` is told each question's fault, and None
    when questions are answered again. ``in_background`` runs work that is too long for now, in
    place of the last one of that name. ``mishaps`` takes what nobody has foreseen.
    """

    def __init__(
        self,
        service: Service,
        filter_bar: FilterBar,
        runs: RunList,
        flt: RunFilter,
        on_trouble: Callable[[DatabaseFault | None], None],
        in_background: Callable[..., None],
        mishaps: Mishaps,
    ) -> None:
        self.filter = flt
        self._service = service
        self._filter_bar = filter_bar
        self._runs = runs
        self._on_trouble = on_trouble
        self._in_background = in_background
        self._mishaps = mishaps
        self.sort = BY_START
        self._listed: tuple[RunFilter, Sort] | None = None  # the question that the list answers
        self._listed_at: datetime | None = None
        self._list_answers = 0  # how many the list has taken over
        self._one_page = asyncio.Lock()

    @property
    def turns_at(self) -> datetime | None:
        """When the answers become others by themselves, None for never."""
        raise NotImplementedError

    async def sorted(self, sort: Sort) -> None:
        """Show the runs in another order."""
        self.sort = sort
        self._filter_bar.refuse(None)
        async with self._questions(_LISTING):
            await self._list()

    async def add_runs(self, first: int, limit: int) -> None:
        """Load runs that came into view, if they still are when their turn comes."""
        async with self._questions(_LISTING), self._one_page:
            asked, runs = self._asked, self._runs
            if not runs.wants(first):
                return
            try:
                more = await self._service.run_slice(
                    asked[0],
                    sort=asked[1],
                    first=first,
                    limit=limit,
                    now=self._listed_at,
                    patience=0,
                )
            except NotOffered:  # an order just chosen
                await self._list()
                return
            if asked == self._asked == self._listed and not runs.add(more):
                await self._list()

    async def jump(self, moment: Moment) -> None:
        """Go to the newest run of the list that started by a time."""
        from zos_monitor.model.filter_times import resolve_moment

        now, zone = self._service.clock(), self._service.zone
        instant = resolve_moment(moment, now=now, zone=zone, closing=True)
        async with self._questions("looking for a time"):
            if self.sort != BY_START:
                await self.sorted(BY_START)
            await self._go(lambda now: self._service.row_since(self.filter, instant, now=now))

    async def go_to_failure(self, *, newer: bool) -> bool:
        """Go to the next run that went wrong, from the selected one on; tell whether there is one.

        It is looked for in the order of starts, whatever the list is sorted by. A fault leaves open
        whether there is one: True.
        """
        selected, there = self._runs.selected, True
        key = selected.key if selected is not None else None
        async with self._questions("looking for a failure"):
            run_id = await self._service.next_failure(
                self.filter, key, newer=newer, now=self._listed_at
            )
            there = run_id is not None and await self.go_to_run(run_id)
        return there

    async def go_to_run(self, run_id: str) -> bool:
        """Go to a run; tell whether it is in the list, or may be: a fault leaves that open."""
        there = True
        async with self._questions("looking for a run"):
            run = await self._service.run(run_id)
            there = run is not None and await self._go(lambda now: self._row_of(run.key, now))
        return there

    async def _row_of(self, key: RunKey, now: datetime | None) -> int | None:
        flt, sort = self._asked
        found = await self._service.run_slice(flt, sort=sort, limit=1, anchor=key, now=now)
        return found.anchor

    async def _go(self, find: Callable[[datetime | None], Awaitable[int | None]]) -> bool:
        """Go to the row that is found; tell whether there is one, True if the filter changes."""
        asked, runs = self._asked, self._runs
        while asked == self._asked == self._listed:
            now = self._listed_at
            row = await find(now)
            if row is None:
                return False
            there = await self._service.run_slice(
                asked[0], sort=asked[1], first=row - row % PAGE, limit=PAGE, now=now, patience=0
            )
            if asked == self._asked == self._listed and runs.add(there):
                runs.jump(row)
                return True
            await self._list()  # the row is one of another state of the list
        return True

    @property
    def oldest_first(self) -> bool:
        """Whether older runs stand above newer ones."""
        return self.sort.key is SortKey.START and self.sort.reverse

    @property
    def _asked(self) -> tuple[RunFilter, Sort]:
        return self.filter, self.sort

    async def _list_again(self) -> None:
        """Ask for the list as one question of several, which go on should it fail."""
        with self._mishaps.question(_LISTING):
            await self._list()

    async def _list(self) -> None:
        """Ask for what is in view; where that is not offered, what was shown last stays."""
        asked = self._asked
        try:
            await self._ask_list()
        except NotOffered as refusal:
            if asked != self._asked:
                return
            self._filter_bar.refuse(refusal)
            if self._listed is not None:
                self.filter, self.sort = self._listed
            else:
                self._runs.say(refusal_words(refusal))

    async def _ask_list(self) -> None:
        asked, runs = self._asked, self._runs
        anew = asked != self._listed
        now = self._list_time(anew=anew)
        if asked[1] != BY_START:
            await self._put_in_order(asked, now)
        answers = None
        while answers != self._list_answers:  # another answer came in between: ask about its state
            answers = self._list_answers
            window = runs.window(anew=anew)
            if anew and asked[1] != BY_START:  # who sorts wants to see what comes first
                window = window._replace(anchor=None)
            fresh = await self._service.run_slice(
                asked[0],
                sort=asked[1],
                first=window.first,
                limit=window.limit,
                anchor=window.anchor,
                anchor_row=window.row,
                now=now,
                patience=_PATIENCE if asked[1].key is SortKey.START else None,
            )
            if asked != self._asked:
                return
            if not (anew or fresh.counted or window.found_in(fresh)):
                answers = None  # what is in view may still be found
                await self._service.count_on(asked[0], sort=asked[1], now=now)
        self._list_answers += 1
        self._listed_at = now
        self._filter_bar.count = fresh
        runs.set_order(asked[1])
        if asked == self._listed:
            runs.renew(fresh, window)
        else:
            self._listed = asked
            runs.restart(fresh)
        if not fresh.counted:
            self._in_background("count", self._count)

    async def _put_in_order(self, asked: tuple[RunFilter, Sort], now: datetime) -> None:
        """Have the runs sorted, and say so where that takes a while."""
        begun, runs = time.monotonic(), self._runs
        while asked == self._asked:
            count = await self._service.count_on(asked[0], sort=asked[1], now=now)
            if count.counted:
                return
            if asked != self._listed and time.monotonic() - begun > _NOTICEABLE:
                runs.say_order(f"sorting by {asked[1].key}: {count.matched:,}")
            await asyncio.sleep(_GAP / 4)

    def _list_time(self, *, anew: bool) -> datetime:
        """Return what relative times count from: the present, kept for up to a minute.

        Were each commit to move a window, all of it would have to be looked at each time.
        """
        now, last = self._service.clock(), self._listed_at
        if anew or last is None or not timedelta(0) <= now - last < _MINUTE:
            return now
        return now if self.turns_at is not None and self.turns_at <= now else last

    async def _count(self) -> None:
        """Find the rest of the runs that match, and show how many there are by now."""
        async with self._questions("counting the runs"):
            asked, counted = self._asked, False
            while asked == self._asked == self._listed and not counted:
                count = await self._service.count_on(asked[0], sort=asked[1], now=self._listed_at)
                if asked != self._asked:
                    return
                if not self._runs.grow(count):
                    await self._list()
                    return
                self._filter_bar.count = count
                counted = count.counted
                await asyncio.sleep(_GAP)

    def _selected_id(self) -> str | None:
        selected = self._runs.selected
        return selected.id if selected is not None else None

    @asynccontextmanager
    async def _questions(self, doing: str = "") -> AsyncIterator[None]:
        """Report a fault to the screen instead of raising it; the poll has it asked again.

        What is not offered is no fault, and asked again by nobody: NotOffered is raised. With
        ``doing`` all of it is one question, of which mishaps are survived; see there.
        """
        try:
            with self._mishaps.question(doing) if doing else nullcontext():
                yield
        except NotOffered:
            raise
        except DatabaseFault as fault:
            self._on_trouble(fault)
        else:
            self._on_trouble(None)
