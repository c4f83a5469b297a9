"""The full statistics: what the totals by layer leave out, and the same calls by model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from zos_monitor.model.stats import RunTotals


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerFigures:
    """Everything that is told of a layer's runs, or of all runs together.

    ``name`` is empty for all runs together. ``totals`` are the same figures that the stats panel
    shows. ``tokens_input`` and ``tokens_output`` sum what is recorded of a run's calls, else in its
    row, None where nothing is. ``share`` (0 to 1) is the part of all cost, None where nothing has a
    cost. ``p95_duration`` is the duration that 95 of 100 timed runs don't exceed (nearest rank), to
    a part in 4096. ``cost_by_day`` has the cost by the day of the run's start in the reader's zone,
    US dollars, in the order of the days; runs whose start can't be read are in none.
    ``last_success`` and ``last_failure`` are the starts of the newest ones of the whole history,
    whatever the filter; None where there is none among the layer's newest ``LOOKED_BACK`` runs.
    """

    name: str
    totals: RunTotals
    tokens_input: int | None
    tokens_output: int | None
    share: float | None
    p95_duration: timedelta | None
    cost_by_day: Mapping[date, float] = field(default_factory=dict)
    last_success: datetime | None = None
    last_failure: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelFigures:
    """Everything that is told of the calls that one model answered, in the runs of a filter.

    ``name`` is the model's, empty where none is recorded. ``share`` (0 to 1) is the part of what
    all these calls have cost. Latencies are those of calls that have not failed; the percentile is
    that of ``p95_duration``. None means that nothing is recorded.
    """

    provider: str
    name: str
    calls: int
    failed_calls: int
    tokens_input: int | None
    tokens_output: int | None
    cost_usd: float | None
    share: float | None
    average_latency: timedelta | None
    p95_latency: timedelta | None
    last_called: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Breakdown:
    """The full statistics of the runs that a filter matches.

    ``gone_through`` (0 to 1) is how much of them is in the figures: 1 where the answer is whole.
    ``by_layer`` is ordered by name, ``by_model`` by cost, the dearest first.
    """

    since: datetime | None
    until: datetime | None
    gone_through: float
    overall: LayerFigures
    by_layer: tuple[LayerFigures, ...]
    by_model: tuple[ModelFigures, ...]


LOOKED_BACK = 5_000
"""How many of a layer's runs, the newest, are searched for its last success and failure."""
