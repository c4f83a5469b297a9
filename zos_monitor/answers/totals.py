"""Statistics of a period: counts of every state, insights, tokens, cost, rates; by layer too."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from zos_monitor.model.filters import RunFilter

if TYPE_CHECKING:
    from zos_monitor.questions import Service


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerStatsAnswer:
    """Figures over one layer's runs; see StatsAnswer."""

    runs: int
    insights: int
    successful_runs: int
    partial_runs: int
    failed_runs: int
    dry_runs: int
    running_runs: int
    stalled_runs: int
    interrupted_runs: int
    unknown_runs: int
    total_tokens: int
    total_cost_usd: float
    runs_without_cost: int
    success_rate: float | None
    failure_rate: float | None
    avg_duration_seconds: float | None
    last_run: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StatsAnswer:
    """Figures over the runs that began in a period.

    ``period_days`` is null where a filter names the times itself; ``since`` and ``until`` are its
    ends, as far as it has any. The counts of the states add up to ``total_runs``.
    ``success_rate`` and ``failure_rate`` (0 to 1) are the shares of the runs that succeeded, and
    that are failed or partial, among those that ended and were not dry: null where there are none.
    ``total_cost_usd`` and ``total_tokens`` sum what is recorded; ``runs_without_cost`` counts the
    ended runs of which no cost is. ``runs_per_day`` is over the period, null where it has no
    beginning. ``last_run``, ``last_success`` and ``last_failure`` are starts, within the period.
    """

    period_days: int | None
    since: str | None
    until: str | None
    total_runs: int
    successful_runs: int
    partial_runs: int
    failed_runs: int
    dry_runs: int
    running_runs: int
    stalled_runs: int
    interrupted_runs: int
    unknown_runs: int
    total_insights: int
    total_tokens: int
    total_cost_usd: float
    runs_without_cost: int
    by_layer: dict[str, LayerStatsAnswer]
    success_rate: float | None
    failure_rate: float | None
    avg_duration_seconds: float | None
    runs_per_day: float | None
    last_run: str | None
    last_success: str | None
    last_failure: str | None


async def stats(
    service: Service, flt: RunFilter, *, days: int | None, layer_name: str | None = None
) -> StatsAnswer:
    """Ask for the statistics of the matching runs of the last ``days``.

    None for days is for a filter that names the times itself. With a ``layer_name`` it is of that
    layer's runs alone; KeyError is raised for no known layer.
    """
    raise NotImplementedError
