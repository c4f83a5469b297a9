"""What is said of figures in words: everything about a layer or a model, and its cost by day."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta, tzinfo
from typing import NamedTuple

from zos_monitor.model import phrases
from zos_monitor.model.breakdown import Breakdown, LayerFigures, ModelFigures
from zos_monitor.model.states import RunState
from zos_monitor.tui.figure_rows import FigureContext
from zos_monitor.tui.glyphs import Glyphs
from zos_monitor.tui.tonight_text import next_start

_DAY = timedelta(days=1)
_FOLDS = ((1, "day"), (7, "week"), (28, "4 weeks"))  # days that one sign may stand for
_WORDS = 31  # cells that are kept for the words


class Sparkline(NamedTuple):
    """Cost over days, a sign for each day or each few of them, the newest at the right.

    ``words`` tell the scale: what a sign stands for, and the highest one's day and cost.
    """

    signs: str
    title: str
    words: str


def days_of(breakdown: Breakdown, now: datetime, zone: tzinfo) -> tuple[date, date] | None:
    """Return the first and the last day of a breakdown; None where it has none.

    They are those of its window; where that has no beginning, from the first day with a cost on.
    """
    spent = breakdown.overall.cost_by_day
    end = now if breakdown.until is None else min(now, breakdown.until - timedelta.resolution)
    last = max([phrases.in_zone(end, zone).date(), *list(spent)[-1:]])
    if breakdown.since is not None:
        return min(phrases.in_zone(breakdown.since, zone).date(), last), last
    return (next(iter(spent)), last) if spent else None


def sparkline(
    costs: Mapping[date, float], days: tuple[date, date], width: int, glyphs: Glyphs
) -> Sparkline:
    """Return the cost of each day of a span, in at most ``width`` cells with its words.

    Where days are too many they are folded to weeks, counted back from the last day. Where these
    are too many as well, the oldest are left out, and the words say so.
    """
    first, last = days
    span = (last - first).days + 1
    for fold, unit in _FOLDS:
        signs, room = -(-span // fold), width - len(f"cost per {unit}") - _WORDS
        if signs <= room:
            break
    signs = max(1, min(signs, room))
    sums = [0.0] * signs
    for day, cost in costs.items():
        back = (last - day).days // fold
        if day <= last and back < signs:
            sums[signs - 1 - back] += cost
    words = [_highest(sums, last, fold, unit)]
    if signs * fold < span:
        words.append(f"begins {_named(last - (signs * fold - 1) * _DAY, last)}")
    return Sparkline(
        "".join(_sign(one, max(sums), glyphs) for one in sums),
        f"cost per {unit}",
        ", ".join(words),
    )


def _highest(sums: list[float], last: date, fold: int, unit: str) -> str:
    highest = max(sums)
    if highest <= 0:
        return "no cost is recorded"
    ends = last - (len(sums) - 1 - sums.index(highest)) * fold * _DAY
    when = f" on {_named(ends, last)}" if fold == 1 else f", {unit} to {_named(ends, last)}"
    return f"highest {phrases.cost(highest)}{when}"


def _sign(cost: float, highest: float, glyphs: Glyphs) -> str:
    if cost <= 0:
        return glyphs.dot
    levels = glyphs.levels
    return levels[max(0, math.ceil(cost / highest * len(levels)) - 1)]


def _named(day: date, last: date) -> str:
    year = f" {day.year}" if day.year != last.year else ""
    return f"{day.day} {day:%b}{year}"


def totals_words(breakdown: Breakdown | None) -> str:
    """Return all runs of a breakdown in a few words."""
    if breakdown is None:
        return ""
    totals = breakdown.overall.totals
    rate = f", {phrases.percent(totals.success_rate)} OK" if totals.success_rate is not None else ""
    cost = phrases.partial_cost(totals.cost_usd, totals.uncosted)
    return (
        f"{phrases.plural(totals.runs, 'run')}{rate}, {phrases.compact(totals.tokens)} tokens, "
        f"{cost}"
    )


def layer_facts(
    figures: LayerFigures, context: FigureContext, *, brief: bool = False
) -> Iterator[str]:
    """Yield everything that is known of a layer's runs, or of all.

    In ``brief`` states are told by their signs, which the table's head has too.
    """
    totals, (setting, _, starts) = figures.totals, context
    glyphs = setting.glyphs
    counts = [
        f"{totals.counts[state]:,}{glyphs.states[state] if brief else ' ' + glyphs.state(state)}"
        for state in RunState
        if totals.counts.get(state)
    ]
    rate = totals.success_rate
    ok = f", {phrases.percent(rate)} OK" if rate is not None else ""
    yield f"{phrases.plural(totals.runs, 'run')}: {(' ' if brief else ', ').join(counts)}{ok}"
    yield (
        f"{phrases.plural(totals.insights, 'insight')}; {_tokens(figures)}; cost {_cost(figures)}"
    )
    yield (
        f"takes {phrases.finely(totals.average_duration)} on average, 95 of 100 runs at most "
        f"{phrases.finely(figures.p95_duration)}"
        if totals.timed
        else "no duration is recorded"
    )
    lasts = [
        f"last {word} {_at(instant, context)}"
        for word, instant in (
            ("run", totals.last_started),
            (glyphs.state(RunState.SUCCESS), figures.last_success),
            (glyphs.state(RunState.FAILED), figures.last_failure),
        )
        if instant is not None
    ]
    start = starts.get(figures.name)
    if start is not None:
        lasts.append(f"next {next_start(start, setting.now, setting.zone)}")
    if lasts:
        yield ", ".join(lasts)


def model_facts(figures: ModelFigures, context: FigureContext, *, total: bool) -> Iterator[str]:
    """Yield everything that is known of a model's calls, or of those of all models."""
    failed = figures.failed_calls
    share = f" ({phrases.percent(failed / figures.calls)})" if failed and figures.calls else ""
    yield f"{phrases.plural(figures.calls, 'call')}, {failed:,} of them failed{share}"
    cost = phrases.cost(figures.cost_usd) if figures.cost_usd is not None else "not recorded"
    part = f", {phrases.percent(figures.share)} of all" if figures.share and not total else ""
    yield f"{_tokens(figures)}; cost {cost}{part}"
    if figures.average_latency is not None:
        yield (
            f"a call that did not fail took {phrases.finely(figures.average_latency)} on average, "
            f"95 of 100 at most {phrases.finely(figures.p95_latency)}"
        )
    if figures.last_called is not None:
        yield f"last call {_at(figures.last_called, context)}"


def _tokens(figures: LayerFigures | ModelFigures) -> str:
    if figures.tokens_input is None and figures.tokens_output is None:
        return "tokens not recorded"
    into, out = figures.tokens_input, figures.tokens_output
    return f"{phrases.grouped(into)} tokens in, {phrases.grouped(out)} out"


def _cost(figures: LayerFigures) -> str:
    totals = figures.totals
    if totals.cost_usd is None:
        return "not recorded"
    words = phrases.partial_cost(totals.cost_usd, totals.uncosted)
    if figures.name and figures.share is not None:
        words += f", {phrases.percent(figures.share)} of all"
    remarks = []
    if totals.uncosted:
        remarks.append(phrases.uncosted(totals.uncosted))
    if totals.cost_differs:
        remarks.append(f"zos stored {phrases.cost(totals.stored_cost_usd)}")
    return words + (f" ({'; '.join(remarks)})" if remarks else "")


def _at(instant: datetime, context: FigureContext) -> str:
    return phrases.when(instant, context.setting.now, context.setting.zone)
