"""The command line: parse, ask the service, print; nothing else."""

from __future__ import annotations

import math
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, NoReturn

import click

from zos_monitor import __version__

if TYPE_CHECKING:
    from zos_monitor.model.filters import RunFilter
    from zos_monitor.service import RunService

UNUSABLE = 2
"""The exit status for input that can't be used."""

_PATH = click.Path(path_type=Path)


def fail(message: str) -> NoReturn:
    """End with one sentence on standard error; names in it stay on its one line."""
    from zos_monitor.model.text import one_line

    click.echo(f"zos-monitor: {one_line(message)}", err=True)
    sys.exit(UNUSABLE)


def _a_number(context: click.Context, option: click.Parameter, value: float) -> float:
    if math.isnan(value):  # which is in every range
        raise click.BadParameter("nan is no number of seconds.")
    return value


class Options(NamedTuple):
    """The options that hold for every command."""

    db: Path | None
    zos_dir: Path | None
    filter_text: str
    poll: float
    plain: bool
    plain_driver: bool = False
    bell: bool = False

    def service(self) -> RunService:
        """Return a service on the database that the options name."""
        from zos_monitor.service import RunService
        from zos_monitor.settings import SettingsError, find_database, find_zos_dir

        try:
            database = find_database(self.db, self.zos_dir)
        except SettingsError as fault:
            fail(str(fault))
        return RunService(
            database,
            zos_dir=lambda: find_zos_dir(self.db, self.zos_dir, database),  # when it is needed
            poll_interval=self.poll,
        )

    def filter(self) -> RunFilter:
        """Return the filter, or end with a sentence on what is wrong with it."""
        from zos_monitor.model.filters import FilterError, parse_filter

        try:
            return parse_filter(self.filter_text)
        except FilterError as fault:
            fail(f"--filter, at {fault.word!r}: {fault.message}")


@click.group(invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--db", type=_PATH, help="zos's database file.")
@click.option("--zos-dir", type=_PATH, help="The folder that zos is started in.")
@click.option("--filter", "filter_text", default="", help="Only the runs that this filter matches.")
@click.option(
    "--poll",
    type=click.FloatRange(min=0.05, max=3600),
    callback=_a_number,
    default=0.25,
    show_default=True,
    help="Seconds between two looks for changes.",
)
@click.option("--ascii", "plain", is_flag=True, help="Use no signs beyond ASCII.")
@click.option(
    "--plain-driver",
    is_flag=True,
    help="Write to the terminal as Textual does: each region anew, also where nothing differs.",
)
@click.option("--bell", is_flag=True, help="Ring when a run turns out badly or a layer is missed.")
@click.version_option(__version__, prog_name="zos-monitor")
@click.pass_context
def main(
    context: click.Context,
    db: Path | None,
    zos_dir: Path | None,
    filter_text: str,
    poll: float,
    plain: bool,
    plain_driver: bool,
    bell: bool,
) -> None:
    """Watch the layer runs of a zos agent: what runs, what failed and why, what it cost.

    Without a command the dashboard opens. It finds the database by --db, else by --zos-dir, else
    by $ZOS_MONITOR_DB, else by the config.yaml in the current folder, else as data/zos.db. A
    database that is not there yet is waited for.

    \b
    Examples:
      zos-monitor
      zos-monitor --db /srv/zos/data/zos.db
      zos-monitor --filter 'status:failed,partial since:7d'
      zos-monitor --filter since:30d layers
      zos-monitor demo
    """  # noqa: D301 (click reads the control character)
    context.obj = Options(db, zos_dir, filter_text, poll, plain, plain_driver, bell)
    if context.invoked_subcommand is None:
        open_dashboard(context.obj, context.obj.service())


@main.command()
@click.option("--nights", type=click.IntRange(1, 400), default=30, show_default=True)
@click.option(
    "--speed",
    type=click.FloatRange(min=0.1, max=100),
    default=1.0,
    show_default=True,
    help="How fast the night goes by.",
)
@click.pass_obj
def demo(options: Options, nights: int, speed: float) -> None:
    """Open the dashboard on a made-up zos in which a night is going on.

    Everything is in a temporary folder, which goes away with the dashboard.
    """
    from zos_monitor.demo.folder import DemoFolder
    from zos_monitor.tui.signals import leaving_by_exit

    options.filter()
    require_terminal()
    with leaving_by_exit(), DemoFolder(nights=nights, speed=speed) as folder:
        shown = options._replace(db=folder.database, zos_dir=folder.root)
        open_dashboard(shown, shown.service())


@main.command()
@click.pass_obj
def layers(options: Options) -> None:
    """Print the totals of each layer, over all runs or those that --filter matches."""
    import asyncio

    from zos_monitor.store.faults import DatabaseFault
    from zos_monitor.tables import layers_table

    try:
        totals = asyncio.run(options.service().totals(options.filter()))
    except DatabaseFault as fault:
        fail(fault.message)
    from zos_monitor.model.text import to_ascii

    lines = layers_table(totals)
    if options.plain or not (sys.stdout.encoding or "").lower().startswith("utf"):
        lines = [to_ascii(line) for line in lines]
    try:
        click.echo("\n".join(lines))
    except OSError as fault:
        fail(f"standard output can't be written to ({fault.strerror})")


def require_terminal() -> None:
    """End with a sentence where the dashboard would have no screen to draw on."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        fail("the dashboard needs a terminal: standard input and standard error must be one")
    if os.environ.get("TERM", "dumb") == "dumb":
        fail("this terminal can't move its cursor (TERM is dumb or not set); use another one")


def open_dashboard(options: Options, service: RunService) -> None:
    """Run the dashboard until the operator quits."""
    flt = options.filter()
    require_terminal()
    from zos_monitor.tui.opening import run_dashboard

    status = run_dashboard(
        service,
        flt,
        plain=options.plain,
        plain_driver=options.plain_driver,
        bell=options.bell,
        environ=os.environ,
    )
    sys.exit(status)
