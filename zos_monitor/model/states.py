"""The state of a run: what we derive, against the status that zos stored."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple


class RunState(StrEnum):
    """What a run is, in the words that an operator reads and a filter takes."""

    RUNNING = "running"
    STALLED = "stalled"
    INTERRUPTED = "interrupted"
    SUCCESS = "success"
    PARTIAL = "partial"
    FAILED = "failed"
    DRY = "dry"
    UNKNOWN = "unknown"


OPEN_STATES = (RunState.RUNNING, RunState.STALLED, RunState.INTERRUPTED)
"""The states of runs that have no end: which one it is depends on the time and on other runs."""

STORED_STATES = (RunState.SUCCESS, RunState.PARTIAL, RunState.FAILED, RunState.DRY)
"""The states that a finished run's status column names by the same word."""

RARE_STATES = (RunState.STALLED, RunState.INTERRUPTED, RunState.UNKNOWN)
"""States that most histories have none of: tables leave them out where they do not occur."""

LEAST_PATIENCE = timedelta(minutes=10)
"""No run is stalled before it has been silent for so long: zos sleeps a minute on a rate limit."""

RESTART_PATIENCE = timedelta(minutes=5)
"""From this silence on, a run whose layer has started again since is interrupted."""

_GAPS = 3
_SHARE = 0.95


def derive_state(status: object, open_state: RunState | None) -> RunState:
    """Return the state of a run from its stored status, and from what it is while it is open.

    A run is open while it has no completed_at; then ``open_state`` (see ``judge_open``) is its
    state whatever its status says, for zos stores open runs as ``dry``. A finished run has none.
    If its status is one that we do not know, in exactly the letters zos uses, or is stored as no
    text, it is unknown.

    >>> derive_state("dry", RunState.STALLED)
    <RunState.STALLED: 'stalled'>
    """
    if open_state is not None:
        return open_state
    return next((state for state in STORED_STATES if state == status), RunState.UNKNOWN)


def patience(gaps: Sequence[float]) -> timedelta:
    """Return how long a layer's run may be silent before it is stalled.

    ``gaps`` are the seconds between one activity and the next in the layer's last finished runs,
    in any order. The patience is ``max(10 min, 3 x their 95th percentile)``, where the percentile
    is the nearest rank: the least gap that 95 % of the gaps do not exceed.

    >>> patience([240.0] * 19 + [900.0])
    datetime.timedelta(seconds=720)
    """
    if not gaps:
        return LEAST_PATIENCE
    ranked = sorted(gaps)
    gap = ranked[math.ceil(_SHARE * len(ranked)) - 1]
    return max(LEAST_PATIENCE, timedelta(seconds=min(round(_GAPS * gap, 3), 1e9)))


class Activity(NamedTuple):
    """The last sign of life of an open run, and what follows from it.

    ``last`` is the time of its newest call or insight, else its start; None where none of them is
    an instant. ``turns_at`` is when the state becomes another one if the run stays silent, None
    where it will not.
    """

    state: RunState
    last: datetime | None
    turns_at: datetime | None = None


def judge_open(
    last: datetime | None, *, restarted: bool, patience: timedelta, now: datetime
) -> Activity:
    """Return what an open run is, by its silence.

    It is interrupted if it has been silent for 5 minutes or more and its layer has started again
    since its last activity (``restarted``); stalled if it has been silent for longer than the
    ``patience`` with its layer; else running, whatever its status says. A run of which no instant
    is known shows no sign of life, so it is stalled.

    >>> noon = datetime(2026, 11, 1, 12)
    >>> judge_open(noon, restarted=False, patience=LEAST_PATIENCE, now=noon).state
    <RunState.RUNNING: 'running'>
    """
    if last is None:
        return Activity(RunState.STALLED, None)
    silence = now - last
    if restarted and silence >= RESTART_PATIENCE:
        return Activity(RunState.INTERRUPTED, last)
    if silence > patience:
        return Activity(RunState.STALLED, last)
    # At the very end of the patience it is running still.
    turns_after = RESTART_PATIENCE if restarted else patience + timedelta.resolution
    try:
        return Activity(RunState.RUNNING, last, last + turns_after)
    except OverflowError:  # an instant at the end of all years
        return Activity(RunState.RUNNING, last)
