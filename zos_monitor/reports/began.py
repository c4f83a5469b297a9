"""When the program began, and whether it has been replaced by another version since."""

from __future__ import annotations

import os
import sys
import time

PACKAGE = __package__.partition(".")[0]
AT = time.time()
"""When this was imported, which is early, in seconds since 1970."""
_STEADY = time.monotonic()


def seconds_ago() -> float:
    """Return how long the program has run, in seconds."""
    return time.monotonic() - _STEADY


def replaced() -> bool:
    """Tell whether a part of the program that is in use is another file by now, or none.

    What is loaded later then is of another version than what was loaded before.
    """
    files = [getattr(part, "__file__", None) for name, part in [*sys.modules.items()] if ours(name)]
    try:
        return any(os.stat(file).st_ctime > AT for file in files if file is not None)
    except OSError:
        return True


def ours(name: str) -> bool:
    """Tell whether a module of this name is a part of the program."""
    return name == PACKAGE or name.startswith(f"{PACKAGE}.")
