"""What goes wrong in the monitor itself: told in one sentence, and noted in files of its own.

Neither holds anything of the database: of an exception only its type and the places in the code
are told, never its message, its arguments or the values of variables.
"""

from __future__ import annotations

import sys
from pathlib import Path

from zos_monitor.model.faults import DatabaseFault, FaultKind
from zos_monitor.reports import began

SOFTWARE = 70
"""The exit status after a fault of the monitor's own: EX_SOFTWARE of sysexits.h."""

__all__ = ["SOFTWARE", "crash_report", "for_developers", "last_words", "unforeseen", "words"]


def unforeseen(error: BaseException, doing: str) -> DatabaseFault:
    """Note an exception that nobody has foreseen, and return it as a fault to be told.

    ``doing`` says what the monitor was about, such as ``looking for changes``; it is a constant.
    It is noted in the log; the same one again within an hour is only counted. Never raises.
    """
    try:
        from zos_monitor.reports.log import note

        noted = note(error, doing)
    except Exception:  # what is loaded this late may be of another version
        noted = None
    where = f"noted in {_short(noted)}" if noted is not None else "it could not be noted in a file"
    return DatabaseFault(
        FaultKind.UNFORESEEN, f"{doing} failed by {words(error)}{_advice(error)}; {where}"
    )


def crash_report(error: BaseException) -> Path | None:
    """Write down an exception that ends the program; None where that can't be. Never raises.

    The newest ten reports are kept. They can be read by their owner alone. Of an exception that
    was just written down there is the one report.
    """
    try:
        from zos_monitor.reports.crashes import write_once

        return write_once(error)
    except Exception:  # what is loaded this late may be of another version
        return None


def last_words(error: BaseException) -> str:
    """Write a crash report, and return the sentence with which the program ends. Never raises."""
    report = crash_report(error)
    if report is not None:
        where = f"what is known of it, without any data, is in {_short(report)}"
    else:
        where = "no report of it could be written"
    return f"ended by {words(error)}{_advice(error) or '; start it again'}; {where}"


def words(error: BaseException) -> str:
    """Return what kind of exception it is and where it came up, in a few words."""
    try:
        from zos_monitor.reports.telling import kind, place

        what = f"{kind(error)}{place(error)}"
    except Exception:  # what is loaded this late may be of another version
        what = type(error).__name__
    return f"a fault of zos-monitor's own ({what})"


def for_developers() -> bool:
    """Tell whether tracebacks are wanted as Python prints them: in its development mode."""
    return sys.flags.dev_mode


def _advice(error: BaseException) -> str:
    """Return what to do about it, where that is known."""
    if began.replaced():
        return "; zos-monitor has been replaced since it began: leave it and open it again"
    if isinstance(error, ImportError):
        return "; a part of zos-monitor, or of what it needs, can't be loaded: install it again"
    return ""


def _short(path: Path) -> str:
    """Return a path as people write it, from their home."""
    try:
        return f"~/{path.relative_to(Path.home())}"
    except (ValueError, RuntimeError):  # it is elsewhere; there is no home
        return str(path)
