"""Opening the dashboard from the command line."""

from __future__ import annotations

import os
import sys
from typing import TextIO

from zos_monitor.options import Options, fail
from zos_monitor.questions import Service


def require_terminal() -> None:
    """End with a sentence where the dashboard would have no keys, or no screen to draw on."""
    from zos_monitor.tui.terminal_kinds import unfit

    _require("standard input", sys.stdin)
    _require("standard error", sys.stderr)
    if words := unfit(os.environ):
        fail(words)
    _require("standard output", sys.stdout)  # it tells the size, and who leads it away wants text


def _require(name: str, stream: TextIO | None) -> None:
    if stream is None or not stream.isatty():
        told = "closed" if stream is None else "none"
        fail(f"the dashboard needs a terminal, and {name} is {told}; commands such as runs don't")


def open_dashboard(options: Options, service: Service) -> None:
    """Run the dashboard until the operator quits."""
    flt = options.filter()
    require_terminal()
    _settle_colours()
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


def _settle_colours() -> None:
    """Have Textual use as many colours as the terminal has; it reads that when it is imported."""
    from zos_monitor.tui.terminal_kinds import Colours, colours

    known = colours(os.environ)
    os.environ.setdefault("TEXTUAL_COLOR_SYSTEM", (known.value or Colours.SIXTEEN.value))
    if not os.environ.get("NO_COLOR"):
        os.environ.pop("NO_COLOR", None)  # empty, it asks for nothing
