"""The matrix of faults: how each is made, what is to be read then, and what it needs."""

from __future__ import annotations

import os
from dataclasses import dataclass
from enum import Enum, auto
from functools import lru_cache
from pathlib import Path

from tests.faults import files, inside, system
from tests.faults.inside import Make
from tests.faults.scene import OTHER_LAYER
from zos_monitor.model.faults import FaultKind


class Need(Enum):
    """What a fault needs to be made here."""

    NOTHING = auto()
    MOUNT = auto()
    OTHER_USER = auto()
    """One who watches and may be refused: root never is."""
    OTHER_ZOS = auto()
    """A zos and one who watches that are both somebody else."""


@dataclass(frozen=True)
class Fault:
    """One fault. ``make`` makes it for real, and ends it at its exit.

    ``kind`` is the fault to be told, None where the database is read all the same; ``words`` are
    in what is told of it. ``layer`` is of the runs that are to be seen meanwhile where these are
    others, ``cost`` what they are told to have cost. ``asks``: nobody meets it before he asks, for
    the files are the same. ``up``: zos is up and has written before it is made. ``at_start``: it is
    made before anybody watches. ``doubt`` is why the header does not say live though it is read.
    """

    name: str
    make: Make
    kind: FaultKind | None
    words: tuple[str, ...] = ()
    needs: Need = Need.NOTHING
    layer: str | None = None
    asks: bool = False
    cost: str = "≠$0.50 "
    up: bool = False
    at_start: bool = False
    doubt: str = ""


_OTHER = OTHER_LAYER
_KIND = FaultKind

FAULTS = (
    Fault(
        "missing at start",
        files.deleted,
        _KIND.MISSING,
        ("no database at", "start zos"),
        at_start=True,
    ),
    Fault("deleted", files.deleted, _KIND.MISSING, ("no database at", "start zos")),
    Fault(
        "deleted under zos",
        files.deleted_under_zos,
        _KIND.MISSING,
        ("no database at", "start zos"),
        up=True,
    ),
    Fault("replaced by rename", files.replaced, None, layer=_OTHER),
    Fault(
        "replaced by rename, old -wal left",
        files.replaced_beside_log,
        None,
        ("log of the old one still lies beside it", "stop zos, move the -wal"),
        doubt="log of another file",
        layer=_OTHER,
        up=True,
    ),
    Fault("replaced, same size and time", files.replaced_unseen, None, layer=_OTHER),
    Fault("overwritten, same size and time", files.overwritten_unseen, None, layer=_OTHER),
    Fault("overwritten by a longer one", files.overwritten_by_longer, None, layer=_OTHER),
    Fault("overwritten by a shorter one", files.overwritten_by_shorter, None, layer=_OTHER),
    Fault(
        "overwritten by a foreign one",
        files.overwritten_by_foreign,
        _KIND.NOT_ZOS,
        ("it has no table layer_runs", "--db"),
    ),
    Fault("truncated", files.half_copied, _KIND.DAMAGED, ("damaged or half-copied", "backup")),
    Fault("random pages", files.random_pages, _KIND.DAMAGED, ("damaged", "integrity_check")),
    Fault("header zeroed", files.header_zeroed, _KIND.NOT_SQLITE, ("not an SQLite database",)),
    Fault("empty", files.emptied, _KIND.NOT_ZOS, ("the file is empty", "start zos")),
    Fault("a folder in its place", files.folder, _KIND.UNREADABLE, ("is a folder", "--db")),
    Fault("a foreign database", files.foreign, _KIND.NOT_ZOS, ("no table layer_runs",)),
    Fault("a text file", files.text, _KIND.NOT_SQLITE, ("not an SQLite database", "--db")),
    Fault("layer_runs dropped", inside.runs_dropped, _KIND.NOT_ZOS, ("no table layer_runs",)),
    Fault("a column missing", inside.status_dropped, _KIND.NOT_ZOS, ("no column status",)),
    Fault("a column missing that is optional", inside.errors_dropped, None),
    Fault("columns added", inside.columns_added, None),
    Fault(
        "llm_calls vanishes",
        inside.calls_dropped,
        None,
        ("the table llm_calls is gone", "costs are what zos wrote"),
        cost=" $0.01 ",
    ),
    Fault("insights vanishes", inside.insights_dropped, None, ("the table insights is gone",)),
    Fault("locked, WAL", inside.locked_with_log, _KIND.LOCKED, ("locked by another process",)),
    Fault(
        "locked, rollback",
        inside.locked_without_log,
        _KIND.LOCKED,
        ("locked by another process", "trying again"),
        asks=True,
    ),
    Fault(
        "hot journal",
        inside.hot_journal,
        _KIND.UNREADABLE,
        ("left in the middle of a write", "start zos"),
    ),
    Fault(
        "-shm missing after a crash",
        inside.shared_memory_missing,
        None,
        ("last commits may be missing", "write-ahead log is left out", "start zos"),
        doubt="log left out",
    ),
    Fault("read-only file system", system.read_only_file_system, None, needs=Need.MOUNT),
    Fault("disk full", system.disk_full, None, needs=Need.MOUNT),
    Fault("read-only folder", system.read_only_folder, None, needs=Need.OTHER_USER),
    Fault(
        "file forbidden",
        system.file_forbidden,
        _KIND.UNREADABLE,
        ("can't be reached (Permission denied)", "who may read it"),
        needs=Need.OTHER_USER,
    ),
    Fault(
        "folder forbidden",
        system.folder_forbidden,
        _KIND.UNREADABLE,
        ("can't be reached (Permission denied)",),
        needs=Need.OTHER_USER,
    ),
    Fault(
        "another user watches first", system.zos_down_under_other_user, None, needs=Need.OTHER_ZOS
    ),
)


@lru_cache(maxsize=1)
def mounts_here(folder: Path) -> bool:
    """Tell whether file systems can be mounted, as tried out in a folder."""
    return system.may_mount(folder)


def why_not(fault: Fault, folder: Path) -> str:
    """Return why a fault can't be made here, empty where it can; ``folder`` is to try things in."""
    if fault.needs is Need.MOUNT and not mounts_here(folder):
        return "no file system can be mounted here"
    if fault.needs is Need.OTHER_ZOS and os.geteuid() != 0:
        return "only root can be two other users"
    return ""
