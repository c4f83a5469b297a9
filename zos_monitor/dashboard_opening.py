"""Opening the dashboard from the command line."""

from __future__ import annotations

import os
import sys

from zos_monitor.options import Options, fail
from zos_monitor.questions import Service


def require_terminal() -> None:
    """End with a sentence where the dashboard would have no screen to draw on."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        fail("the dashboard needs a terminal: standard input and standard error must be one")
    if os.environ.get("TERM", "dumb") == "dumb":
        fail("this terminal can't move its cursor (TERM is dumb or not set); use another one")


def open_dashboard(options: Options, service: Service) -> None:
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
