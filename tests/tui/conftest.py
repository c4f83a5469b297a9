from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.tui.driving import NOW, polls_are_rest
from zos_monitor.demo.history import write_history
from zos_monitor.demo.writer import ZosWriter


@pytest.fixture(autouse=True)
def _polls_are_rest() -> Iterator[None]:
    with polls_are_rest():
        yield


@pytest.fixture(scope="session")
def _written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("nights") / "zos.db"
    with ZosWriter(path) as writer:
        write_history(writer, nights=30, until=NOW)
    return path


@pytest.fixture
def history(path: Path, _written: Path) -> Path:
    """Return a database of 30 nights, written at a fixed time; zos is down."""
    shutil.copyfile(_written, path)
    written = (NOW - timedelta(hours=2)).timestamp()
    os.utime(path, (written, written))
    return path
