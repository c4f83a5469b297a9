"""The questions about all runs that a filter matches, beyond lists and totals."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING

from zos_monitor.listing import Question
from zos_monitor.model.filters import RunFilter, TimeBounds
from zos_monitor.model.runs import RunDetail, RunKey
from zos_monitor.model.windows import within_window
from zos_monitor.questions import FAILURES_WINDOW

if TYPE_CHECKING:  # what the first rows do without is imported when it is asked for
    from zos_monitor.model.breakdown import Breakdown
    from zos_monitor.model.failures import Failures


class HistoryQuestions:
    """The part of RunService that goes through many runs.

    Answers that take long come bit by bit: each is like the one before, over more runs, and the
    last is whole. Whoever has enough closes the iterator, or cancels its task.
    """

    clock: Callable[[], datetime]
    zone: tzinfo

    def _ask(
        self, flt: RunFilter, now: datetime | None = None
    ) -> AbstractAsyncContextManager[Question]:
        raise NotImplementedError

    def _bounds(self, flt: RunFilter, now: datetime) -> TimeBounds:
        raise NotImplementedError

    def failures(
        self, flt: RunFilter, *, window: str | None = FAILURES_WINDOW
    ) -> AsyncIterator[Failures]:
        """Yield the errors of the matching runs by their cause.

        ``window`` bounds the runs where the filter names no time.
        """
        from zos_monitor.failure_groups import failures

        now, flt = self.clock(), within_window(flt, window)
        return failures(self._ask, flt, self._bounds(flt, now), now, self.zone)

    def breakdown(self, flt: RunFilter, *, window: str | None = None) -> AsyncIterator[Breakdown]:
        """Yield the full statistics of the matching runs, by layer and by model.

        ``window`` bounds them where the filter names no time.
        """
        from zos_monitor.breakdowns import breakdown

        now, flt = self.clock(), within_window(flt, window)
        return breakdown(self._ask, flt, self._bounds(flt, now), now, self.zone)

    def details(
        self, flt: RunFilter, *, now: datetime | None = None
    ) -> AsyncIterator[tuple[RunDetail, ...]]:
        """Yield the matching runs whole, newest first, some at a time."""
        from zos_monitor.exporting import details

        return details(self._ask, flt, now or self.clock())

    async def next_failure(
        self, flt: RunFilter, key: RunKey | None, *, newer: bool, now: datetime | None = None
    ) -> str | None:
        """Return the id of the matching run next to ``key`` in time that went wrong.

        That is one that failed, is partial, stalled or interrupted: the next older one, or with
        ``newer`` the next newer one. Without a key it is the newest, or the oldest. None where
        there is none.
        """
        from zos_monitor.next_failure import next_failure

        return await next_failure(self._ask, flt, key, newer=newer, now=now or self.clock())
