"""What happens to runs that somebody follows, and how it ends."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from zos_monitor.model.eta import Eta
from zos_monitor.model.nights import Outcome
from zos_monitor.model.runs import RunSummary
from zos_monitor.model.states import RunState


class Event(StrEnum):
    """What has happened; the first ones to a run, the others to a start or to the database."""

    OPEN = "open"
    """It was open when it began to be followed."""
    BEGAN = "began"
    WENT_ON = "went on"
    TURNED = "turned"
    """It is stalled or interrupted, or is running again."""
    ENDED = "ended"
    VANISHED = "vanished"
    """It is no longer in the database."""
    AWAITED = "awaited"
    """A start is to come, or due."""
    MISSED = "missed"
    LOST = "lost"
    """The database can't be read; the message says why."""
    BACK = "back"


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """One thing that happened, seen at an instant.

    ``run`` is the run as it is then, ``eta`` when an open one is likely to end. ``due_at`` is when
    a start was or is to be, None where nobody knows. ``message`` is a sentence for people.
    """

    event: Event
    at: datetime
    layer_name: str = ""
    run: RunSummary | None = None
    eta: Eta | None = None
    due_at: datetime | None = None
    message: str = ""


class Verdict(StrEnum):
    """How all of it turned out."""

    WELL = "well"
    BADLY = "badly"
    UNDECIDED = "undecided"


GONE = "gone"
"""Stands in the place of a run's state where the run is no longer in the database."""

_WELL = frozenset({RunState.SUCCESS, RunState.DRY})
_UNDECIDED = frozenset({*(RunState.STALLED, RunState.INTERRUPTED, RunState.RUNNING), GONE})


def verdict_of(states: Iterable[str]) -> Verdict:
    """Return how it turned out where these are the runs' states, or what became of starts.

    A success and a dry run have ended well. Of a run that has no end nobody knows, unless another
    one turned out badly: that can't be made good any more. No run at all is well.

    >>> verdict_of([RunState.SUCCESS, RunState.STALLED]), verdict_of([Outcome.MISSED])
    (<Verdict.UNDECIDED: 'undecided'>, <Verdict.BADLY: 'badly'>)
    """
    others = {str(state) for state in states} - _WELL
    if others - _UNDECIDED:
        return Verdict.BADLY
    return Verdict.UNDECIDED if others else Verdict.WELL


PENDING = (Outcome.TO_COME, Outcome.DUE)
"""What a scheduled start is that nothing has come of yet, and that something may come of."""
