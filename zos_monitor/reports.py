"""What goes wrong in the monitor itself: told in one sentence, and noted in a file of its own.

Neither holds anything of the database: of an exception only its type and the places in the code
are told, never its message, its arguments or the values of variables.
"""

from __future__ import annotations

import traceback
from pathlib import Path

from zos_monitor.model.faults import DatabaseFault, FaultKind


def unforeseen(error: BaseException, doing: str) -> DatabaseFault:
    """Note an exception that nobody has foreseen, and return it as a fault to be told.

    ``doing`` says what the monitor was about, such as ``looking for changes``; it is a constant.
    """
    return DatabaseFault(FaultKind.UNFORESEEN, f"{doing} failed by {words(error)}")


def words(error: BaseException) -> str:
    """Return what kind of exception it is and where it came up, in a few words."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" in {Path(frames[-1].filename).name}, line {frames[-1].lineno}" if frames else ""
    return f"a fault of zos-monitor's own ({type(error).__name__}{place})"
