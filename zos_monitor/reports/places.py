"""Where the monitor keeps what it notes of itself: a folder and files for their owner alone."""

from __future__ import annotations

import os
from pathlib import Path

ENVIRONMENT = "ZOS_MONITOR_LOG_DIR"
"""The environment variable that names another folder."""

_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL
_MORE = os.O_WRONLY | os.O_CREAT | os.O_APPEND
_SAFE = os.O_NOFOLLOW | os.O_CLOEXEC


def folder() -> Path:
    """Return the folder, made where it is not there. Raises OSError where it can't be had."""
    named = os.environ.get(ENVIRONMENT)
    if named:
        path = Path(named)
    else:
        from platformdirs import user_log_path  # only a fault needs it

        path = user_log_path("zos-monitor", appauthor=False)
    if not path.is_absolute():  # whose home is not known has it begin with a tilde
        raise FileNotFoundError("there is no home")
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def write_new(path: Path, text: str) -> None:
    """Write a file that is not there yet; leaves none behind where that fails by an OSError."""
    descriptor = os.open(path, _NEW | _SAFE, 0o600)
    try:
        _write(descriptor, text)
    except OSError:
        path.unlink(missing_ok=True)
        raise
    finally:
        os.close(descriptor)


def append(path: Path, text: str) -> None:
    """Write at the end of a file."""
    descriptor = os.open(path, _MORE | _SAFE, 0o600)
    try:
        _write(descriptor, text)
    finally:
        os.close(descriptor)


def _write(descriptor: int, text: str) -> None:
    data = text.encode("utf-8", "replace")
    while data:
        data = data[os.write(descriptor, data) :]
