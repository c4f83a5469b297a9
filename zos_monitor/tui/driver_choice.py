"""Which driver the dashboard runs on: its own where that works, Textual's elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from textual.driver import Driver
    from textual.screen import Screen

_BUILT_ON = (
    "_get_terminal_size",
    "_sigtstp_application",
    "close",
    "disable_input",
    "process_message",
    "run_input_thread",
    "start_application_mode",
    "stop_application_mode",
)
"""What of Textual's driver the quiet one replaces or calls."""


def choose_driver(*, plain: bool, environ: Mapping[str, str]) -> type[Driver] | None:
    """Return the quiet driver; None for the one that Textual chooses.

    That is where ``plain`` asks for it, where the environment names a driver, and where what the
    quiet driver is built on is not there: on other systems, or in another version of Textual.
    """
    if plain or environ.get("TEXTUAL_DRIVER"):
        return None
    try:
        from textual.drivers.linux_driver import LinuxDriver

        from zos_monitor.tui.driver import QuietDriver
    except ImportError:
        return None
    return QuietDriver if all(hasattr(LinuxDriver, name) for name in _BUILT_ON) else None


def redraw(screen: Screen[Any]) -> None:
    """Have the whole screen drawn and sent again, also what the driver knows to be there."""
    forget = getattr(getattr(screen.app, "_driver", None), "forget", None)
    if callable(forget):
        forget()
    screen.refresh(repaint=True, layout=True)
