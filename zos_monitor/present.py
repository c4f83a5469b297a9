"""What is going on: asked after each change, it tells the open runs and what has turned."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractAsyncContextManager
from datetime import datetime

from zos_monitor.commits import Commits
from zos_monitor.model.eta import Eta, estimate
from zos_monitor.model.past import LayerPast
from zos_monitor.model.present import ALARMING, OpenRun, Present
from zos_monitor.model.runs import RunKey, RunSummary
from zos_monitor.model.states import RunState
from zos_monitor.store import run_queries
from zos_monitor.store.database import Reader
from zos_monitor.store.probe import Marks

MOST = 500
"""How many runs, the newest, are looked at: more can't be open or have ended since, but in odd
histories."""


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
        self._stalled: frozenset[str] | None = None  # of the last answer; None before the first

    async def look(self) -> Present:
        """Return the open runs, and those that have turned since the last look.

        Nothing has turned at the first look, nor where the database was exchanged meanwhile.
        """
        async with self._read() as reader:
            delta = await self._commits.since(reader, self._marks())
            open_runs = await _summaries(reader, self._commits.open_runs)
            ended: tuple[RunSummary, ...] = ()
            if delta is not None:
                ended = await _summaries(
                    reader, {*delta.closed, *delta.appended} - self._commits.open_runs
                )
        now, pasts = reader.judge.now, reader.judge.layer_pasts
        going_on = tuple(
            OpenRun(run, _eta(run, pasts.get(run.key.rowid, LayerPast()), now))
            for run in open_runs
            if run.state in (RunState.RUNNING, RunState.STALLED)
        )
        first = self._stalled is None or delta is None
        turned = () if first else tuple(self._turned((*open_runs, *ended)))
        self._stalled = frozenset(run.id for run in open_runs if run.state is RunState.STALLED)
        return Present(going_on, turned)

    def _turned(self, runs: Iterable[RunSummary]) -> Iterable[RunSummary]:
        stalled = self._stalled or frozenset()
        return (
            run
            for run in runs
            if run.state in ALARMING and not (run.state is RunState.STALLED and run.id in stalled)
        )


def _eta(run: RunSummary, past: LayerPast, now: datetime) -> Eta | None:
    if run.progress is None or run.state is not RunState.RUNNING:
        return None  # of a run that is stalled nobody knows
    return estimate(run.progress, started_at=run.started_at, past=past, now=now)


async def _summaries(reader: Reader, rowids: Iterable[int]) -> tuple[RunSummary, ...]:
    """Return the runs with these row numbers, newest first; at most ``MOST``."""
    newest = sorted(rowids, reverse=True)[:MOST]
    return await run_queries.summaries(reader, [RunKey(None, rowid) for rowid in newest])
