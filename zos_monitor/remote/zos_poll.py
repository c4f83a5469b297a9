"""Watching zos's own API: asked now and then, and with growing gaps where it is lost."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncIterator, Callable, Iterable
from datetime import datetime

from zos_monitor.model.changes import Change, Changed, Health
from zos_monitor.model.faults import DatabaseFault, FaultKind, NotOffered
from zos_monitor.remote.zos_client import ZosClient
from zos_monitor.remote.zos_filter import Asked
from zos_monitor.remote.zos_rows import Row, is_open

POLL_SECONDS = 5.0
"""The default interval between two looks."""

LOOK_SECONDS = 15.0
"""How long a look may take."""

FIRST_RETRY, LAST_RETRY = 1.0, 30.0
"""Seconds from a fault to the next attempt: doubled each time, up to the last."""

_SHARE = 20  # times as long as a look takes there is none: zos stands still meanwhile
_JITTER = 0.2  # by which share a gap is shortened or lengthened, lest many ask at once
_MOST_OPEN = 10  # open runs that are looked at

Stamp = tuple[int, Row | None, dict[str, Row | None]]
"""How many runs there are, the newest of them, and the open ones by their ids."""


class BackOff:
    """Gaps between attempts: 1, 2, 4 … 30 seconds, each with some jitter."""

    def __init__(
        self,
        first: float = FIRST_RETRY,
        last: float = LAST_RETRY,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self.first = first
        self._last = last
        self._chance = chance
        self._failures = 0

    def next(self) -> float:
        """Return the gap after one more failure, in seconds."""
        gap = min(self._last, self.first * 2.0 ** min(self._failures, 60))
        self._failures += 1
        return gap * (1 + _JITTER * (2 * self._chance() - 1))

    def reset(self) -> None:
        """Begin anew after a success."""
        self._failures = 0


class ZosPoll:
    """Looks at the newest run, the number of runs and the open runs; see ``polling.Poll``.

    ``open_ids`` tells which runs are open, as far as known. ``remark`` is what the health says
    while all is well.
    """

    def __init__(
        self,
        client: ZosClient,
        *,
        clock: Callable[[], datetime],
        interval: float,
        open_ids: Callable[[], Iterable[str]],
        remark: str,
        back_off: BackOff | None = None,
    ) -> None:
        self.interval = interval
        self._client = client
        self._clock = clock
        self._open_ids = open_ids
        self._remark = remark
        self._back_off = back_off or BackOff()
        self._health = Health(since=clock())
        self._stamp: Stamp | None = None
        self._good_at: datetime | None = None  # when the last good look was
        self._due = time.monotonic()  # when the next look is
        self._doubts = BackOff(self._back_off.first)
        self._lost = False
        self._suspected = False  # whether a question has failed since the last look
        self._doubted = False  # whether one had before that
        self._owed = True  # whether all is to be asked again, also while paused
        self._paused = False
        self._wake = asyncio.Event()

    @property
    def paused(self) -> bool:
        """Whether looking is suspended."""
        return self._paused

    def pause(self) -> None:
        """Stop looking until ``resume``."""
        self._paused = True
        self._wake.set()

    def resume(self) -> None:
        """Look again, and first tell of whatever changed meanwhile."""
        self._paused = False
        self._look_at(time.monotonic())

    def look_now(self) -> None:
        """Look at once and tell of everything, changed or not; also while paused."""
        self._owed = True
        self._look_at(time.monotonic())

    def suspect(self) -> None:
        """Take note that a question failed: look at once, unless the server is lost already.

        Where it fails again and again though the looks don't, they come less and less often.
        """
        self._owed = True
        if not (self._lost or self._suspected):
            self._suspected = True
            gap = self._doubts.next() if self._doubted else 0.0
            self._look_at(time.monotonic() + gap)

    def _look_at(self, due: float) -> None:
        self._due = due
        self._wake.set()

    async def changes(self) -> AsyncIterator[Change]:
        """Yield news for ever; the next look waits until the last news has been dealt with."""
        while True:
            await self._sleep()
            change = await self._look()
            if change is not None:
                yield change

    async def _sleep(self) -> None:
        """Wait until a look is due."""
        while True:
            self._wake.clear()
            waits = self._paused and not self._owed
            seconds = self._due - time.monotonic()
            if not waits and seconds <= 0:
                return
            try:
                async with asyncio.timeout(None if waits else seconds):
                    await self._wake.wait()
            except TimeoutError:
                continue

    async def _look(self) -> Change | None:
        owed, self._owed = self._owed, False
        self._doubted, self._suspected = self._suspected, False
        if not self._doubted:
            self._doubts.reset()
        began, at = time.monotonic(), self._clock()
        try:
            stamp = await self._read_soon()
        except DatabaseFault as fault:
            return self._failed(fault)
        except Exception as error:  # whatever nobody has foreseen: it is told, and tried again
            from zos_monitor.reports import unforeseen

            return self._failed(unforeseen(error, "looking for changes"))
        ended, self._good_at = time.monotonic(), at
        if not self._owed:  # else it was asked for while this look ran
            self._due = ended + max(self.interval, _SHARE * (ended - began))
        self._lost = False
        self._back_off.reset()
        changed = Changed.ALL if owed else _between(self._stamp, stamp)
        self._stamp = stamp
        turned = self._turn(Health(self._clock(), message=self._remark))
        return Change(changed, self._health, None) if changed or turned else None

    def _failed(self, fault: DatabaseFault) -> Change | None:
        self._owed = self._lost = True
        self._due = time.monotonic() + self._back_off.next()
        turned = self._turn(Health(self._clock(), fault.kind, fault.message, self._good_at))
        return Change(Changed.NOTHING, self._health, None) if turned else None

    async def _read_soon(self) -> Stamp:
        """Look; a server that is silent is lost, long before a question is given up."""
        try:
            async with asyncio.timeout(LOOK_SECONDS):
                return await self._read()
        except TimeoutError:
            message = f"{self._client.http.place} does not answer within {LOOK_SECONDS:g} seconds"
            raise DatabaseFault(FaultKind.UNREACHABLE, message) from None

    async def _read(self) -> Stamp:
        page = await self._client.page(Asked(), limit=1)
        open_ids = [run_id for run_id, _ in zip(self._open_ids(), range(_MOST_OPEN), strict=False)]
        rows = {run_id: await self._row(run_id) for run_id in open_ids}
        return page.total, page.rows[0] if page.rows else None, rows

    async def _row(self, run_id: str) -> Row | None:
        try:
            return await self._client.row(run_id)
        except NotOffered:
            return None

    def _turn(self, health: Health) -> bool:
        """Take a health over where it differs in more than its time; tell whether it did.

        A server that is lost in another way than before is lost since the same time.
        """
        known = self._health
        if (health.fault, health.message) == (known.fault, known.message):
            return False
        if health.fault is not None and known.fault is not None:
            health = health._replace(since=known.since)
        self._health = health
        return True


def _between(last: Stamp | None, now: Stamp) -> Changed:
    if last is None or last[0] != now[0] or _id(last[1]) != _id(now[1]):
        return Changed.ALL
    pairs = [(last[2][run_id], row) for run_id, row in now[2].items() if run_id in last[2]]
    pairs.append((last[1], now[1]))
    if any(_ended(one) != _ended(other) for one, other in pairs):
        return Changed.ALL
    if any(one != other for one, other in pairs):
        return Changed.CALLS  # zos tells the sums over a run's calls as they are made
    return Changed.NOTHING


def _id(row: Row | None) -> object:
    return row["id"] if row is not None else None


def _ended(row: Row | None) -> bool:
    return row is None or not is_open(row)
