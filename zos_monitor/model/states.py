"""The state of a run: what we derive, against the status that zos stored."""

from __future__ import annotations

from enum import StrEnum


class RunState(StrEnum):
    """What a run is, in the words that an operator reads and a filter takes."""

    RUNNING = "running"
    SUCCESS = "success"
    PARTIAL = "partial"
    FAILED = "failed"
    DRY = "dry"
    UNKNOWN = "unknown"


STORED_STATES = (RunState.SUCCESS, RunState.PARTIAL, RunState.FAILED, RunState.DRY)
"""The states that a finished run's status column names by the same word."""


def derive_state(status: str, *, open_: bool) -> RunState:
    """Return the state of a run from its stored status and whether it is still open.

    A run is open while it has no completed_at. zos stores open runs as ``dry``, so an open run is
    running whatever its status says. A finished run with a status that we do not know, in exactly
    the letters zos uses, is unknown.

    >>> derive_state("dry", open_=True)
    <RunState.RUNNING: 'running'>
    """
    if open_:
        return RunState.RUNNING
    return next((state for state in STORED_STATES if state == status), RunState.UNKNOWN)
