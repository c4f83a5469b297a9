"""The dashboard on a terminal of its own, over a database of a few runs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.terminal.lasting import LastingTerminal, Opened
from zos_monitor.demo.writer import ZosWriter

LONG_AGO = datetime(2020, 5, 1, 3, tzinfo=UTC)  # its words stay what they are, whatever the time
COUNT = 60


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "zos.db"
    with ZosWriter(path) as writer:
        for number in range(COUNT):
            writer.raw_run(
                id=f"run-{number:02}",
                layer_name=("nightly-été", "weekly-夜", "dm-response")[number % 3],
                started_at=LONG_AGO - timedelta(hours=number),
                errors='[{"topic": "server:1:user:7", "error": "r\\u00e9seau: 429 \\u2026"}]',
                status="failed" if number % 3 == 0 else "success",
            )
    return path


@pytest.fixture
def opened(database: Path, tmp_path: Path) -> Iterator[Opened]:
    """Return what opens the dashboard and, unless told otherwise, waits until it is there."""
    terminals: list[LastingTerminal] = []

    def open_one(*options: str, wait: bool = True, **settings: object) -> LastingTerminal:
        terminal = LastingTerminal("--db", str(database), *options, folder=tmp_path, **settings)  # type: ignore[arg-type]
        terminals.append(terminal)
        if wait:
            terminal.shows("60 of 60", "all layers", "1 error of")
        return terminal

    yield open_one
    for terminal in terminals:
        terminal.close()
