"""``show``: one run with everything that is told of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from zos_monitor.commands.completions import run_names
from zos_monitor.options import Options, filtered, forms, sources
from zos_monitor.printed.output import columns_of, emit, screen

if TYPE_CHECKING:
    from zos_monitor.answers.one_run import RunDetailAnswer


@click.command("show", short_help="Show one run, and its errors by cause.")
@click.argument("run", metavar="RUN", shell_complete=run_names)
@filtered
@forms()
@sources(hidden=True)
@click.pass_obj
def command(options: Options, run: str) -> None:
    """Show one run: what it did and cost, how far it is, and its errors by cause.

    RUN is its id or the beginning of that, as long as no other id begins so; or `latest`, or
    `latest:LAYER`. With --filter the latest is that of the runs that it matches.

    \b
    Examples:
      zos-monitor show 01K9Z
      zos-monitor show latest:nightly-user-reflection
      zos-monitor show latest --filter status:failed
      zos-monitor show latest --json | jq '.errors[].cause'
    """  # noqa: D301 (click reads the control character)
    from zos_monitor.answers.one_run import named

    options.filter()
    print_run(options, options.ask(lambda service: named(service, run, within=options.filter_text)))


def print_run(options: Options, answer: RunDetailAnswer | None) -> None:
    """Print a run in the form that is asked for; None, which is no run, as nothing or null."""
    from zos_monitor.answers.one_run import RunDetailAnswer

    names = columns_of(RunDetailAnswer)
    emit(
        options,
        answer,
        table=lambda: _page(answer) if answer is not None else (),
        records=lambda: [{name: getattr(answer, name) for name in names}] if answer else [],
        columns=names,
    )


def _page(answer: RunDetailAnswer) -> list[str]:
    from zos_monitor.model.times import utc_now
    from zos_monitor.printed.run_page import run_page

    return run_page(answer, now=utc_now(), coloured=screen().coloured)
