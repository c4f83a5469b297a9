"""The command line: the options that hold everywhere; without a command, the dashboard."""

from __future__ import annotations

import click

from zos_monitor import __version__
from zos_monitor.commands import Commands
from zos_monitor.options import Options, a_number, filtered, forms, sources


@click.group(
    cls=Commands,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@sources()
@filtered
@forms()
@click.option(
    "--poll",
    type=click.FloatRange(min=0.05, max=3600),
    callback=a_number,
    default=0.25,
    show_default=True,
    help="Seconds between two looks for changes.",
)
@click.option(
    "--plain-driver",
    is_flag=True,
    help="Write to the terminal as Textual does: each region anew, also where nothing differs.",
)
@click.option("--bell", is_flag=True, help="Ring when a run turns out badly or a layer is missed.")
@click.version_option(__version__, prog_name="zos-monitor")
@click.pass_context
def main(context: click.Context, poll: float, plain_driver: bool, bell: bool) -> None:
    """Watch the layer runs of a zos agent: what runs, what failed and why, what it cost.

    Without a command the dashboard opens. It finds the database by --db, else by --zos-dir, else
    by $ZOS_MONITOR_DB, else by the config.yaml in the current folder, else as data/zos.db. A
    database that is not there yet is waited for.

    \b
    Examples:
      zos-monitor
      zos-monitor --db /srv/zos/data/zos.db
      zos-monitor --filter 'status:failed,partial since:7d'
      zos-monitor runs --failed --since 7d
      zos-monitor show latest
      zos-monitor demo
    """  # noqa: D301 (click reads the control character)
    given = context.obj if isinstance(context.obj, Options) else Options()
    options = given._replace(poll=poll, plain_driver=plain_driver, bell=bell)
    context.obj = options
    if context.invoked_subcommand is None:
        from zos_monitor.dashboard_opening import open_dashboard

        open_dashboard(options, options.service())
