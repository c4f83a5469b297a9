"""What can be wrong with a database file, in one sentence each."""

from __future__ import annotations

import errno
import os
import sqlite3
import stat
from collections.abc import Iterable
from pathlib import Path

from zos_monitor.model.faults import DatabaseFault, FaultKind
from zos_monitor.model.text import one_line

NO_LOG = (
    "the last commits may be missing: its write-ahead log is left out, as reading that would leave"
    " a file beside it; start zos, which takes it in"
)
"""What a health notes where commits stay unseen."""

MIXED = (
    "the file has been replaced, but the write-ahead log of the old one still lies beside it,"
    " and SQLite reads both as one; stop zos, move the -wal and -shm files away, start zos"
)
"""What a health notes where what is read is of two databases."""


def gone(tables: Iterable[str]) -> str:
    """Return what a health notes where tables have vanished that runs are told by."""
    names = sorted(tables)
    costs = "costs are what zos wrote into the runs' rows, and " if "llm_calls" in names else ""
    one = len(names) == 1
    return (
        f"the table{'' if one else 's'} {' and '.join(names)} {'is' if one else 'are'} gone:"
        f" {costs}progress is told without {'it' if one else 'them'}; if that is not meant, restore"
        f" {'it' if one else 'them'} from a backup"
    )


def missing(path: Path) -> DatabaseFault:
    """Return the fault of a file that is not there."""
    return DatabaseFault(
        FaultKind.MISSING,
        f"no database at {path}; start zos, or name another file with --db",
    )


def not_zos(path: Path, lack: str) -> DatabaseFault:
    """Return the fault of a sound database that is not zos's; ``lack`` is what it has not."""
    return DatabaseFault(
        FaultKind.NOT_ZOS,
        f"{path} is not a zos database: {one_line(lack)}; name zos's own file with --db, or if this"
        " is it, restore it from a backup",
    )


def unreachable(path: Path, error: OSError) -> DatabaseFault:
    """Return the fault of a file that the system does not let us reach."""
    return DatabaseFault(
        FaultKind.UNREADABLE,
        f"{path} can't be reached ({error.strerror}); mind its name, and who may read it and"
        " enter its folders",
    )


def locked(path: Path) -> DatabaseFault:
    """Return the fault of a file that another process has for itself."""
    return DatabaseFault(
        FaultKind.LOCKED, f"{path} is locked by another process; trying again until it lets go"
    )


def slow(path: Path, seconds: float) -> DatabaseFault:
    """Return the fault of a file whose reading has not come to an end for so long."""
    return DatabaseFault(
        FaultKind.SLOW,
        f"{path} has not answered for {seconds:g} seconds; waiting on, the disk may be busy or"
        " gone",
    )


def inspect(path: Path) -> DatabaseFault | None:
    """Return what is wrong with the file as the file system shows it, None where nothing is."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return missing(path)
    except OSError as error:
        return unreachable(path, error)
    if stat.S_ISDIR(found.st_mode):
        return DatabaseFault(
            FaultKind.UNREADABLE,
            f"{path} is a folder; name the database file in it with --db",
        )
    if not stat.S_ISREG(found.st_mode):
        return DatabaseFault(
            FaultKind.NOT_SQLITE, f"{path} is no file but a device or a pipe; name one with --db"
        )
    if found.st_size == 0:
        return DatabaseFault(
            FaultKind.NOT_ZOS,
            f"{path} is not a zos database: the file is empty; start zos, which fills it, or name"
            " zos's own file with --db",
        )
    if not os.access(path, os.R_OK):
        return unreachable(path, PermissionError(errno.EACCES, os.strerror(errno.EACCES)))
    return None


def explain(path: Path, error: sqlite3.Error) -> DatabaseFault:
    """Return the fault behind an error of SQLite's, told by its code."""
    code = (getattr(error, "sqlite_errorcode", None) or 0) & 0xFF
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return locked(path)
    if code == sqlite3.SQLITE_NOTADB:
        return DatabaseFault(
            FaultKind.NOT_SQLITE,
            f"{path} is not an SQLite database; name zos's own file with --db, or if this is it,"
            " restore it from a backup",
        )
    if code == sqlite3.SQLITE_CORRUPT:
        return DatabaseFault(
            FaultKind.DAMAGED,
            f"{path} is damaged or half-copied ({one_line(str(error))}); wait for the copy to end,"
            " else check it with PRAGMA integrity_check and restore it from a backup",
        )
    if code in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH):
        return inspect(path) or DatabaseFault(
            FaultKind.UNREADABLE,
            f"{path} can't be opened; mind the permissions of the file and its folder",
        )
    if code == sqlite3.SQLITE_READONLY:  # its journal or log must be played back, which writes
        return DatabaseFault(
            FaultKind.UNREADABLE,
            f"{path} was left in the middle of a write; start zos, which brings it in order",
        )
    if code == sqlite3.SQLITE_IOERR:
        return DatabaseFault(
            FaultKind.OTHER,
            f"{path} can't be read ({error}); the disk may be failing or gone: see the system's"
            " log",
        )
    if code == sqlite3.SQLITE_ERROR and "no such" in str(error):
        return not_zos(path, str(error))
    return DatabaseFault(FaultKind.OTHER, f"{path} can't be read: {one_line(str(error))}")
