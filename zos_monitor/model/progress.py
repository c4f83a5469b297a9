"""How far an open run is: an estimate from its calls and insights, for its row does not tell."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How many of an open run's targets are over with, as far as calls and insights tell.

    ``matched`` is what the row says, None where it holds no number. ``done`` targets are never
    more than these: ``with_insight`` are those that an insight was stored for, ``failed`` those
    with a failed call and no insight, ``without`` those whose calls went well and left no insight.
    ``in_flight`` targets (0 or 1) have been seen and are not over; the one that is being worked on
    mostly can't be seen. ``last_done_at`` is when the last one of ``done`` was over.
    """

    matched: int | None
    done: int = 0
    with_insight: int = 0
    failed: int = 0
    without: int = 0
    in_flight: int = 0
    last_done_at: datetime | None = None
    errors: int = 0
    """How many of the run's calls have failed."""

    @property
    def share(self) -> float | None:
        """What part is done, from 0 to 1; None where the number of targets is not known."""
        return self.done / self.matched if self.matched else None
