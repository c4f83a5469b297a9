"""Making one fault under the true dashboard on a terminal, and measuring what becomes of it."""

from __future__ import annotations

import os
import re
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.bench.screen import Screen
from tests.bench.terminal import Gone, Terminal
from tests.faults.scene import LAYER, Scene, difference, scene
from tests.faults.table import Fault, Need, why_not
from zos_monitor.reports.places import ENVIRONMENT

SECONDS = 3.0
"""Within this time after a fault's end everything is to be well again."""
PATIENCE = 15.0
_FRESHNESS = re.compile(r"[▲●◌].*?(?=\s{2,}|$)")
_STAYS = re.compile(r"; the last good data stays below, as of [\d:-]+$")


@dataclass
class Row:
    """What became of one fault; ``bad`` says what was not as it should be."""

    name: str
    shown: str = ""
    recovered: float | None = None
    left: str = ""
    writes: str = ""
    bad: str = ""
    skipped: str = ""


class NotSo(Exception):
    """Something that is to be seen did not come."""


def walk(fault: Fault, *, locked: float) -> Row:
    """Make a fault and end it; locks stand for ``locked`` seconds."""
    row = Row(fault.name)
    with tempfile.TemporaryDirectory(prefix="zos-faults-") as folder:
        around = Path(folder)
        around.chmod(0o755)  # for other users
        row.skipped = why_not(fault, around)
        if row.skipped:
            return row
        with scene(around) as stage:
            try:
                _walk(fault, stage, row, locked if fault.name.startswith("locked") else 1.0)
            except (NotSo, Gone, AssertionError) as error:
                row.bad = str(error) or repr(error)
    return row


def _walk(fault: Fault, stage: Scene, row: Row, standing: float) -> None:
    with ExitStack() as end:
        making = ExitStack()
        end.callback(making.close)
        if fault.at_start:
            making.enter_context(fault.make(stage))
        terminal = end.enter_context(_dashboard(fault, stage))
        if not fault.at_start:
            _see(terminal, "the runs", _is_well)
        if fault.up:
            layer = stage.writes(stays_up=True)
            _see(terminal, "a run that zos writes", lambda screen: _has_run(screen, layer))
        terminal.settle(0.4)
        with _held(terminal):
            if not fault.at_start:
                making.enter_context(fault.make(stage))
            made = stage.traces()
        if fault.asks:
            terminal.send("r")
        _see(terminal, "the fault", lambda screen: _tells(screen, fault))
        _stands(terminal, fault, standing)
        row.shown = _told(terminal.screen, stage)
        with _held(terminal):
            left = [difference(made, stage.traces())]
            making.close()
            ended = stage.traces()
        began = time.monotonic()
        row.recovered = max(0.0, _see(terminal, "the end of the fault", _is_well) - began)
        left.append(difference(ended, stage.traces()))
        terminal.settle(0.2)
        written = stage.writes()
        _see(terminal, "a run of after it", lambda screen: _has_run(screen, written))
        row.writes = "yes"
    left += [f"{name} at the end" for name in stage.left_behind()]
    row.left = ", ".join(filter(None, left)) or "nothing"
    if row.left != "nothing":
        row.bad = "something was left behind"
    elif noted := sorted(_noted(stage).iterdir()):
        row.bad = f"it met a fault of its own: {noted[0].read_text(encoding='utf-8')}"
    elif row.recovered > SECONDS:
        row.bad = f"it took longer than {SECONDS:g} s"


@contextmanager
def _dashboard(fault: Fault, stage: Scene) -> Iterator[Terminal]:
    """Open the dashboard, as a user who may be refused where the fault needs that."""
    other = fault.needs in (Need.OTHER_USER, Need.OTHER_ZOS) and os.geteuid() == 0
    module = "tests.faults.as_other" if other else "zos_monitor"
    noted = _noted(stage)
    noted.mkdir()
    noted.chmod(0o777)  # for other users
    environ = {ENVIRONMENT: str(noted)}
    with Terminal(module, "--db", str(stage.path), environ=environ) as terminal:
        yield terminal


def _noted(stage: Scene) -> Path:
    """Return the folder of what the dashboard notes of faults of its own."""
    return stage.aside / "noted"


@contextmanager
def _held(terminal: Terminal) -> Iterator[None]:
    """Have the dashboard stand still, so that what is done is done at once for it."""
    terminal.hold(True)
    try:
        yield
    finally:
        terminal.hold(False)


def _see(terminal: Terminal, what: str, shown: Callable[[Screen], bool]) -> float:
    """Return when something came to be seen."""
    at = terminal.wait(shown, limit=PATIENCE)
    if at is None:
        raise NotSo(f"waited in vain for {what}; the screen says:\n{terminal.screen}")
    return at


def _stands(terminal: Terminal, fault: Fault, seconds: float) -> None:
    """Wait for so long, and see that what was told still is, and so is the last good data."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        terminal.take(0.1)
        terminal.draw()
    terminal.settle(0.1)
    screen = terminal.screen
    if not _tells(screen, fault):
        raise NotSo(f"the fault is not told for as long as it lasts:\n{screen}")
    if not (fault.at_start or _has_run(screen, fault.layer or LAYER)):
        raise NotSo(f"the last good data is not there:\n{screen}")


def _freshness(screen: Screen) -> str:
    found = _FRESHNESS.search(screen.lines[0])
    return found[0] if found else ""


def _notice(screen: Screen) -> str:
    """Return what the lines between header and filter say."""
    end = next((y for y, line in enumerate(screen.lines) if line.startswith(" / ")), 1)
    return " ".join(line.strip() for line in screen.lines[1:end])


def _told(screen: Screen, stage: Scene) -> str:
    """Return header and notice, without what every fault says of the data below."""
    notice = _STAYS.sub("", _notice(screen)).replace(str(stage.path), "zos.db")
    return f"{_freshness(screen)} — {notice}" if notice else _freshness(screen)


def _tells(screen: Screen, fault: Fault) -> bool:
    """Tell whether the screen says of a fault what it should, and of data what it is."""
    fresh, notice = _freshness(screen), _notice(screen)
    if not all(words in notice for words in fault.words):
        return False
    if fault.kind is None:
        told = f"▲ not live: {fault.doubt}" if fault.doubt else "● live"
        return fresh.startswith(told) and _has_run(screen, fault.layer or LAYER)
    good = fault.at_start or (" as of " in fresh and "last good data stays below" in notice)
    return fresh.startswith("▲") and " since " in fresh and good


def _is_well(screen: Screen) -> bool:
    return (
        _freshness(screen).startswith("● live") and not _notice(screen) and _has_run(screen, LAYER)
    )


def _has_run(screen: Screen, layer: str) -> bool:
    return any(layer in row.text for row in screen.rows())
