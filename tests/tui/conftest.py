from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.tui.driving import NOW
from zos_monitor.demo.history import write_history
from zos_monitor.demo.writer import ZosWriter


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "zos.db"


@pytest.fixture
def writer(path: Path) -> Iterator[ZosWriter]:
    """Zos at work on an empty database."""
    with ZosWriter(path) as writer:
        yield writer


@pytest.fixture
def history(path: Path) -> Path:
    """Return a database of 30 nights, written at a fixed time; zos is down."""
    with ZosWriter(path) as writer:
        write_history(writer, nights=30, until=NOW)
    written = (NOW - timedelta(hours=2)).timestamp()
    os.utime(path, (written, written))
    return path
