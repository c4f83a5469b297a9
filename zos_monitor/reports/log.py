"""The log: what nobody has foreseen, noted once and then counted."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from zos_monitor import __version__
from zos_monitor.reports import places
from zos_monitor.reports.telling import told

NAME = "zos-monitor.log"
MOST_BYTES = 256 * 1024
"""From this size on the log is put aside, in the place of the one that was put aside before."""
AGAIN_SECONDS = 3600.0
"""How long a failure is only counted after it was noted."""
UNWRITABLE_SECONDS = 60.0
"""The same after it could not be noted."""

_MOST_KNOWN = 64  # failures whose counts are kept; beyond that the oldest is forgotten
_MOST_LINES = 40


@dataclass
class _Known:
    """A failure that has been noted, or could not be."""

    path: Path | None
    until: float  # on the steady clock
    more: int = 0


_known: dict[tuple[str, ...], _Known] = {}


def note(error: BaseException, doing: str) -> Path | None:
    """Note a failure; return where, None where that can't be. Never raises."""
    try:
        return _note([doing, *told(error)[:_MOST_LINES]])
    except Exception:  # a fault in telling of faults must not be a second one
        return None


def _note(lines: list[str]) -> Path | None:
    key, now = tuple(lines), time.monotonic()
    known = _known.pop(key, None)
    if known is not None and now < known.until:
        known.more += 1
        _known[key] = known
        return known.path
    more = known.more if known is not None else 0
    path = _written(lines, more)
    wait = AGAIN_SECONDS if path is not None else UNWRITABLE_SECONDS
    _known[key] = _Known(path, now + wait, 0 if path is not None else more + 1)
    while len(_known) > _MOST_KNOWN:
        del _known[next(iter(_known))]
    return path


def _written(lines: list[str], more: int) -> Path | None:
    """Write a failure into the log; return where that is, None where it can't be."""
    stamp = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
    counted = f" ({more:,} times more before this)" if more else ""
    doing, *rest = lines
    head = f"{stamp} zos-monitor {__version__} [{os.getpid()}] {doing} failed{counted}"
    try:
        path = places.folder() / NAME
        _put_aside(path)
        places.append(path, "\n".join([head, *(f"  {line}" for line in rest)]) + "\n")
    except OSError:
        return None
    return path


def _put_aside(path: Path) -> None:
    try:
        full = path.stat().st_size >= MOST_BYTES
    except FileNotFoundError:
        return
    if full:
        path.replace(path.with_name(f"{NAME}.1"))
