"""What is going on: asked after each change, it tells the open runs and what has turned."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import AbstractAsyncContextManager
from copy import copy
from datetime import UTC, datetime

from zos_monitor.commits import Commits
from zos_monitor.model.eta import Eta, estimate
from zos_monitor.model.past import LayerPast
from zos_monitor.model.present import ALARMING, OpenRun, Present
from zos_monitor.model.runs import RunKey, RunSummary
from zos_monitor.model.states import RunState
from zos_monitor.store import run_queries
from zos_monitor.store.database import Reader
from zos_monitor.store.judge import Judge
from zos_monitor.store.probe import Delta, Marks

MOST = 500
"""How many runs, the newest, are looked at: more can't be open or have ended since, but in odd
histories."""

_BEFORE_ALL = datetime.min.replace(tzinfo=UTC)


class Presence:
    """Answers what is going on, and remembers what it has answered last."""

    def __init__(
        self,
        read: Callable[[], AbstractAsyncContextManager[Reader]],
        marks: Callable[[], Marks | None],
    ) -> None:
        self._read = read
        self._marks = marks
        self._commits = Commits()
        self._lock = asyncio.Lock()
        self._calm: frozenset[int] | None = None
        # The open runs of the last answer that were not stalled; None before the first.

    async def look(self) -> Present:
        """Return the open runs, and those that have turned since the last look.

        Nothing has turned at the first look, nor where the database was exchanged meanwhile.
        """
        async with self._lock:
            commits = copy(self._commits)  # a look that is cut off is as if it had never been
            async with self._read() as reader:
                delta = await commits.since(reader, self._marks())
                open_runs = await _summaries(reader, commits.open_runs)
                new = delta.appended[-MOST:] if delta is not None else range(0)
                closed = delta.closed if delta is not None else frozenset[int]()
                ended = await _summaries(reader, {*closed, *new} - commits.open_runs)
            # From here on nothing is awaited: even while it was closed it could be cut off.
            return self._told(commits, delta, open_runs, ended, reader.judge)

    def _told(
        self,
        commits: Commits,
        delta: Delta | None,
        open_runs: Sequence[RunSummary],
        ended: Sequence[RunSummary],
        judge: Judge,
    ) -> Present:
        """Return the answer, and remember it at once."""
        now, pasts = judge.now, judge.layer_pasts
        going_on = tuple(
            OpenRun(run, _eta(run, pasts.get(run.key.rowid, LayerPast()), now))
            for run in sorted(open_runs, key=_place, reverse=True)
            if run.state in (RunState.RUNNING, RunState.STALLED)
        )
        turned: list[RunSummary] = []
        if self._calm is not None and delta is not None:
            # An old run that only now is found to be open and stalled has been so for long.
            known = {*self._calm, *delta.appended}
            turned = [run for run in (*open_runs, *ended) if _alarms(run, known)]
        self._commits = commits
        self._calm = frozenset(
            run.key.rowid for run in open_runs if run.state is not RunState.STALLED
        )
        return Present(going_on, tuple(sorted(turned, key=lambda run: run.key.rowid)))


def _place(run: RunSummary) -> tuple[datetime, int]:
    return run.started_at or _BEFORE_ALL, run.key.rowid


def _alarms(run: RunSummary, known: Collection[int]) -> bool:
    return run.state in ALARMING and (run.state is not RunState.STALLED or run.key.rowid in known)


def _eta(run: RunSummary, past: LayerPast, now: datetime) -> Eta | None:
    if run.progress is None or run.state is not RunState.RUNNING:
        return None  # of a run that is stalled nobody knows
    return estimate(run.progress, started_at=run.started_at, past=past, now=now)


async def _summaries(reader: Reader, rowids: Iterable[int]) -> tuple[RunSummary, ...]:
    """Return the runs with these row numbers, the last row first; at most ``MOST``."""
    newest = sorted(rowids, reverse=True)[:MOST]
    return await run_queries.summaries(reader, [RunKey(None, rowid) for rowid in newest])
