"""``layers``: each layer's totals, and when it starts."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from zos_monitor.options import Form, Options, filtered, forms, sources
from zos_monitor.printed.output import columns_of, emit, for_people, say, screen

if TYPE_CHECKING:
    from zos_monitor.model.filters import RunFilter
    from zos_monitor.model.stats import Totals
    from zos_monitor.printed.tables import Schedule
    from zos_monitor.questions import Service


@click.command("layers", short_help="List the layers: totals, and the next start.")
@filtered
@forms()
@sources(hidden=True)
@click.pass_obj
def command(options: Options) -> None:
    """Print the totals of each layer, and when it starts next.

    They are over all runs, or over those that --filter matches. STORED is the cost as zos's rows
    have it, COST that of the recorded calls. On a terminal the table leaves out what it has no
    room for; in a pipe it has all of its columns.

    \b
    Examples:
      zos-monitor layers
      zos-monitor layers --filter since:30d | less -S
      zos-monitor layers --json | jq '.layers[] | select(.dry_streak > 2)'
    """  # noqa: D301 (click reads the control character)
    flt = options.filter()
    if options.form is Form.TABLE:
        from zos_monitor.printed.tables import layers_table

        totals, schedules = options.ask(lambda service: _asked(service, flt))
        say(for_people(options, layers_table(totals, schedules, width=screen().width)))
        return
    from zos_monitor.answers.nights import LayerAnswer, layers
    from zos_monitor.answers.totals import LayerStatsAnswer

    answer = options.ask(lambda service: layers(service, flt))
    columns = [name for name in columns_of(LayerAnswer) if name != "stats"]
    emit(
        options,
        answer,
        table=lambda: (),
        records=lambda: [{**asdict(layer), **asdict(layer.stats)} for layer in answer.layers],
        columns=[*columns, *columns_of(LayerStatsAnswer)],
    )


async def _asked(service: Service, flt: RunFilter) -> tuple[Totals, dict[str, Schedule]]:
    """Ask for the totals, and for the schedules of layers where these are offered.

    Of filtered runs only layers that have some are of interest.
    """
    from zos_monitor.model.faults import NotOffered
    from zos_monitor.model.times import format_stored
    from zos_monitor.printed.tables import Schedule, to_the_minute

    totals = await service.totals(flt)
    try:
        scheduled = (await service.nights()).layers
    except NotOffered:
        scheduled = ()
    names = {layer.layer_name for layer in totals.by_layer}
    return totals, {
        layer.layer_name: Schedule(
            layer.cron, to_the_minute(format_stored(layer.next_at) if layer.next_at else None)
        )
        for layer in scheduled
        if layer.layer_name in names or not flt.terms
    }
