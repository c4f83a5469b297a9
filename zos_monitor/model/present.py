"""What is going on now: the open runs, and what has just turned out otherwise than well."""

from __future__ import annotations

from typing import NamedTuple

from zos_monitor.model.eta import Eta
from zos_monitor.model.runs import RunSummary
from zos_monitor.model.states import RunState

ALARMING = (RunState.FAILED, RunState.PARTIAL, RunState.STALLED)
"""The states that a run turns to which an operator wants to be told of."""


class OpenRun(NamedTuple):
    """An open run, and when it is likely to end; ``eta`` is None where nothing tells."""

    run: RunSummary
    eta: Eta | None


class Present(NamedTuple):
    """The open runs that may still go on, newest first, and those that have turned.

    Interrupted runs are open for ever, so they are left out. ``turned`` are the runs that have come
    to be failed, partial or stalled since the last time this was asked, oldest first.
    """

    open_runs: tuple[OpenRun, ...] = ()
    turned: tuple[RunSummary, ...] = ()
