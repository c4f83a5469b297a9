"""Commands on the history, at the instant that it was made for."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.commands.following import BEGIN
from tests.commands.invoking import ask_at_that_time
from tests.conftest import ZosProcess


@pytest.fixture
def at_that_time(history: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Have commands in this process ask at the present of the history, and return its path."""
    ask_at_that_time(monkeypatch)
    return history


@pytest.fixture
def copy(history: Path, path: Path) -> Path:
    return Path(shutil.copy2(history, path))


@pytest.fixture
def live(zos_process: ZosProcess, path: Path) -> ZosProcess:
    """Return a zos with a run that has just begun."""
    zos_process.open(path)
    zos_process.do(BEGIN)
    return zos_process
