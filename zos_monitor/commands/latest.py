"""``latest``: the newest run of a layer."""

from __future__ import annotations

import click

from zos_monitor.commands.completions import layer_names
from zos_monitor.commands.show import print_run
from zos_monitor.options import Form, Options, filtered, forms, sources
from zos_monitor.printed.output import tell


@click.command("latest", short_help="Show the newest run of a layer.")
@click.argument("layer", metavar="LAYER", shell_complete=layer_names)
@filtered
@forms()
@sources(hidden=True)
@click.pass_obj
def command(options: Options, layer: str) -> None:
    """Show the newest run of a layer, as `show` does.

    A layer that has never run has none: then nothing is printed, as JSON null. With --filter it is
    the newest run that matches. An unknown layer ends with status 1.

    \b
    Examples:
      zos-monitor latest nightly-user-reflection
      zos-monitor latest nightly-user-reflection --filter status:success
      zos-monitor latest weekly-meta-reflection --json | jq .state
    """  # noqa: D301 (click reads the control character)
    from zos_monitor.answers.one_run import latest

    options.filter()
    answer = options.ask(lambda service: latest(service, layer, within=options.filter_text))
    if answer is None and options.form is Form.TABLE:
        matching = " that matches" if options.filter_text.strip() else ""
        tell(f"{layer} has no run{matching}.")
    print_run(options, answer)
