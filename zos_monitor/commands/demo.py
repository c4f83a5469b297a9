"""``demo``: the dashboard on a made-up zos."""

from __future__ import annotations

import click

from zos_monitor.dashboard_opening import open_dashboard, require_terminal
from zos_monitor.options import Options, redacted


@click.command("demo", short_help="Open the dashboard on a made-up zos.")
@click.option(
    "--nights",
    type=click.IntRange(1, 400),
    default=30,
    show_default=True,
    help="How many nights have gone before.",
)
@click.option(
    "--speed",
    type=click.FloatRange(min=0.1, max=100),
    default=1.0,
    show_default=True,
    help="How fast the night goes by.",
)
@redacted
@click.pass_obj
def command(options: Options, nights: int, speed: float) -> None:
    """Open the dashboard on a made-up zos in which a night is going on.

    Everything is in a temporary folder, which goes away with the dashboard.

    \b
    Examples:
      zos-monitor demo
      zos-monitor demo --nights 90 --speed 10
      zos-monitor demo --redact
    """  # noqa: D301 (click reads the control character)
    from zos_monitor.demo.folder import DemoFolder
    from zos_monitor.signals import leaving_by_exit

    options.filter()
    require_terminal()
    with leaving_by_exit(), DemoFolder(nights=nights, speed=speed) as folder:
        shown = options._replace(db=folder.database, zos_dir=folder.root)
        open_dashboard(shown, shown.service())
