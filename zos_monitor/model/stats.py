"""Totals over a set of runs, overall and by layer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from zos_monitor.model.states import OPEN_STATES, RunState


@dataclass(frozen=True, slots=True, kw_only=True)
class RunTotals:
    """Figures over a set of runs.

    ``counts`` holds each state that occurs, and adds up to ``runs``. ``tokens`` and ``cost_usd``
    sum what is recorded, None where nothing is; ``uncosted`` counts the runs without a recorded
    cost, but for open ones, which may have none yet. ``stored_cost_usd`` sums what the runs' own
    rows say, which zos reckons wrongly, and at their end: ``open_cost_usd`` is in none of it.
    ``timed`` runs have a duration, together ``seconds``; ``first_started`` and ``last_started``
    are the ends of the span in which they began.
    """

    counts: dict[RunState, int] = field(default_factory=dict)
    insights: int = 0
    tokens: int | None = None
    cost_usd: float | None = None
    uncosted: int = 0
    stored_cost_usd: float | None = None
    open_cost_usd: float = 0.0
    timed: int = 0
    seconds: float = 0.0
    first_started: datetime | None = None
    last_started: datetime | None = None

    @property
    def runs(self) -> int:
        """How many runs there are, of every state."""
        return sum(self.counts.values())

    @property
    def cost_differs(self) -> bool:
        """Whether the true cost of what has ended and that of the rows differ by a cent or more."""
        if self.cost_usd is None or self.stored_cost_usd is None:
            return False
        return abs(self.cost_usd - self.open_cost_usd - self.stored_cost_usd) >= 0.01

    @property
    def average_duration(self) -> timedelta | None:
        """The mean duration of the runs that have one."""
        return timedelta(seconds=self.seconds / self.timed) if self.timed else None

    @property
    def success_rate(self) -> float | None:
        """Successes among the finished runs that had something to do; see ``share``."""
        return self.share([RunState.SUCCESS])

    def share(self, states: Iterable[RunState]) -> float | None:
        """Return what part of the finished runs that had something to do are in these states.

        It is 0 to 1. Open and dry runs are left out: the first are undecided, the second had no
        work. None where no run is left.
        """
        undecided = (*OPEN_STATES, RunState.DRY)
        decided = sum(n for state, n in self.counts.items() if state not in undecided)
        return sum(self.counts.get(state, 0) for state in states) / decided if decided else None


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerTotals(RunTotals):
    """Figures over one layer's runs."""

    layer_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """Totals of a window: each layer's, ordered by name, and the overall ones, their sum."""

    since: datetime | None
    until: datetime | None
    overall: RunTotals
    by_layer: tuple[LayerTotals, ...]


def add_up(parts: Iterable[RunTotals]) -> RunTotals:
    """Return the totals over all parts together."""
    parts = tuple(parts)
    costs = [part.cost_usd for part in parts if part.cost_usd is not None]
    stored = [part.stored_cost_usd for part in parts if part.stored_cost_usd is not None]
    tokens = [part.tokens for part in parts if part.tokens is not None]
    firsts = [part.first_started for part in parts if part.first_started is not None]
    lasts = [part.last_started for part in parts if part.last_started is not None]
    states = {state for part in parts for state in part.counts}
    return RunTotals(
        counts={state: sum(part.counts.get(state, 0) for part in parts) for state in states},
        insights=sum(part.insights for part in parts),
        tokens=sum(tokens) if tokens else None,
        cost_usd=sum(costs) if costs else None,
        uncosted=sum(part.uncosted for part in parts),
        stored_cost_usd=sum(stored) if stored else None,
        open_cost_usd=sum(part.open_cost_usd for part in parts),
        timed=sum(part.timed for part in parts),
        seconds=sum(part.seconds for part in parts),
        first_started=min(firsts, default=None),
        last_started=max(lasts, default=None),
    )
