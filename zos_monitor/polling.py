"""The poll: one task that looks, tells what changed, and sleeps until the next look."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from datetime import datetime

from zos_monitor.model.changes import Change, Changed, Health
from zos_monitor.model.faults import DatabaseFault
from zos_monitor.store.database import Database
from zos_monitor.store.faults import slow
from zos_monitor.store.fingerprint import Fingerprint, fingerprint
from zos_monitor.store.notes import Notes
from zos_monitor.store.probe import COUNT_SECONDS, Marks, read_marks, search_on

RETRY_SECONDS = 1.0
"""How long after a fault the next attempt is made, at the earliest."""

LONGEST_RETRY_SECONDS = 30.0
"""How long where questions fail again and again though each look is good."""

_PATIENT = 3  # after so many good looks in a row that questions have failed after

SLOW_SECONDS = 5.0
"""How long a look may take before that is told."""

# A log is written some time before its commit can be seen (while the disk syncs), and two commits
# within one tick of the file system's clock leave the same time of writing. So a look that found
# the files changed is followed by further ones, these many seconds later.
# The last one counts the runs again, so that what was deleted by hand is noticed.
_SECOND_LOOKS = (0.0, 0.25, 0.5, 1.0, 2.0, 5.0, 15.0, COUNT_SECONDS)


class Poll:
    """Watches the database's files and says what to ask again.

    ``interval`` (seconds between looks) may be set at any time and holds from the next look on.
    News goes to whoever asks first: a poll has one consumer of its ``changes``. While nothing
    changes a look costs a few calls of ``stat``, and no connection is open; but the first looks at
    a long history search it for open runs, a slice at each.
    """

    def __init__(
        self, database: Database, *, clock: Callable[[], datetime], interval: float
    ) -> None:
        self.interval = interval
        self._database = database
        self._clock = clock
        self._begun_at = clock()
        self._health = Health(since=self._begun_at)
        self._stamp: Fingerprint | None = None
        self._marks: Marks | None = None
        self._notes = Notes()
        self._reading: asyncio.Task[Change | None] | None = None  # the look that goes on
        self._read_at: datetime | None = None  # when what the last good look found was up to date
        self._good_at: datetime | None = None  # when what was answered after it was
        self._suspected = False  # whether a question has failed since that look
        self._doubts = 0  # after how many good looks in a row one has
        self._second_looks: list[float] = []
        # Where set, a look is due by then, and the next good one tells of everything, whatever
        # the marks say.
        self._everything_by: float | None = time.monotonic()
        self._paused = False
        self._asked = False  # whether to look at once, paused or not
        self._wake = asyncio.Event()

    @property
    def marks(self) -> Marks | None:
        """The marks of the last good look, None before the first."""
        return self._marks

    @property
    def paused(self) -> bool:
        """Whether looking is suspended."""
        return self._paused

    def pause(self) -> None:
        """Stop looking until ``resume``."""
        self._paused = True

    def resume(self) -> None:
        """Look again, and first tell of whatever changed meanwhile."""
        self._paused = False
        self._ask()

    def look_now(self) -> None:
        """Look at once and tell of everything, changed or not; also while paused."""
        self._everything_by = time.monotonic()
        self._ask()

    def _ask(self) -> None:
        self._asked = True
        self._wake.set()

    def suspect(self) -> None:
        """Take note that a question failed: look into it soon, and have everything asked again.

        That is done while paused too, for what was asked for is owed an answer.
        """
        pause = RETRY_SECONDS * 2 ** min(max(0, self._doubts - _PATIENT), 10)
        self._everything_by = time.monotonic() + min(pause, LONGEST_RETRY_SECONDS)
        self._suspected = True
        self._wake.set()  # for how long it sleeps when paused depends on this

    async def changes(self) -> AsyncIterator[Change]:
        """Yield news for ever; the next look waits until the last news has been dealt with."""
        going_on: asyncio.Task[Change | None] | None = None
        try:
            while True:
                asked, self._asked = self._asked, False
                self._wake.clear()
                if asked or not self._paused or self._owed_in() == 0:
                    change = await self._look()
                    going_on = self._reading
                    if change is not None:
                        yield change
                await self._sleep()
        finally:
            if going_on is not None:
                await self._give_up(going_on)

    async def _give_up(self, reading: asyncio.Task[Change | None]) -> None:
        """End a look that may still go on."""
        if reading is self._reading:
            self._reading = None
        reading.cancel()
        await asyncio.wait([reading])

    def _owed_in(self) -> float | None:
        """Return in how many seconds a look is owed to a question that failed; None for none."""
        if self._everything_by is None:
            return None
        return max(0.0, self._everything_by - time.monotonic())

    async def _sleep(self) -> None:
        """Wait until the next look is due, or is asked for."""
        seconds = self._owed_in() if self._paused else self.interval
        if seconds is None:
            await self._wake.wait()
            return
        # Simpler than a timeout, which is an exception four times a second.
        alarm = asyncio.get_running_loop().call_later(seconds, self._wake.set)
        try:
            await self._wake.wait()
        finally:
            alarm.cancel()

    async def _look(self) -> Change | None:
        """Look once; a look that takes long is told of, and the next one goes on with it."""
        try:
            if self._reading is None and not self._begin_to_read():
                return None
            return await self._read_on()
        except DatabaseFault as fault:
            return self._failed(fault)
        except Exception as error:  # whatever nobody has foreseen: it is told, and tried again
            from zos_monitor.reports import unforeseen

            return self._failed(unforeseen(error, "looking for changes"))

    async def _read_on(self) -> Change | None:
        """Wait for what is being read. Raises DatabaseFault where that takes long."""
        reading = self._reading
        assert reading is not None
        try:
            await asyncio.wait([reading], timeout=SLOW_SECONDS)
        except asyncio.CancelledError:
            await self._give_up(reading)
            raise
        if not reading.done():
            raise slow(self._database.path, SLOW_SECONDS)
        self._reading = None
        return reading.result()

    def _begin_to_read(self) -> bool:
        """Look at the files, and begin to read where they may tell of news; tell whether so."""
        at = self._clock()
        if not self._suspected:  # what the last look told of has been answered
            self._good_at = self._read_at
        stamp = fingerprint(self._database.path, self._stamp)
        moved = stamp != self._stamp
        # A file that came right after it was looked for has been read, and may have gone again.
        read_unseen = stamp is None and self._health.fault is None
        if not moved and not self._due() and not read_unseen:
            if self._health.fault is None:
                self._read_at = at
            return False
        if moved:
            if self._notes.is_of_other_file(stamp):
                self._everything_by = time.monotonic()  # the marks are those of another database
            self._stamp = stamp
            self._second_looks = [time.monotonic() + after for after in _SECOND_LOOKS]
        self._reading = asyncio.create_task(self._read(at, moved=moved))
        return True

    async def _read(self, at: datetime, *, moved: bool) -> Change | None:
        everything_by = self._everything_by
        known = self._marks if everything_by is None else None
        async with self._database.read() as reader:
            marks = await read_marks(reader, known, hints=self._marks)
            if known is not None and marks.unsearched:
                marks = await search_on(reader, marks)
            notes, doubt = self._notes.on(reader), self._notes.doubt(reader)
        if self._everything_by == everything_by:  # else it was asked for while this look ran
            self._everything_by = None
        # A fault that the looks have met as well is none of the questions alone.
        doubted = self._suspected and self._health.fault is None
        self._doubts = self._doubts + 1 if doubted else 0
        self._suspected = False
        changed = marks.since(known)
        if moved and not changed:
            changed = Changed.OTHER
        self._marks, self._read_at = marks, at
        turned = self._turn(Health(message=notes, since=self._clock(), doubt=doubt))
        return self._change(changed) if changed or turned else None

    def _due(self) -> bool:
        now = time.monotonic()
        if self._everything_by is not None:
            return now >= self._everything_by
        due = [look for look in self._second_looks if look <= now]
        self._second_looks = self._second_looks[len(due) :]
        return bool(due) or (self._marks is not None and self._marks.unsearched > 0)

    def _failed(self, fault: DatabaseFault) -> Change | None:
        self._everything_by = time.monotonic() + RETRY_SECONDS
        # Of what the first good look told, all or nothing may have been answered since the start.
        good_at = self._good_at or (self._begun_at if self._read_at is not None else None)
        if not self._turn(Health(self._clock(), fault.kind, fault.message, good_at)):
            return None
        return self._change(Changed.NOTHING)

    def _turn(self, health: Health) -> bool:
        """Take a health over where it differs in more than its times; tell whether it did.

        A fault that is told in other words lasts since the same time.
        """
        known = self._health
        if (health.fault, health.message) == (known.fault, known.message):
            return False
        if health.fault is not None and health.fault is known.fault:
            health = health._replace(since=known.since)
        self._health = health
        return True

    def _change(self, changed: Changed) -> Change:
        written = self._stamp.written_at if self._stamp is not None else None
        return Change(changed=changed, health=self._health, committed_at=written)
