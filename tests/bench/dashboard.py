"""The dashboard as its user has it: a screen, a keyboard, and what is on them."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from tests.bench.runs import Run
from tests.bench.screen import Screen
from tests.bench.terminal import ROOT, Gone, Terminal

UP, DOWN, PAGE_DOWN, PAGE_UP = "\x1b[A", "\x1b[B", "\x1b[6~", "\x1b[5~"
CALM = 0.4
"""After so many seconds without a byte, whatever was under way is taken to be over."""
FRAME = 0.06
"""After so many seconds without a byte, a frame is taken to be complete."""
LULL = 0.2
"""Between two measurements nothing must come for so many seconds."""
PLAIN_DRIVER = "--plain-driver"
STATES = ("success", "partial", "failed", "dry", "running")
_ULID = re.compile(r"\b[0-9A-HJKMNP-TV-Z]{26}\b")
_NUMBER = re.compile(r"\ball layers\s+([\d.,]+)([kM]?)")
_FACTORS = {"": 1, "k": 1_000, "M": 1_000_000}


@contextmanager
def dashboard(database: Path, *options: str) -> Iterator[Terminal]:
    """Open the dashboard on a database and wait until it is calm."""
    with Terminal("zos_monitor", "--db", str(database), *options) as terminal:
        if terminal.wait(_lists_runs, limit=30.0, gap=0.2) is None:
            raise Gone(f"no run is listed:\n{terminal.screen}")
        terminal.settle(CALM)
        yield terminal


@cache
def has_option(name: str) -> bool:
    """Tell whether the program knows an option."""
    told = subprocess.run(
        [sys.executable, "-m", "zos_monitor", "--help"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return name in told.stdout


def shown_id(screen: Screen) -> str | None:
    """Return the id of the run that the pane beside the list shows."""
    for line in screen.lines:
        if (found := _ULID.search(line)) is not None:
            return found[0]
    return None


def totalled(screen: Screen) -> float | None:
    """Return how many runs the totals are of, to three digits, as the panel says."""
    for line in screen.lines:
        if (found := _NUMBER.search(line)) is not None:
            return float(found[1].replace(",", "")) * _FACTORS[found[2]]
    return None


def frame_after(terminal: Terminal, keys: str, run: Run, limit: float = 10.0) -> float | None:
    """Type keys, and return how many seconds the complete frame took that shows a run.

    That is until the last byte before a lull in which the list's cursor and the pane beside it
    are on the run; None where it did not come.
    """
    at = terminal.send(keys)
    deadline = at + limit
    while terminal.wait(lambda screen: screen.is_on(run), limit=deadline - time.monotonic()):
        last = terminal.settle(FRAME)
        if terminal.screen.is_on(run):
            return last - at
    return None


def type_filter(terminal: Terminal, text: str, shown: Callable[[Screen], bool]) -> float:
    """Type a filter and take it; return when its last letter was typed.

    The last letter goes together with the Enter key, so it does not matter whether the
    dashboard filters while typing. Raises Gone if the result is ``shown`` before that.
    """
    terminal.send("/")
    terminal.settle(FRAME)
    terminal.send(text[:-1])
    terminal.settle(LULL)
    if shown(terminal.screen):
        raise Gone(f"{text!r} changes nothing:\n{terminal.screen}")
    return terminal.send(f"{text[-1]}\r")


def clear_filter(terminal: Terminal, newest: Sequence[Run]) -> None:
    """Go back to all runs, from the list, and wait until they are there."""
    terminal.send("c")
    for _ in range(10):
        terminal.settle(LULL)
        # The cursor has stayed on the run that was found, and does so until all runs are there.
        terminal.send("g")
        if terminal.wait(lambda screen: screen.lists(newest), limit=1.0) is not None:
            terminal.settle(LULL)
            return
    raise Gone(f"the newest runs are not shown:\n{terminal.screen}")


def _lists_runs(screen: Screen) -> bool:
    return any(state in row.text for row in screen.rows() for state in STATES)
