"""A held key on a real terminal: list and detail come to its end together, whatever draws them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.conftest import NOW
from tests.terminals import Terminal
from zos_monitor.demo.writer import ZosWriter

RUNS = 60
# The program as it is, and as it would be with a Textual that is made otherwise inside.
PROGRAMS = {
    "as it is": "",
    "no way to draw": "frames._DRAW = '_gone'",
    "no reasons to draw": "frames._REASONS = ('_gone',)",
}


@pytest.fixture(params=list(PROGRAMS.values()), ids=list(PROGRAMS))
def terminal(
    request: pytest.FixtureRequest, writer: ZosWriter, path: Path, tmp_path: Path
) -> Iterator[Terminal]:
    with writer.batch():
        for number in range(RUNS):
            writer.raw_run(id=f"run-{number:02}", started_at=NOW - timedelta(minutes=number))
    code = f"from zos_monitor.tui import frames; {request.param}\nimport zos_monitor.__main__"
    terminal = Terminal("--db", str(path), folder=tmp_path, program=("-c", code))
    yield terminal
    terminal.close()


def shows(terminal: Terminal, number: int) -> Callable[[], bool]:
    return lambda: any(
        line.find(f"Run       run-{number:02}") > 0 for line in terminal.screen.lines
    )


def test_keys_lead_to_their_run(terminal: Terminal) -> None:
    terminal.until(shows(terminal, 0))
    terminal.type(b"j")
    terminal.until(shows(terminal, 1))
    for _ in range(5):
        terminal.type(b"jjjjjj")
    terminal.until(shows(terminal, 31))
    terminal.type(b"G")
    terminal.until(shows(terminal, RUNS - 1))
    terminal.type(b"q")
    assert terminal.end() == 0
    assert terminal.as_it_was
