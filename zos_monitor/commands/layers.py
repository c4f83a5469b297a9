"""``layers``: the totals of each layer."""

from __future__ import annotations

import click

from zos_monitor.options import Options, filtered, forms, sources
from zos_monitor.printing import for_people, say


@click.command("layers")
@filtered
@forms()
@sources(hidden=True)
@click.pass_obj
def command(options: Options) -> None:
    """Print the totals of each layer, over all runs or those that --filter matches."""
    from zos_monitor.tables import layers_table

    flt = options.filter()
    lines = layers_table(options.ask(lambda service: service.totals(flt)))
    say(for_people(options, lines))
