"""What a layer's last finished runs tell about how its runs go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple

from zos_monitor.model.states import LEAST_PATIENCE

PAST_RUNS = 20
"""How many finished runs of a layer, the last ones, its past is made of."""

COSTLY = 3.0
"""A run that costs more than so many times its layer's median is marked."""


class Pace(NamedTuple):
    """Seconds for one target: the lower quartile, the median and the upper quartile of runs."""

    low: float
    middle: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerPast:
    """A layer's last finished runs, at most ``PAST_RUNS``.

    ``patience`` is how long a run may be silent before it is stalled (see ``states.patience``).
    ``pace`` is over the runs that had targets, ``calls_per_target`` the median over all targets
    with calls, ``cost_usd`` the median of the runs whose cost is recorded; each is None where
    there is nothing to tell it from.
    """

    runs: int = 0
    patience: timedelta = LEAST_PATIENCE
    pace: Pace | None = None
    calls_per_target: int | None = None
    cost_usd: float | None = None

    def costly(self, cost_usd: float | None) -> bool:
        """Tell whether a run's cost (US dollars) is over three times the median of its layer's.

        >>> LayerPast(cost_usd=0.1).costly(0.31)
        True
        """
        if cost_usd is None or not self.cost_usd:
            return False
        return cost_usd > COSTLY * self.cost_usd


def median(figures: Sequence[float]) -> float:
    """Return the median of one figure or more; the mean of the two in the middle where it must.

    The standard library's own costs 3 ms to import, at every start.
    """
    ranked = sorted(figures)
    half = len(ranked) // 2
    return ranked[half] if len(ranked) % 2 else (ranked[half - 1] + ranked[half]) / 2


def pace_of(seconds_per_target: Sequence[float]) -> Pace | None:
    """Return the pace that runs had, from the seconds per target of each.

    The quartiles are nearest ranks, so that a single run's pace is all three.
    """
    if not seconds_per_target:
        return None
    ranked = sorted(seconds_per_target)
    last = len(ranked) - 1
    return Pace(ranked[round(last * 0.25)], median(ranked), ranked[round(last * 0.75)])
