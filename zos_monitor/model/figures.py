"""What the full statistics are made of: sums over some runs and their calls, which grow."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import TypeVar

from zos_monitor.model.breakdown import Breakdown, LayerFigures, ModelFigures
from zos_monitor.model.filters import TimeBounds
from zos_monitor.model.percentiles import Spans
from zos_monitor.model.stats import RunTotals
from zos_monitor.model.sums import LayerSums, totals_of

QUARTERS_A_DAY = 96
"""Starts are told by quarters of an hour: the days of every zone begin with one."""

PERCENT = 95
"""The percentile of durations and latencies that is told."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_QUARTER = 24405875 * QUARTERS_A_DAY // 10  # of the julian day, which begins at noon
_Number = TypeVar("_Number", int, float)
_QUARTER = timedelta(days=1) / QUARTERS_A_DAY


def day_of(quarter: int, zone: tzinfo) -> date | None:
    """Return the day, in a zone, of a quarter of an hour that is counted by the julian day.

    None where no calendar has it.

    >>> day_of(_EPOCH_QUARTER, UTC)
    datetime.date(1970, 1, 1)
    """
    try:
        start = _EPOCH + (quarter - _EPOCH_QUARTER) * _QUARTER
    except OverflowError:
        return None
    try:
        return start.astimezone(zone).date()
    except OverflowError:  # at the beginning or the end of all years
        return start.date()


@dataclass
class Work:
    """Tokens, cost and time of some runs or calls; None where none is recorded."""

    tokens_input: int | None = None
    tokens_output: int | None = None
    cost_usd: float | None = None
    spans: Spans = field(default_factory=Spans)

    def take(
        self, tokens_input: int | None, tokens_output: int | None, cost_usd: float | None
    ) -> None:
        """Add tokens and cost."""
        self.tokens_input = _plus(self.tokens_input, tokens_input)
        self.tokens_output = _plus(self.tokens_output, tokens_output)
        self.cost_usd = _plus(self.cost_usd, cost_usd)


@dataclass
class LayerWork(Work):
    """Those of a layer's runs, with the cost by the day on which they started."""

    cost_by_day: dict[date, float] = field(default_factory=dict)

    def spend(self, day: date | None, cost: float | None) -> None:
        """Note what the runs of a day have cost."""
        if day is not None and cost is not None:
            self.cost_by_day[day] = self.cost_by_day.get(day, 0.0) + cost


@dataclass
class ModelWork(Work):
    """Those of a model's calls, and how many they are; the last of them in time."""

    calls: int = 0
    failed_calls: int = 0
    last_called: datetime | None = None


@dataclass(frozen=True)
class Found:
    """All that is known of the runs gone through so far.

    ``models`` are by provider and name. ``lasts`` has the start of each layer's last success and
    of its last failure.
    """

    sums: LayerSums
    layers: Mapping[str, LayerWork]
    models: Mapping[tuple[str, str], ModelWork]
    lasts: Mapping[str, tuple[datetime | None, datetime | None]]


def breakdown_of(found: Found, bounds: TimeBounds, gone_through: float) -> Breakdown:
    """Return the full statistics that sums amount to."""
    totals = totals_of(found.sums, bounds)
    whole = LayerWork()
    for work in found.layers.values():
        whole.take(work.tokens_input, work.tokens_output, work.cost_usd)
        whole.spans.absorb(work.spans)
        for day, cost in work.cost_by_day.items():
            whole.spend(day, cost)
    of_all = totals.overall.cost_usd
    layers = tuple(
        _layer(
            layer.layer_name,
            layer,
            found.layers.get(layer.layer_name, LayerWork()),
            _share(layer.cost_usd, of_all),
            found.lasts.get(layer.layer_name, (None, None)),
        )
        for layer in totals.by_layer
    )
    newest = (
        _latest(layer.last_success for layer in layers),
        _latest(layer.last_failure for layer in layers),
    )
    return Breakdown(
        since=bounds.since,
        until=bounds.until,
        gone_through=gone_through,
        overall=_layer("", totals.overall, whole, _share(of_all, of_all), newest),
        by_layer=layers,
        by_model=_models(found.models),
    )


def _layer(
    name: str,
    totals: RunTotals,
    work: LayerWork,
    share: float | None,
    lasts: tuple[datetime | None, datetime | None],
) -> LayerFigures:
    return LayerFigures(
        name=name,
        totals=totals,
        tokens_input=work.tokens_input,
        tokens_output=work.tokens_output,
        share=share,
        p95_duration=work.spans.percentile(PERCENT),
        cost_by_day=dict(sorted(work.cost_by_day.items())),
        last_success=lasts[0],
        last_failure=lasts[1],
    )


def _models(works: Mapping[tuple[str, str], ModelWork]) -> tuple[ModelFigures, ...]:
    costs = [work.cost_usd for work in works.values() if work.cost_usd is not None]
    of_all = sum(costs) if costs else None
    figures = [
        ModelFigures(
            provider=provider,
            name=name,
            calls=work.calls,
            failed_calls=work.failed_calls,
            tokens_input=work.tokens_input,
            tokens_output=work.tokens_output,
            cost_usd=work.cost_usd,
            share=_share(work.cost_usd, of_all),
            average_latency=work.spans.mean,
            p95_latency=work.spans.percentile(PERCENT),
            last_called=work.last_called,
        )
        for (provider, name), work in works.items()
    ]
    return tuple(sorted(figures, key=_dearest_first))


def _dearest_first(model: ModelFigures) -> tuple[float, int, str, str]:
    cost = model.cost_usd if model.cost_usd is not None else float("-inf")
    return -cost, -model.calls, model.provider, model.name


def _share(part: float | None, whole: float | None) -> float | None:
    return part / whole if part is not None and whole else None


def _latest(instants: Iterable[datetime | None]) -> datetime | None:
    return max((instant for instant in instants if instant is not None), default=None)


def _plus(one: _Number | None, other: _Number | None) -> _Number | None:
    if one is None or other is None:
        return other if one is None else one
    return one + other
