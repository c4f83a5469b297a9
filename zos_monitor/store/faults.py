"""What can be wrong with a database file, in one sentence each."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from zos_monitor.model.faults import DatabaseFault, FaultKind


def missing(path: Path) -> DatabaseFault:
    """Return the fault of a file that is not there."""
    return DatabaseFault(
        FaultKind.MISSING,
        f"no database at {path} yet; start zos, or name another file with --db",
    )


def not_zos(path: Path, lack: str) -> DatabaseFault:
    """Return the fault of a sound database that is not zos's; ``lack`` is what it has not."""
    return DatabaseFault(
        FaultKind.NOT_ZOS,
        f"{path} is not a zos database: {lack}; name zos's own file with --db",
    )


def unreachable(path: Path, error: OSError) -> DatabaseFault:
    """Return the fault of a file that the system does not let us reach."""
    return DatabaseFault(
        FaultKind.UNREADABLE,
        f"{path} can't be reached ({error.strerror}); mind its name and its permissions",
    )


def inspect(path: Path) -> DatabaseFault | None:
    """Return what is wrong with the file as the file system shows it, None where nothing is."""
    try:
        if path.is_dir():
            return DatabaseFault(
                FaultKind.UNREADABLE,
                f"{path} is a folder; name the database file in it with --db",
            )
        size = path.stat().st_size
    except FileNotFoundError:
        return missing(path)
    except OSError as error:
        return unreachable(path, error)
    if size == 0:
        return not_zos(path, "the file is empty")
    return None


def explain(path: Path, error: sqlite3.Error) -> DatabaseFault:
    """Return the fault behind an error of SQLite's, told by its code."""
    code = (getattr(error, "sqlite_errorcode", None) or 0) & 0xFF
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return DatabaseFault(
            FaultKind.LOCKED, f"{path} is locked by another process; trying again until it lets go"
        )
    if code == sqlite3.SQLITE_NOTADB:
        return DatabaseFault(
            FaultKind.NOT_SQLITE,
            f"{path} is not an SQLite database; name zos's own file with --db",
        )
    if code == sqlite3.SQLITE_CORRUPT:
        return DatabaseFault(
            FaultKind.DAMAGED,
            f"{path} is damaged or half-copied ({error}); check it with PRAGMA integrity_check",
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
    if code == sqlite3.SQLITE_ERROR and "no such" in str(error):
        return not_zos(path, str(error))
    return DatabaseFault(FaultKind.OTHER, f"{path} can't be read: {error}")
