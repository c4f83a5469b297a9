"""How to read zos's file and leave nothing beside it.

In WAL mode SQLite creates a missing ``-shm`` and ``-wal`` for readers too, owned by the reader, and
a reader can't take them away again. Made by another user than zos's, they lock zos out for good.
So a file without them is read as if it were on a read-only disk.

That alone is not enough: zos may close its database, and SQLite take both files away, between the
look at them and the opening. It does so only under an exclusive lock. Whoever is neither zos's user
nor root thus takes a reader's lock first, then looks, and keeps the lock until nothing is open.
"""

from __future__ import annotations

import errno
import fcntl
import os
import struct
from pathlib import Path

from zos_monitor.store.fingerprint import side_file

_READERS = 510, 0x40000002  # how many bytes of the file SQLite's readers lock, and from where on
_WAL = 2  # the file format's read and write version where a write-ahead log is used


class Borrowing:
    """Decides how one database is opened, and keeps locks while it has to.

    To look into a file, or to let go of a lock, drops all locks that this process holds on it (a
    trait of POSIX): ``look`` is told whether connections are open, ``release`` needs none to be.
    """

    def __init__(self) -> None:
        self._held: dict[tuple[int, int], int] = {}  # device and inode, and the open file's number

    def look(self, file: Path, *, locking: bool) -> bool:
        """Tell whether a read-only connection would create files beside the database.

        ``locking`` tells whether a connection of ours holds locks now. A writer that has the file
        for itself keeps no ``-shm`` either; it is not read past its locks: BlockingIOError.
        """
        try:
            status = file.stat()
            if os.geteuid() in (0, status.st_uid):  # SQLite gives to zos what it makes as root
                return not locking and _would_leave_files(file)
            which = status.st_dev, status.st_ino
            number = self._held.get(which)
            if number is None:
                number = os.open(file, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:  # it has just gone, as opening it will tell
            return False
        return self._hold(file, which, number, locking=locking)

    def release(self) -> None:
        """Let go of the locks; to be called when no connection is open."""
        while self._held:
            os.close(self._held.popitem()[1])

    def _hold(self, file: Path, which: tuple[int, int], number: int, *, locking: bool) -> bool:
        """Keep a lock on the file where it is needed, and tell whether to read without any."""
        keep = locking or which in self._held  # else the locks there are would go with this look
        try:
            if not _has_log(number):
                return False
            _share(number)
            complete = _has_side_files(file)
            keep = keep or complete
            return not complete
        finally:
            if keep:
                self._held[which] = number
            else:
                os.close(number)


def _would_leave_files(file: Path) -> bool:
    if _has_side_files(file):
        return False
    try:
        number = os.open(file, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        if not _has_log(number):
            return False
        _share(number)
    except BlockingIOError:
        raise
    except OSError:
        return False
    finally:
        os.close(number)
    return True


def _has_side_files(file: Path) -> bool:
    return all(side_file(file, suffix).exists() for suffix in ("-wal", "-shm"))


def _has_log(number: int) -> bool:
    return os.pread(number, 20, 0)[18:] == bytes((_WAL, _WAL))


def _share(number: int) -> None:
    """Take a reader's lock on an open file until it is closed. Raises BlockingIOError.

    On Linux it is the open file's own. Elsewhere it is the process's, as SQLite's are, and another
    connection of ours that closes just now may take it along.
    Where the file system has no locks, nobody can have the file for himself.
    """
    length, start = _READERS
    lock = struct.pack("hhqqi4x", fcntl.F_RDLCK, os.SEEK_SET, start, length, 0)
    try:
        if hasattr(fcntl, "F_OFD_SETLK"):
            fcntl.fcntl(number, fcntl.F_OFD_SETLK, lock)
        else:
            fcntl.lockf(number, fcntl.LOCK_SH | fcntl.LOCK_NB, length, start)
    except OSError as error:
        if error.errno in (errno.EAGAIN, errno.EACCES):
            raise BlockingIOError(error.errno, error.strerror) from error
