"""The questions about one run: its errors, its calls and insights, and another run beside it."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING

from zos_monitor.model.runs import RunDetail
from zos_monitor.store import run_queries
from zos_monitor.store.database import Reader

if TYPE_CHECKING:  # what the first rows do without is imported when it is asked for
    from zos_monitor.model.calls import CallText, InsightText
    from zos_monitor.model.comparison import Comparison
    from zos_monitor.model.workings import StoredValue, Workings


class RunQuestions:
    """The part of RunService that tells of one run, by its whole id.

    Each answer is None where there is no such run, or no such call or insight.
    """

    def _read(self) -> AbstractAsyncContextManager[Reader]:
        raise NotImplementedError

    async def run(self, run_id: str) -> RunDetail | None:
        """Return one run with its errors."""
        async with self._read() as reader:
            return await run_queries.run(reader, run_id)

    async def workings(self, run_id: str) -> Workings | None:
        """Return a run's targets, calls and insights, without the texts that may be huge."""
        from zos_monitor.store import working_queries

        async with self._read() as reader:
            return await working_queries.workings(reader, run_id)

    async def call_text(self, call_id: str) -> CallText | None:
        """Return what a call sent and got, whole."""
        from zos_monitor.store import working_queries

        async with self._read() as reader:
            return await working_queries.call_text(reader, call_id)

    async def insight_text(self, insight_id: str) -> InsightText | None:
        """Return an insight whole."""
        from zos_monitor.store import working_queries

        async with self._read() as reader:
            return await working_queries.insight_text(reader, insight_id)

    async def stored_row(self, run_id: str) -> tuple[StoredValue, ...] | None:
        """Return every column of a run's row as it is stored, also those that we don't know."""
        from zos_monitor.store import working_queries

        async with self._read() as reader:
            return await working_queries.stored_row(reader, run_id)

    async def comparison(self, run_id: str, *, marked: str | None = None) -> Comparison | None:
        """Return a run beside the ``marked`` one, or beside its layer's last success before it."""
        from zos_monitor.store import comparison_queries

        async with self._read() as reader:
            return await comparison_queries.comparison(reader, run_id, marked=marked)
