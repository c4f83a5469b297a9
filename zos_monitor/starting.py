"""The first that is run: nothing is imported before Ctrl-C ends the program in order."""

from __future__ import annotations

# Not from signal: that imports much more, and would be interrupted itself.
from _signal import (  # type: ignore[import-not-found]
    SIG_DFL,
    SIGINT,
    default_int_handler,
    getsignal,
    signal,
)


def main() -> None:
    """Run the command line.

    Ctrl-C leaves no traceback of Python's own: neither while the command line is still being
    imported, nor when all is done but the interpreter's own end.
    """
    if getsignal(SIGINT) is default_int_handler:
        signal(SIGINT, SIG_DFL)
    from zos_monitor.cli import main as command_line

    command_line()
