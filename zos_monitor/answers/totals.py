"""Statistics of a period: counts of every state, insights, tokens, cost, rates; by layer too."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from zos_monitor.answers.encoding import dollars, instant
from zos_monitor.answers.exact import newest_of, of_layer
from zos_monitor.answers.filters import OF_SUCCESS, narrowed
from zos_monitor.answers.finding import known_layer
from zos_monitor.model.filters import RunFilter
from zos_monitor.model.states import RunState
from zos_monitor.model.stats import RunTotals, Totals
from zos_monitor.model.windows import has_time

if TYPE_CHECKING:
    from zos_monitor.questions import Service

_DAY = timedelta(days=1)


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
    ended runs of which no cost is. ``runs_per_day`` is over the period as far as it is over, null
    where it has no beginning. ``last_run``, ``last_success`` and ``last_failure`` (failed or
    partial) are starts, within the period; runs whose start can't be read are in none of them.
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


def layer_stats(totals: RunTotals) -> LayerStatsAnswer:
    """Return the figures over one layer's runs."""
    counts = totals.counts
    return LayerStatsAnswer(
        runs=totals.runs,
        insights=totals.insights,
        successful_runs=counts.get(RunState.SUCCESS, 0),
        partial_runs=counts.get(RunState.PARTIAL, 0),
        failed_runs=counts.get(RunState.FAILED, 0),
        dry_runs=counts.get(RunState.DRY, 0),
        running_runs=counts.get(RunState.RUNNING, 0),
        stalled_runs=counts.get(RunState.STALLED, 0),
        interrupted_runs=counts.get(RunState.INTERRUPTED, 0),
        unknown_runs=counts.get(RunState.UNKNOWN, 0),
        total_tokens=totals.tokens or 0,
        total_cost_usd=dollars(totals.cost_usd) or 0.0,
        runs_without_cost=totals.uncosted,
        success_rate=totals.share(OF_SUCCESS[True]),
        failure_rate=totals.share(OF_SUCCESS[False]),
        avg_duration_seconds=_average(totals),
        last_run=instant(totals.last_started),
    )


def _average(totals: RunTotals) -> float | None:
    average = totals.average_duration
    return average.total_seconds() if average is not None else None


async def stats(
    service: Service, flt: RunFilter, *, days: int | None, layer_name: str | None = None
) -> StatsAnswer:
    """Ask for the statistics of the matching runs of the last ``days``.

    None for days is for a filter that names the times itself; with both, ValueError is raised.
    With a ``layer_name`` it is of that layer's runs alone; NotFound is raised for no known layer.
    """
    if days is not None and days < 1:
        raise ValueError("The period is a day at least.")
    if days is not None and has_time(flt):
        raise ValueError("The filter names a time itself: leave out the days, or the time.")
    wide = of_layer(layer_name, flt.text)
    totals = await service.totals(wide, window=f"{days}d" if days is not None else None)
    layers = {one.layer_name: one for one in totals.by_layer}
    overall = totals.overall
    if layer_name is not None:
        layers = {name: one for name, one in layers.items() if name == layer_name}
        overall = layers.get(layer_name, RunTotals())
        if not layers:
            await known_layer(service, layer_name)
    period = _period(totals, days, service.clock())
    figures = layer_stats(overall)
    shared = {name: getattr(figures, name) for name in _SHARED}
    return StatsAnswer(
        period_days=days,
        since=instant(totals.since),
        until=instant(totals.until),
        total_runs=figures.runs,
        total_insights=figures.insights,
        by_layer={name: layer_stats(one) for name, one in layers.items()},
        runs_per_day=figures.runs / (period / _DAY) if period else None,
        last_success=await _last(service, wide, layer_name, overall, totals.since, success=True),
        last_failure=await _last(service, wide, layer_name, overall, totals.since, success=False),
        **shared,
    )


_SHARED = {one.name for one in fields(LayerStatsAnswer)} & {one.name for one in fields(StatsAnswer)}


def _period(totals: Totals, days: int | None, now: datetime) -> timedelta | None:
    """Return how long a period is, as far as it is over; None where it has no beginning."""
    if days is not None:
        return timedelta(days=days)
    if totals.since is None:
        return None
    end = min(totals.until, now) if totals.until is not None else now
    return max(end - totals.since, timedelta()) or None


async def _last(
    service: Service,
    flt: RunFilter,
    layer_name: str | None,
    totals: RunTotals,
    since: datetime | None,
    *,
    success: bool,
) -> str | None:
    """Ask for the start of the newest run that succeeded, or failed, where the totals count any.

    Days need not bound it: where one has begun in them, the newest of all has, too. None has where
    the counted ones have starts that can't be read.
    """
    if not any(totals.counts.get(state) for state in OF_SUCCESS[success]):
        return None
    asked = narrowed(flt.text, success=success)
    newest = await newest_of(service, asked, layer_name, begun=True)
    last = totals.last_started
    if newest is not None and last is not None and (newest.started_at or last) > last:
        # It has begun since the totals were read: the answer is to be of one moment.
        asked = narrowed(asked.text, until=last + timedelta.resolution)
        newest = await newest_of(service, asked, layer_name, begun=True)
    started = newest.started_at if newest is not None else None
    outside = started is not None and since is not None and started < since
    return instant(started) if not outside else None
