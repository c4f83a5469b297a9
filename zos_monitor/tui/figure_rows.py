"""The rows of the full statistics: layers or models, those of all together, and their orders."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from zos_monitor.model.breakdown import Breakdown, LayerFigures, ModelFigures
from zos_monitor.model.nights import Nights, Outcome
from zos_monitor.model.states import RunState
from zos_monitor.model.text import one_line
from zos_monitor.tui.line_view import Cell, Line
from zos_monitor.tui.night_columns import outcome_style
from zos_monitor.tui.run_columns import Setting

STRIP_NIGHTS = 14
"""How many of the last nights a layer's strip has a sign of."""

_ALL = "all layers", "all models"
_UNNAMED = "no name"


class View(StrEnum):
    """What the figures are by."""

    LAYERS = "By layer"
    MODELS = "By model"


class FigureRow(NamedTuple):
    """A line of the table: a layer's figures or a model's, or those of all together."""

    figures: LayerFigures | ModelFigures
    total: bool = False

    @property
    def identity(self) -> tuple[object, ...]:
        """What tells this row from the others, also in a later answer."""
        figures = self.figures
        if isinstance(figures, LayerFigures):
            return self.total, figures.name
        return self.total, figures.provider, figures.name


class FigureContext(NamedTuple):
    """What rows are read by, besides themselves: ``strips`` and ``starts`` are by layer."""

    setting: Setting
    strips: Mapping[str, Line]
    starts: Mapping[str, datetime | None]


def context_of(setting: Setting, nights: Nights | None) -> FigureContext:
    """Return the context that the last nights make."""
    if nights is None:
        return FigureContext(setting, {}, {})
    shown = nights.nights[:STRIP_NIGHTS][::-1]
    outcomes: dict[str, dict[int, Outcome]] = {}
    for number, night in enumerate(shown):
        for layer in night.layers:
            if layer.outcome is not None:
                outcomes.setdefault(layer.layer_name, {})[number] = layer.outcome

    def strip(found: Mapping[int, Outcome]) -> Line:
        signs = (found.get(number) for number in range(len(shown)))
        return tuple(
            Cell(setting.glyphs.sign(sign), outcome_style(sign)) if sign is not None else Cell(" ")
            for sign in signs
        )

    return FigureContext(
        setting,
        {layer.layer_name: strip(outcomes.get(layer.layer_name, {})) for layer in nights.layers},
        {layer.layer_name: layer.next_at for layer in nights.layers},
    )


# Order


class Sort(NamedTuple):
    """What rows are sorted by: a column's name, and whether the other way round."""

    name: str
    turned: bool = False

    @property
    def words(self) -> str:
        """What it is called."""
        word = next(word for known in _SORTS.values() for name, word in known if name == self.name)
        return f"by {word}" + (", turned round" if self.turned else "")

    def next(self, view: View) -> Sort:
        """Return the order by the next figure."""
        names = [name for name, _ in _SORTS[view]]
        return Sort(names[(names.index(self.name) + 1) % len(names)])


_SORTS = {
    View.LAYERS: (
        ("layer", "name"),
        ("runs", "runs"),
        ("failed", "failed runs"),
        ("rate", "success"),
        ("cost", "cost"),
        ("insights", "insights"),
        ("input", "tokens in"),
        ("output", "tokens out"),
        ("average", "average"),
        ("p95", "95th percentile"),
        ("last", "last run"),
        ("last_success", "last success"),
        ("last_failure", "last failure"),
        ("next", "next start"),
    ),
    View.MODELS: (
        ("cost", "cost"),
        ("calls", "calls"),
        ("failures", "failed calls"),
        ("input", "tokens in"),
        ("output", "tokens out"),
        ("average", "average latency"),
        ("p95", "95th percentile"),
        ("called", "last call"),
        ("model", "name"),
    ),
}
FIRST_SORT = {View.LAYERS: Sort("layer"), View.MODELS: Sort("cost")}
"""The order that each view begins with."""
_RISING = frozenset({"layer", "model", "next", "rate"})  # the others have the greatest first

LAYER_VALUES: dict[str, Callable[[LayerFigures, FigureContext], Any]] = {
    "layer": lambda figures, context: figures.name,
    "runs": lambda figures, context: figures.totals.runs,
    "failed": lambda figures, context: figures.totals.counts.get(RunState.FAILED, 0),
    "rate": lambda figures, context: figures.totals.success_rate,
    "cost": lambda figures, context: figures.totals.cost_usd,
    "insights": lambda figures, context: figures.totals.insights,
    "input": lambda figures, context: figures.tokens_input,
    "output": lambda figures, context: figures.tokens_output,
    "average": lambda figures, context: figures.totals.average_duration,
    "p95": lambda figures, context: figures.p95_duration,
    "last": lambda figures, context: figures.totals.last_started,
    "last_success": lambda figures, context: figures.last_success,
    "last_failure": lambda figures, context: figures.last_failure,
    "next": lambda figures, context: context.starts.get(figures.name),
}
"""A layer's figures by the columns that tell them; None where one is not recorded."""
_MODEL_VALUES: dict[str, Callable[[ModelFigures, FigureContext], Any]] = {
    "model": lambda figures, context: (figures.provider, figures.name),
    "calls": lambda figures, context: figures.calls,
    "failures": lambda figures, context: figures.failed_calls,
    "cost": lambda figures, context: figures.cost_usd,
    "input": lambda figures, context: figures.tokens_input,
    "output": lambda figures, context: figures.tokens_output,
    "average": lambda figures, context: figures.average_latency,
    "p95": lambda figures, context: figures.p95_latency,
    "called": lambda figures, context: figures.last_called,
}


def rows_of(
    view: View, breakdown: Breakdown, sort: Sort, context: FigureContext
) -> list[FigureRow]:
    """Return the rows of a view in their order: first the line of all, unless there is none."""
    figures: Sequence[LayerFigures | ModelFigures]
    total: LayerFigures | ModelFigures
    if view is View.LAYERS:
        figures, total = breakdown.by_layer, breakdown.overall
    else:
        figures, total = breakdown.by_model, _all_models(breakdown.by_model)
    falling = (sort.name in _RISING) is sort.turned
    known = [one for one in figures if _value(sort, one, context) is not None]
    known.sort(key=lambda one: _value(sort, one, context), reverse=falling)
    unknown = [one for one in figures if _value(sort, one, context) is None]
    rows = [FigureRow(one) for one in (*known, *unknown)]
    return [FigureRow(total, total=True), *rows] if rows else []


def _value(sort: Sort, one: LayerFigures | ModelFigures, context: FigureContext) -> Any:  # noqa: ANN401
    if isinstance(one, LayerFigures):
        return LAYER_VALUES[sort.name](one, context)
    return _MODEL_VALUES[sort.name](one, context)


def _all_models(models: Sequence[ModelFigures]) -> ModelFigures:
    """Return the sums over all models; what can't be summed up is not told."""
    inputs = [one.tokens_input for one in models if one.tokens_input is not None]
    outputs = [one.tokens_output for one in models if one.tokens_output is not None]
    costs = [one.cost_usd for one in models if one.cost_usd is not None]
    called = [one.last_called for one in models if one.last_called is not None]
    return ModelFigures(
        provider="",
        name="",
        calls=sum(one.calls for one in models),
        failed_calls=sum(one.failed_calls for one in models),
        tokens_input=sum(inputs) if inputs else None,
        tokens_output=sum(outputs) if outputs else None,
        cost_usd=sum(costs) if costs else None,
        share=1.0 if sum(costs) else None,
        average_latency=None,
        p95_latency=None,
        last_called=max(called, default=None),
    )


def name_of(row: FigureRow) -> str:
    """Return what a row is called."""
    figures = row.figures
    if isinstance(figures, LayerFigures):
        return _ALL[0] if row.total else one_line(figures.name) or _UNNAMED
    if row.total:
        return _ALL[1]
    return one_line("/".join(filter(None, (figures.provider, figures.name)))) or _UNNAMED
