"""Commands on the history, at the instant that it was made for."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.commands.following import BEGIN
from tests.conftest import NOW, ZosProcess
from zos_monitor.model import times
from zos_monitor.options import Options
from zos_monitor.questions import Service


@pytest.fixture
def at_that_time(history: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Have commands in this process ask at the present of the history, and return its path."""
    real = Options.service

    def service(options: Options) -> Service:
        asked = real(options)
        asked.clock = lambda: NOW
        return asked

    monkeypatch.setattr(Options, "service", service)
    monkeypatch.setattr(times, "utc_now", lambda: NOW)
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
