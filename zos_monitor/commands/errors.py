"""``errors``: the errors of many runs by their cause."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from zos_monitor.commands.completions import layer_lists, times
from zos_monitor.commands.narrowing import each, narrow
from zos_monitor.options import Form, Options, filtered, forms, sources
from zos_monitor.printed.output import columns_of, emit, hint, screen

if TYPE_CHECKING:
    from zos_monitor.answers.failures import FailuresAnswer

_MOST_CAUSE = 50
"""Cells that the column of causes takes at most; longer ones move what is behind them."""


@click.command("errors", short_help="List the causes of errors.")
@click.option(
    "--layer",
    "layers",
    metavar="NAMES",
    multiple=True,
    shell_complete=layer_lists,
    help="Errors of these layers, with commas between; * is anything.",
)
@click.option(
    "--since",
    metavar="TIME",
    shell_complete=times,
    help="Errors of runs begun since then, such as 7d, 2026-11-01, today, in UTC; all for the "
    "whole history.  [default: 30d]",
)
@click.option(
    "--until", metavar="TIME", shell_complete=times, help="Errors of runs begun before then."
)
@filtered
@forms()
@sources(hidden=True)
@click.pass_obj
def command(options: Options, layers: Sequence[str], since: str | None, until: str | None) -> None:
    """List the causes of errors, the most frequent first.

    They are those of the last 30 days, unless --since, --until or --filter name a time. The runs
    with errors of one cause are found by the filter cause:, as in the last example.

    \b
    Examples:
      zos-monitor errors --since 7d
      zos-monitor errors --layer 'nightly-*' --json | jq '.causes[0]'
      zos-monitor runs --filter 'cause:"429 rate limit"'
    """  # noqa: D301 (click reads the control character)
    from zos_monitor.answers.failures import CauseAnswer, failures

    flt = narrow(options, patterns=each(layers), since=since, until=until)
    answer = options.ask(lambda service: failures(service, flt))
    emit(
        options,
        answer,
        table=lambda: _table(answer),
        records=lambda: [asdict(cause) for cause in answer.causes],
        columns=columns_of(CauseAnswer),
    )
    if options.form is Form.TABLE:
        hint(_extent(answer))


def _extent(answer: FailuresAnswer) -> str:
    from zos_monitor.model import phrases
    from zos_monitor.printed.tables import to_the_minute

    since = f" since {to_the_minute(answer.since)} UTC" if answer.since else ""
    until = f" until {to_the_minute(answer.until)} UTC" if answer.until else ""
    runs = phrases.plural(answer.total_runs, "run")
    return f"{answer.failing_runs:,} of {runs}{since}{until} with errors"


def _table(answer: FailuresAnswer) -> list[str]:
    from zos_monitor.model.text import one_line
    from zos_monitor.printed.tables import grid, to_the_minute

    rows = [
        [
            f"{cause.errors:,}",
            f"{cause.runs:,}",
            to_the_minute(cause.first_seen),
            to_the_minute(cause.last_seen),
            one_line(cause.cause),
            _most(cause.layers),
        ]
        for cause in answer.causes
    ]
    head = ["ERRORS", "RUNS", "FIRST SEEN (UTC)", "LAST SEEN (UTC)", "CAUSE", "LAYERS"]
    width = screen().width
    return grid(head, rows, left=(4, 5), spare=(2, 5), width=width, most={4: _MOST_CAUSE})


def _most(layers: Mapping[str, int]) -> str:
    """Return the layer with the most errors, and how many others have some."""
    from zos_monitor.model.text import one_line

    if not layers:
        return ""
    first = max(layers, key=lambda name: layers[name])
    more = f" +{len(layers) - 1:,}" if len(layers) > 1 else ""
    return f"{one_line(first)}{more}"
