"""A screen that says what is wrong with the database, for as long as it lasts.

The last good data stays meanwhile, and is said to be no more than that.
"""

from __future__ import annotations

import asyncio
from datetime import datetime

from textual.getters import query_one

from zos_monitor.model import phrases
from zos_monitor.model.changes import Changed, Health
from zos_monitor.model.faults import DatabaseFault, FaultKind
from zos_monitor.questions import Service
from zos_monitor.tui.drilling_screen import DrillingScreen
from zos_monitor.tui.glyphs import Glyphs
from zos_monitor.tui.widgets.notice import Notice

_WAITING: dict[FaultKind | None, str] = {
    FaultKind.UNREACHABLE: "Waiting for the server",
    FaultKind.UNFORESEEN: "No answer by a fault of the monitor's own, told above",
}
"""What stands in the place of the runs, where that is not the database's doing."""

SLOW_SECONDS = 5.0
"""How long answers are waited for before it is said that what is shown is behind."""


class TroubleScreen(DrillingScreen):
    """A drilling screen with a notice of what is wrong."""

    notice = query_one(Notice)

    def __init__(self, service: Service, glyphs: Glyphs, *, bell: bool) -> None:
        super().__init__(service, glyphs, bell=bell)
        self._trouble: DatabaseFault | None = None  # what the last question has met

    async def take_up(self, changed: Changed) -> None:
        """Ask again what has changed; where that takes long, say that what is shown is behind.

        The poll does not look meanwhile, so nobody else would.
        """
        slow = asyncio.get_running_loop().call_later(SLOW_SECONDS, self._note_slowness)
        try:
            await self.ask_again(changed)
        finally:
            slow.cancel()

    async def ask_again(self, changed: Changed) -> None:
        """Ask everything again; what surrounds the list where it may have changed."""
        raise NotImplementedError

    def note_trouble(self, fault: DatabaseFault | None) -> None:
        """Take note of what a question has met, which the poll may not have seen yet."""
        if fault == self._trouble:
            return
        self._trouble = fault
        before, health = self.status.trouble, None
        if fault is not None:
            since = before.since if before is not None else self.service.clock()
            health = Health(since, fault.kind, fault.message)
        self.status.trouble = health
        self.tell_notice()

    def _note_slowness(self) -> None:
        if not self.left:
            words = f"no answer from {self.service.place} for {SLOW_SECONDS:g} seconds; waiting on"
            self.note_trouble(DatabaseFault(FaultKind.SLOW, words))

    def tell_notice(self) -> None:
        """Say what is wrong for as long as it lasts."""
        health, has_data = self.status.health, self.runs.row_count > 0
        good_at = health.good_at if health is not None else None
        fault = health.fault if health is not None else None
        told = self._trouble or self.mishaps.told
        self.status.failed_since = self.mishaps.since
        behind = fault is not None or self._trouble is not None or self.mishaps.since is not None
        faulty = self.notice.tell(
            health,
            told,
            self.schedule_faults,
            place=self.service.place,
            has_data=has_data,
            behind=behind,
            as_of=self._clock_time(good_at) if good_at is not None else "",
        )
        self._tell_over()
        if faulty and not has_data:
            kind = fault or (told.kind if told is not None else None)
            self.runs.say(_WAITING.get(kind, "Waiting for the database"))

    def on_screen_suspend(self) -> None:
        """Have what lies over the dashboard now say what the header says."""
        self._tell_over()

    def _tell_over(self) -> None:
        """Say that what is shown is not live on each full screen that lies over the header."""
        over = self.app.screen_stack[1:]
        if not over:
            return
        from zos_monitor.tui.over import FullScreen

        for screen in over:
            if isinstance(screen, FullScreen):
                screen.tell_stale(self.status.stale())

    def _clock_time(self, instant: datetime) -> str:
        return phrases.clock_time(instant, self._setting.now, self._setting.zone)
