"""When zos's files were last written, seen from outside: without opening them."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple


class Stamp(NamedTuple):
    """A file's identity, times of last writing and of any change, and size in bytes.

    Times are nanoseconds since the epoch. The first of them can be set back, as ``cp -p`` does;
    the other one can't, and changes with the file's permissions too.
    """

    device: int
    inode: int
    written_ns: int
    size: int
    changed_ns: int

    def of_same_file(self, other: Stamp) -> bool:
        """Tell whether this is the stamp of the same file, perhaps at another time."""
        return (self.device, self.inode) == (other.device, other.inode)


class Fingerprint(NamedTuple):
    """What changes about the database's files whenever anyone commits."""

    file: str
    main: Stamp
    log: Stamp

    @property
    def written_at(self) -> datetime | None:
        """When the files were last written; None for a time that no calendar has."""
        newest = max(self.main.written_ns, self.log.written_ns)
        try:
            return datetime.fromtimestamp(newest // 1_000_000 / 1000, UTC) if newest else None
        except (ValueError, OverflowError, OSError):
            return None

    def of_other_file(self, earlier: Fingerprint) -> bool:
        """Tell whether another file has taken the place of the one that was there earlier."""
        return self.file != earlier.file or not self.main.of_same_file(earlier.main)


def fingerprint(path: Path, last: Fingerprint | None = None) -> Fingerprint | None:
    """Return the present fingerprint, None where there is no file.

    Two calls of ``stat`` and no connection: cheap enough for several times a second. Links are
    followed to the file anew only where another one is there than at the ``last`` look.
    """
    try:
        main = stamp(path)
        if not any(main):
            return None
        same = last is not None and main.of_same_file(last.main)
        file = last.file if last is not None and same else str(path.resolve())
        # SQLite changes the owner of a log when root reads it, be it to what that was.
        return Fingerprint(file, main, stamp(f"{file}-wal")._replace(changed_ns=0))
    except (OSError, RuntimeError):  # RuntimeError: a link to itself, before Python 3.13
        return None


def side_file(file: Path, suffix: str) -> Path:
    """Return the path of a file that SQLite keeps beside the database, such as ``-wal``."""
    return file.with_name(file.name + suffix)


def stamp(file: Path | str) -> Stamp:
    """Return a file's stamp, all zeros where there is none."""
    try:
        stat = os.stat(file)
    except FileNotFoundError:
        return Stamp(0, 0, 0, 0, 0)
    return Stamp(stat.st_dev, stat.st_ino, stat.st_mtime_ns, stat.st_size, stat.st_ctime_ns)
