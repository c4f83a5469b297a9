"""``runs``: the matching runs, newest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import timedelta
from typing import TYPE_CHECKING

import click

from zos_monitor.options import Options, fail, filtered, forms, sources
from zos_monitor.printing import emit

if TYPE_CHECKING:
    from zos_monitor.answers.runs import RunsAnswer


@click.command("runs")
@click.option("--layer", "layers", multiple=True, help="Of this layer; may have * in it.")
@click.option("--status", "states", multiple=True, help="In this state, such as failed, running.")
@click.option("--since", help="Begun since: 7d, 2026-11-01, 2026-11-01T03:00, today, all.")
@click.option("--until", help="Begun before; the same forms.")
@click.option("--error", "errors", multiple=True, help="With an error that has this text in it.")
@click.option("--success/--failed", default=None, help="That succeeded; that failed, or in part.")
@click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True)
@click.option("--offset", type=click.IntRange(min=0), default=0, help="Leave out so many first.")
@click.option("--include-errors", is_flag=True, help="Tell the errors of each run along.")
@filtered
@forms()
@sources(hidden=True)
@click.pass_obj
def command(
    options: Options,
    layers: Sequence[str],
    states: Sequence[str],
    since: str | None,
    until: str | None,
    errors: Sequence[str],
    success: bool | None,
    limit: int,
    offset: int,
    include_errors: bool,
) -> None:
    """List the matching runs, newest first.

    \b
    Examples:
      zos-monitor runs --failed --since 7d
      zos-monitor runs --layer 'nightly-*' --json | jq '.runs[].id'
      zos-monitor runs --filter 'status:failed error:"rate limit"' --csv
    """  # noqa: D301 (click reads the control character)
    from zos_monitor.answers.filters import narrowed
    from zos_monitor.answers.runs import runs
    from zos_monitor.model.filters import FilterError

    options.filter()
    try:
        flt = narrowed(
            options.filter_text,
            patterns=layers,
            states=[part for state in states for part in state.split(",")],
            since=since,
            until=until,
            errors=errors,
            success=success,
        )
    except FilterError as fault:
        fail(fault.message)
    answer = options.ask(
        lambda service: runs(
            service, flt, offset=offset, limit=limit, include_errors=include_errors
        )
    )
    emit(
        options,
        answer,
        table=lambda: _table(answer),
        records=lambda: _records(answer),
    )


def _records(answer: RunsAnswer) -> list[dict[str, object]]:
    return [asdict(run) for run in answer.runs]


def _table(answer: RunsAnswer) -> list[str]:
    from zos_monitor.model import phrases
    from zos_monitor.model.text import one_line
    from zos_monitor.tables import grid

    rows = [
        [
            (run.started_at or phrases.NOTHING)[:19].replace("T", " "),
            one_line(run.layer_name),
            run.state,
            f"{phrases.grouped(run.targets_processed)}/{phrases.grouped(run.targets_matched)}",
            phrases.grouped(run.insights_created),
            phrases.grouped(run.error_count),
            phrases.cost(run.estimated_cost_usd),
            phrases.duration(_span(run.duration_seconds)),
            one_line(run.id),
        ]
        for run in answer.runs
    ]
    head = ["STARTED (UTC)", "LAYER", "STATE", "TARGETS", "INSIGHTS", "ERRORS", "COST", "TOOK"]
    return grid([*head, "ID"], rows, left=(0, 1, 2, 8))


def _span(seconds: float | None) -> timedelta | None:
    return timedelta(seconds=seconds) if seconds is not None else None
