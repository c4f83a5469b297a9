"""The poll: one task that looks, tells what changed, and sleeps until the next look."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from datetime import datetime

from zos_monitor.model.changes import Change, Changed, Health
from zos_monitor.model.faults import DatabaseFault
from zos_monitor.store.database import Database
from zos_monitor.store.fingerprint import Fingerprint, fingerprint
from zos_monitor.store.probe import COUNT_SECONDS, Marks, read_marks, search_on

RETRY_SECONDS = 1.0
"""How long after a fault the next attempt is made, at the earliest."""

# A log is written some time before its commit can be seen (while the disk syncs), and two commits
# within one tick of the file system's clock leave the same time of writing. So a look that found
# the files changed is followed by further ones, these many seconds later.
# The last one counts the runs again, so that what was deleted by hand is noticed.
_SECOND_LOOKS = (0.0, 0.25, 0.5, 1.0, 2.0, 5.0, 15.0, COUNT_SECONDS)

_NO_LOG = "its write-ahead log is left out: reading that would leave a file beside it"


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
        self._health = Health(since=clock())
        self._stamp: Fingerprint | None = None
        self._marks: Marks | None = None
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
        self._everything_by = time.monotonic() + RETRY_SECONDS
        self._wake.set()  # for how long it sleeps when paused depends on this

    async def changes(self) -> AsyncIterator[Change]:
        """Yield news for ever; the next look waits until the last news has been dealt with."""
        while True:
            asked, self._asked = self._asked, False
            self._wake.clear()
            if asked or not self._paused or self._owed_in() == 0:
                change = await self._look()
                if change is not None:
                    yield change
            await self._sleep()

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
        stamp = fingerprint(self._database.path, self._stamp)
        moved = stamp != self._stamp
        if not moved and not self._due():
            return None
        if moved:
            if stamp is not None and self._stamp is not None and stamp.of_other_file(self._stamp):
                self._everything_by = time.monotonic()  # the marks are those of another database
            self._stamp = stamp
            self._second_looks = [time.monotonic() + after for after in _SECOND_LOOKS]
        everything_by = self._everything_by
        known = self._marks if everything_by is None else None
        try:
            async with self._database.read() as reader:
                marks = await read_marks(reader, known, hints=self._marks)
                if known is not None and marks.unsearched:
                    marks = await search_on(reader, marks)
                lacks_log = reader.lacks_log
        except DatabaseFault as fault:
            return self._failed(fault)
        if self._everything_by == everything_by:  # else it was asked for while this look ran
            self._everything_by = None
        changed = marks.since(known)
        if moved and not changed:
            changed = Changed.OTHER
        self._marks = marks
        turned = self._turn(Health(message=_NO_LOG if lacks_log else "", since=self._clock()))
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
        if not self._turn(Health(fault=fault.kind, message=fault.message, since=self._clock())):
            return None
        return self._change(Changed.NOTHING)

    def _turn(self, health: Health) -> bool:
        """Take a health over where it differs in more than its time; tell whether it did."""
        same = (health.fault, health.message) == (self._health.fault, self._health.message)
        if not same:
            self._health = health
        return not same

    def _change(self, changed: Changed) -> Change:
        written = self._stamp.written_at if self._stamp is not None else None
        return Change(changed=changed, health=self._health, committed_at=written)
