"""What is going on, as far as zos's own API tells: the open runs, and what has turned."""

from __future__ import annotations

import asyncio

from zos_monitor.model.present import ALARMING, OpenRun, Present
from zos_monitor.model.runs import RunSummary
from zos_monitor.model.states import RunState
from zos_monitor.remote.zos_client import ZosClient
from zos_monitor.remote.zos_filter import Asked
from zos_monitor.remote.zos_lists import OPEN

NO_PROGRESS = "progress is not offered by this server"
_MOST_ASKED = 20  # runs that are asked for one by one


class ZosPresence:
    """Answers what is going on, and remembers what it has answered last.

    The newest hundred runs are looked at, and as many that are stored as dry, which open ones are.
    """

    def __init__(self, client: ZosClient) -> None:
        self._client = client
        self._lock = asyncio.Lock()
        self._known: dict[str, RunState] | None = None  # the runs looked at last; None before that
        self.open_ids: tuple[str, ...] = ()
        """The ids of the open runs of the last answer, the newest first."""

    async def look(self) -> Present:
        """Return the open runs, and those that have turned since the last look."""
        async with self._lock:
            newest = await self._client.page(Asked())
            dry = await self._client.page(OPEN)
            rows = {str(row["id"]): row for row in (*newest.rows, *dry.rows)}
            runs = {run.id: run for run in await self._client.summaries(rows.values())}
            for run_id in [one for one in self.open_ids if one not in runs][:_MOST_ASKED]:
                gone = await self._client.run_if_told(run_id)
                if gone is not None:
                    runs[run_id] = gone
            return self._told(runs)

    def _told(self, runs: dict[str, RunSummary]) -> Present:
        known, newest_first = self._known, sorted(runs.values(), key=_order, reverse=True)
        turned = (
            []
            if known is None
            else [
                run
                for run in reversed(newest_first)
                if run.state in ALARMING and known.get(run.id) != run.state
                if run.id in known or _is_new(run, self._newest)
            ]
        )
        shown = [run for run in newest_first if run.state in (RunState.RUNNING, RunState.STALLED)]
        self._known = {run.id: run.state for run in newest_first}
        self._newest = _order(newest_first[0]) if newest_first else ("", 0)
        self.open_ids = tuple(run.id for run in shown)
        open_runs = tuple(OpenRun(run, None) for run in shown)
        return Present(open_runs, tuple(turned), NO_PROGRESS if open_runs else "")

    _newest: tuple[str, int] = ("", 0)


def _order(run: RunSummary) -> tuple[str, int]:
    return str(run.key.started or ""), run.key.rowid


def _is_new(run: RunSummary, newest: tuple[str, int]) -> bool:
    """Tell whether a run started after those looked at last; an older one is only now in view."""
    return _order(run) > newest
