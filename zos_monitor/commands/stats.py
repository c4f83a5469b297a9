"""``stats``: what the runs of a period came to, overall and by layer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from datetime import timedelta
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from zos_monitor.commands.completions import layer_names
from zos_monitor.options import Options, fail, filtered, forms, sources
from zos_monitor.printed.output import columns_of, emit, screen

if TYPE_CHECKING:
    from zos_monitor.answers.totals import LayerStatsAnswer, StatsAnswer

_RARE = ("running", "stalled", "interrupted", "unknown")
"""States that have a column, or are told of, only where they occur."""


@click.command("stats", short_help="Tell what the runs of the last days came to.")
@click.option(
    "--days",
    metavar="N",
    type=click.IntRange(1, 36500),
    default=7,
    show_default=True,
    help="Runs begun in the last N days.",
)
@click.option(
    "--layer", metavar="NAME", shell_complete=layer_names, help="Runs of this layer alone."
)
@filtered
@forms()
@sources(hidden=True)
@click.pass_context
def command(context: click.Context, days: int, layer: str | None) -> None:
    """Tell what the runs of the last days came to, overall and by layer.

    A time in --filter takes the place of --days. SUCCESS% is the share of the runs that succeeded
    among those that ended and had something to do. The cost is that of the recorded calls; a plus
    sign tells that it is not all, for some runs have none recorded.

    \b
    Examples:
      zos-monitor stats --days 30
      zos-monitor stats --layer nightly-user-reflection --json | jq .success_rate
      zos-monitor stats --filter 'since:2026-11-01 until:2026-11-07'
    """  # noqa: D301 (click reads the control character)
    from zos_monitor.answers.totals import StatsAnswer, stats
    from zos_monitor.model.windows import has_time

    options: Options = context.obj
    flt = options.filter()
    timed = has_time(flt)
    if timed and context.get_parameter_source("days") is not ParameterSource.DEFAULT:
        fail("--days and a time in --filter can't both be the period: leave out one of them.")

    period = None if timed else days
    answer = options.ask(lambda service: stats(service, flt, days=period, layer_name=layer))
    emit(
        options,
        answer,
        table=lambda: _page(answer),
        records=lambda: [asdict(answer)],
        columns=columns_of(StatsAnswer),
    )


def _page(answer: StatsAnswer) -> Iterator[str]:
    from zos_monitor.model import phrases
    from zos_monitor.printed.tables import facts

    ended = (answer.success_rate, answer.failure_rate)
    rates = ", ".join(
        f"{phrases.percent(rate)} {word}"
        for rate, word in zip(ended, ("success", "failed or partial"), strict=True)
        if rate is not None
    )
    per_day = answer.runs_per_day
    cost = answer.total_cost_usd if answer.total_cost_usd or not answer.total_runs else None
    uncosted = phrases.uncosted(answer.runs_without_cost)
    yield from facts(
        [
            ("Period", _period(answer)),
            ("Runs", _runs(answer)),
            ("Rates", f"{rates}; open and dry runs left out" if rates else "none"),
            ("Per day", f"{per_day:,.1f} runs" if per_day is not None else phrases.NOTHING),
            ("Insights", f"{answer.total_insights:,}"),
            ("Tokens", f"{answer.total_tokens:,}"),
            ("Cost", " ".join(filter(None, (phrases.cost(cost), uncosted)))),
            ("Average", _duration(answer.avg_duration_seconds)),
            ("Last run", _started(answer.last_run)),
            ("Last success", _started(answer.last_success)),
            ("Last failure", _started(answer.last_failure)),
        ]
    )
    if answer.by_layer:
        yield ""
        yield from _by_layer(answer)


def _period(answer: StatsAnswer) -> str:
    from zos_monitor.model import phrases
    from zos_monitor.printed.tables import to_the_minute

    if answer.since is None and answer.until is None:
        return "all time"
    days = f"last {phrases.plural(answer.period_days, 'day')}" if answer.period_days else ""
    since = f"since {to_the_minute(answer.since)} UTC" if answer.since else ""
    until = f"until {to_the_minute(answer.until)} UTC" if answer.until else ""
    return ", ".join(filter(None, (days, " ".join(filter(None, (since, until))))))


def _started(at: str | None) -> str:
    from zos_monitor.printed.tables import to_the_minute

    return f"{to_the_minute(at)} UTC" if at is not None else to_the_minute(None)


def _runs(answer: StatsAnswer) -> str:
    counts = {
        "success": answer.successful_runs,
        "partial": answer.partial_runs,
        "failed": answer.failed_runs,
        "dry": answer.dry_runs,
        **{state: getattr(answer, f"{state}_runs") for state in _RARE},
    }
    told = ", ".join(f"{count:,} {state}" for state, count in counts.items() if count)
    return f"{answer.total_runs:,}" + (f": {told}" if told else "")


def _duration(seconds: float | None) -> str:
    from zos_monitor.model import phrases

    return phrases.duration(timedelta(seconds=seconds) if seconds is not None else None)


def _by_layer(answer: StatsAnswer) -> list[str]:
    from zos_monitor.model.text import one_line
    from zos_monitor.printed.tables import grid

    layers = answer.by_layer
    rare = [
        state
        for state in _RARE
        if any(getattr(layer, f"{state}_runs") for layer in layers.values())
    ]
    states = ["SUCCESS", "PARTIAL", "FAILED", "DRY", *(state.upper() for state in rare)]
    head = ["LAYER", "RUNS", *states, "SUCCESS%", "INSIGHTS", "TOKENS", "COST", "AVERAGE"]
    head.append("LAST RUN (UTC)")
    rows = [[one_line(name), *_figures(layer, rare)] for name, layer in layers.items()]
    first_out = ("TOKENS", "AVERAGE", "INSIGHTS", "LAST RUN (UTC)", "COST", *reversed(states[4:]))
    return grid(head, rows, spare=[head.index(one) for one in first_out], width=screen().width)


def _figures(layer: LayerStatsAnswer, rare: list[str]) -> Iterator[str]:
    from zos_monitor.model import phrases
    from zos_monitor.printed.tables import to_the_minute

    counts = (layer.successful_runs, layer.partial_runs, layer.failed_runs, layer.dry_runs)
    for count in (layer.runs, *counts, *(getattr(layer, f"{state}_runs") for state in rare)):
        yield f"{count:,}"
    yield phrases.percent(layer.success_rate)
    yield f"{layer.insights:,}"
    yield phrases.grouped(layer.total_tokens or None)
    yield phrases.partial_cost(layer.total_cost_usd or None, layer.runs_without_cost)
    yield _duration(layer.avg_duration_seconds)
    yield to_the_minute(layer.last_run)
