from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import pytest

from tests.tui.driving import NOW
from zos_monitor.demo.history import write_history
from zos_monitor.demo.writer import ZosWriter


@pytest.fixture
def history(path: Path) -> Path:
    """Return a database of 30 nights, written at a fixed time; zos is down."""
    with ZosWriter(path) as writer:
        write_history(writer, nights=30, until=NOW)
    written = (NOW - timedelta(hours=2)).timestamp()
    os.utime(path, (written, written))
    return path
