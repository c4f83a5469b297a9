"""Crash reports: a file for each exception that has ended the program."""

from __future__ import annotations

import os
import platform
import re
import sqlite3
import sys
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from importlib import metadata
from pathlib import Path

from zos_monitor import __version__
from zos_monitor.reports import began, places
from zos_monitor.reports.telling import told

KEPT = 10
"""How many reports are kept, the newest."""

_NAME = re.compile(r"crash-\d{8}T\d{6}Z-\d+(-\d+)?\.txt")
_TERM = re.compile(r"[A-Za-z0-9._+-]{1,40}")
_HEAD = """\
A crash report of zos-monitor. Of errors it holds their types and the places in the program,
and nothing of what was in the database, on the screen or in the environment.
"""


_written: list[tuple[BaseException, Path]] = []  # the last one


def write_once(error: BaseException) -> Path | None:
    """Write a report, unless that is the last one already. Never raises."""
    if _written and _written[0][0] is error:
        return _written[0][1]
    path = _write(error)
    _written[:] = [(error, path)] if path is not None else []
    return path


def _write(error: BaseException) -> Path | None:
    """Write a report, and remove the oldest of too many; None where that can't be."""
    try:
        folder = places.folder()
        path = _write_one(folder, "\n".join([_HEAD, *_facts(), "", *_told(error)]) + "\n")
        _remove_old(folder)
    except Exception:  # a fault in telling of faults must not be a second one
        return None
    return path


def _write_one(folder: Path, text: str) -> Path:
    stem = f"crash-{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{os.getpid()}"
    for number in range(1, KEPT):
        path = folder / (f"{stem}.txt" if number == 1 else f"{stem}-{number}.txt")
        with suppress(FileExistsError):
            places.write_new(path, text)
            return path
    raise FileExistsError("one crash after the other")


def _remove_old(folder: Path) -> None:
    reports = [path for path in folder.iterdir() if _NAME.fullmatch(path.name)]
    reports.sort(key=lambda path: path.name)
    for path in reports[:-KEPT]:
        with suppress(OSError):  # it has gone, or is another's
            path.unlink()


def _told(error: BaseException) -> list[str]:
    if began.replaced():  # the lines would be those of another version
        return [*told(error), "", "zos-monitor has been replaced since it began."]
    return told(error, sources=True)


def _facts() -> list[str]:
    ran = timedelta(seconds=int(began.seconds_ago()))
    return [
        f"at        {datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC, {ran} after it began",
        f"versions  zos-monitor {__version__}, Python {platform.python_version()}, "
        f"Textual {_version('textual')}, SQLite {sqlite3.sqlite_version}",
        f"system    {platform.system()} {platform.release()} {platform.machine()}",
        f"terminal  {_terminal()}",
    ]


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "none"


def _terminal() -> str:
    name = os.environ.get("TERM", "")
    known = name if _TERM.fullmatch(name) else "unknown"
    for stream in (sys.__stderr__, sys.__stdout__, sys.__stdin__):
        with suppress(OSError, ValueError, AttributeError):  # closed, or no terminal
            width, height = os.get_terminal_size(stream.fileno())  # type: ignore[union-attr]
            return f"{known}, {width}x{height}"
    return f"none ({known})"
