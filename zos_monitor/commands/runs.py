"""``runs``: the matching runs, newest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import timedelta
from typing import TYPE_CHECKING

import click

from zos_monitor.commands.completions import layer_lists, state_lists, times
from zos_monitor.commands.narrowing import each, narrow
from zos_monitor.options import Form, Options, filtered, forms, sources
from zos_monitor.printed.output import columns_of, emit, hint, screen

if TYPE_CHECKING:
    from zos_monitor.answers.runs import RunAnswer, RunsAnswer


@click.command("runs")
@click.option(
    "--layer",
    "layers",
    metavar="NAMES",
    multiple=True,
    shell_complete=layer_lists,
    help="Runs of these layers, with commas between; * is anything.",
)
@click.option(
    "--status",
    "states",
    metavar="STATES",
    multiple=True,
    shell_complete=state_lists,
    help="Runs in these states: running, stalled, interrupted, success, partial, failed, dry, "
    "unknown.",
)
@click.option(
    "--since",
    metavar="TIME",
    shell_complete=times,
    help="Runs begun since then: 90m, 7d, 2026-11-01, 2026-11-01T03:00, today, yesterday, in UTC.",
)
@click.option("--until", metavar="TIME", shell_complete=times, help="Runs begun before then.")
@click.option(
    "--error", "errors", metavar="TEXT", multiple=True, help="Runs with this text in an error."
)
@click.option(
    "--success/--failed", default=None, help="Runs that succeeded; those that failed, or in part."
)
@click.option(
    "--limit",
    metavar="N",
    type=click.IntRange(1, 1000),
    default=20,
    show_default=True,
    help="So many at most, up to 1000.",
)
@click.option(
    "--offset", metavar="N", type=click.IntRange(min=0), default=0, help="Skip the first N."
)
@click.option("--include-errors", is_flag=True, help="With each run's errors.")
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

    Options and --filter together list the runs that all of them match. On a terminal the table
    leaves out what it has no room for; in a pipe it has all of its columns.

    \b
    Examples:
      zos-monitor runs --failed --since 7d
      zos-monitor runs --layer 'nightly-*' --json | jq '.runs[].id'
      zos-monitor runs --status stalled,failed --include-errors
      zos-monitor runs --filter 'status:failed error:"rate limit"' --csv
    """  # noqa: D301 (click reads the control character)
    from zos_monitor.answers.runs import RunAnswer, runs

    flt = narrow(
        options,
        patterns=each(layers),
        states=each(states),
        since=since,
        until=until,
        errors=[*errors],
        success=success,
    )
    answer = options.ask(
        lambda service: runs(
            service, flt, offset=offset, limit=limit, include_errors=include_errors
        )
    )
    columns = [name for name in columns_of(RunAnswer) if include_errors or name != "errors"]
    emit(
        options,
        answer,
        table=lambda: table(answer),
        records=lambda: [asdict(run) for run in answer.runs],
        columns=columns,
    )
    if options.form is Form.TABLE:
        hint(place(answer))


def place(answer: RunsAnswer) -> str:
    """Return where in the whole list this part is, and how to go on."""
    from zos_monitor.model import phrases

    if not answer.total:
        return "no run matches"
    if not answer.runs:
        return f"none of {phrases.plural(answer.total, 'run')}: --offset is beyond the last"
    after = answer.offset + len(answer.runs)
    first = f"{answer.offset + 1:,} to {after:,}" if answer.offset else f"{after:,}"
    told = f"{first} of {phrases.plural(answer.total, 'run')}"
    return f"{told}; --offset {after} shows the next" if answer.has_more else told


def table(answer: RunsAnswer) -> list[str]:
    """Return a line for each run, and below it those of its errors where they are asked for."""
    from zos_monitor.model import phrases
    from zos_monitor.model.states import OPEN_STATES
    from zos_monitor.model.text import one_line
    from zos_monitor.printed.tables import grid, state_colour, to_the_minute

    rows = [
        [
            to_the_minute(run.started_at),
            one_line(run.layer_name),
            run.state,
            _targets(run),
            phrases.NOTHING if run.state in OPEN_STATES else phrases.grouped(run.insights_created),
            phrases.grouped(run.error_count),
            phrases.cost(run.estimated_cost_usd),
            phrases.duration(_span(run.duration_seconds)),
            one_line(run.id),
        ]
        for run in answer.runs
    ]
    head = ["STARTED (UTC)", "LAYER", "STATE", "TARGETS", "INSIGHTS", "ERRORS", "COST", "TOOK"]
    width, coloured = screen()
    colours = {2: state_colour} if coloured else {}
    left, spare = (0, 1, 2, 8), (4, 8, 6, 5, 7, 3)
    lines = grid([*head, "ID"], rows, left=left, spare=spare, width=width, colours=colours)
    if not any(run.errors for run in answer.runs):
        return lines
    from zos_monitor.printed.run_page import error_lines

    told = zip(lines[1:], answer.runs, strict=True)
    return [
        lines[0],
        *(part for line, run in told for part in (line, *error_lines(run.errors or ()))),
    ]


def _targets(run: RunAnswer) -> str:
    """Return how many targets are over, of how many; an open run's row has only the latter."""
    from zos_monitor.model import phrases
    from zos_monitor.model.states import OPEN_STATES

    processed = None if run.state in OPEN_STATES else run.targets_processed
    return f"{phrases.grouped(processed)}/{phrases.grouped(run.targets_matched)}"


def _span(seconds: float | None) -> timedelta | None:
    return timedelta(seconds=seconds) if seconds is not None else None
