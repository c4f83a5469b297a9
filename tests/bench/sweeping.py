"""How long it takes to go through all runs of a window, and what keys take meanwhile."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from tests.bench.dashboard import CALM, DOWN, FRAME, LULL, UP, dashboard
from tests.bench.figures import Bar, Figure, median, percentile
from tests.bench.plain import plain
from tests.bench.screen import Row, Screen
from tests.bench.setting import SMALL, Setting
from tests.bench.terminal import Gone, Terminal

KEYS_APART = 0.08
"""Seconds between two keys."""
MOST_KEYS, LEAST_KEYS = 40, 8
"""How many keys are typed at most while runs are gone through, and where that is over at once."""
MOST_MS = 200
"""What the slowest of them may take: a single one of that kind is no more than a hitch."""
ALL = "since:all"
"""The filter for that: the windows that the screens have by themselves are soon gone through."""
_UNDER_WAY = "gone through"
_GAP = 0.015  # of lulls, short enough for many keys
_NAME = 20  # letters of a row's first column, which are its own
_LIMIT = 60.0
_LOST = 2.0  # seconds after which a key counts as lost, and as having taken so long


class Sweep(NamedTuple):
    """A screen that grows while runs are gone through."""

    key: str
    name: str
    days: int
    """Of how many days it is unless told otherwise."""
    title: str
    told: str
    """What stands beside its figures."""

    def whole(self, screen: Screen) -> bool:
        """Tell whether the screen shows an answer that is of all runs."""
        told = screen.has(self.title) and screen.has(self.told)
        return told and not screen.has(_UNDER_WAY)

    def rows(self, screen: Screen) -> list[Row]:
        """Return the rows that there are by now."""
        return [row for row in screen.rows(self.title) if row.text.strip()]

    def cursor(self, screen: Screen) -> str | None:
        """Return the name of the row that the cursor is on."""
        return next((row.text[:_NAME] for row in self.rows(screen) if row.lit), None)


SWEEPS = (
    Sweep("e", "failures by cause", 30, "Failures by cause", " errors in "),
    Sweep("L", "full statistics", 7, "By layer", " tokens, "),
)


def sweeps(setting: Setting) -> Iterator[Figure]:
    """Failure groups and full statistics until they are whole, and keys while all runs are read."""
    whole: dict[tuple[Sweep, Path], list[float]] = defaultdict(list)
    keys: dict[tuple[Sweep, Path], list[float]] = defaultdict(list)
    for _ in range(setting.times(5, 2)):
        for path in (setting.large, setting.small):
            with plain(path), dashboard(path) as terminal:
                for sweep in SWEEPS:
                    whole[sweep, path].append(_until_whole(terminal, sweep) * 1000)
                _show_all(terminal)
                for sweep in SWEEPS:
                    taken = _latencies(terminal, sweep, while_growing=path == setting.large)
                    keys[sweep, path] += [seconds * 1000 for seconds in taken]
    for sweep in SWEEPS:
        yield Figure(
            group="sweeps",
            name=f"{sweep.name} of {sweep.days} days to whole, {setting.sizes}",
            unit="ms",
            samples=whole[sweep, setting.large],
            against=f"{SMALL:,} runs",
            baseline=whole[sweep, setting.small],
        )
    for sweep in SWEEPS:
        yield _slowest(setting, sweep, keys[sweep, setting.large], keys[sweep, setting.small])


def _slowest(setting: Setting, sweep: Sweep, taken: list[float], rested: list[float]) -> Figure:
    middle, most = median(taken), percentile(taken, 0.95)
    within = f"half of {len(taken)} keys within {middle:.1f} ms" if middle else ""
    return Figure(
        group="sweeps",
        name=f"slowest key while {sweep.name} grow, {setting.sizes}",
        unit="ms",
        samples=taken,
        against=f"{SMALL:,} runs, whole",
        baseline=rested,
        bar=Bar(most=MOST_MS),
        share=1.0,
        note=f"{within}, 95 % within {most:.1f} ms" if most else "",
    )


def _until_whole(terminal: Terminal, sweep: Sweep) -> float:
    """Open the screen and leave it again; return how many seconds its whole answer took."""
    at = terminal.send(sweep.key)
    shown = terminal.wait(sweep.whole, limit=_LIMIT)
    if shown is None:
        raise Gone(f"{sweep.name}: not whole:\n{terminal.screen}")
    _leave(terminal)
    return shown - at


def _show_all(terminal: Terminal) -> None:
    """Filter by all time."""
    terminal.send("/")
    terminal.settle(FRAME)
    terminal.send(ALL)
    terminal.settle(LULL)
    terminal.send("\r")
    terminal.settle(CALM)
    if not terminal.screen.has(ALL):
        raise Gone(f"{ALL} is not taken:\n{terminal.screen}")


def _latencies(terminal: Terminal, sweep: Sweep, *, while_growing: bool) -> list[float]:
    """Open the screen and move its cursor; return how many seconds each move took.

    That goes on while the answer grows, or begins once it is whole. The screen is left then.
    """
    taken: list[float] = []
    terminal.send(sweep.key)
    if not while_growing and terminal.wait(sweep.whole, limit=_LIMIT) is None:
        raise Gone(f"{sweep.name}: not whole:\n{terminal.screen}")
    deadline = time.monotonic() + _LIMIT
    most = MOST_KEYS if while_growing else LEAST_KEYS
    while len(taken) < most and time.monotonic() < deadline:
        if while_growing and sweep.whole(terminal.screen):
            break
        if (seconds := _move(terminal, sweep)) is not None:
            taken.append(seconds)
        terminal.draw()
    _leave(terminal)
    return taken


def _move(terminal: Terminal, sweep: Sweep) -> float | None:
    """Move the cursor by a row; return the seconds to where it is then, None without rows."""
    rows, before = sweep.rows(terminal.screen), sweep.cursor(terminal.screen)
    if before is None or len(rows) < 2:
        terminal.lull(_GAP, KEYS_APART)
        return None
    at = terminal.send(UP if rows[-1].lit else DOWN)
    moved = terminal.wait(
        lambda screen: sweep.cursor(screen) not in (None, before), limit=_LOST, gap=_GAP
    )
    terminal.lull(max(0.0, at + KEYS_APART - time.monotonic()), KEYS_APART)
    return _LOST if moved is None else moved - at


def _leave(terminal: Terminal) -> None:
    terminal.send("\x1b")
    terminal.settle(CALM)
