"""Plays nights to a dashboard: keys, faults and looks, and what comes of them."""

from __future__ import annotations

import re
import signal
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from random import Random
from typing import NamedTuple

from tests.bench.processes import cpu_seconds
from tests.soak.deeds import ESCAPE, Hands
from tests.soak.figures import Outside, Sample, ask_inside, ask_where, crowd
from tests.soak.stage import Fault, Faults, Zos, newest_run
from tests.soak.terminal import SIZE, Terminal

WIDE = (250, 40)
"""A size at which the list tells ids."""
SIZES = (SIZE, SIZE, (80, 24), (60, 15), (160, 50), (100, 30), (59, 14), (20, 5), (200, 60))
KEYS_APART = 0.03
AFTER_ESCAPE = 0.13
"""An Escape and the next key are two keys only when so many seconds lie between them."""
CALM = 0.4
"""These and the next two are for a machine with a processor to spare; else it takes longer."""
SHOWN_WITHIN = 3.0
"""Seconds in which the newest run must be shown, after a fault as ever."""
NOTICED_WITHIN = 1.5
"""Seconds in which the header must no longer say that all is live."""
_TITLE = re.compile(r"[╭┌]─*\s*(Runs[^─╮┐]*)")


class Watched(NamedTuple):
    """A process that is measured, and the file in which it tells of its inside."""

    name: str
    pid: int
    told: Path


@dataclass
class Played:
    """What came of it all."""

    samples: dict[str, list[Sample]] = field(default_factory=dict)
    keys: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    shown: list[float] = field(default_factory=list)
    """How many seconds the newest run took to be shown, each time it was looked for."""
    failures: list[str] = field(default_factory=list)
    """What went wrong, in words."""


class Player:
    """Plays to one dashboard. All times are in seconds since it began."""

    def __init__(
        self,
        terminal: Terminal,
        zos: Zos,
        folder: Path,
        watched: list[Watched],
        seed: int,
    ) -> None:
        self.played = Played()
        self.terminal = terminal
        self._zos = zos
        self._watched = watched
        self._random = Random(seed)
        self._hands = Hands(seed)
        self._faults = Faults(zos, folder, self._pass).all()
        self._begun = time.monotonic()
        self._dealt: list[Fault] = []

    @property
    def at(self) -> float:
        """How many seconds have passed."""
        return time.monotonic() - self._begun

    @property
    def lives(self) -> bool:
        """Whether the dashboard still runs."""
        return self.terminal.process.poll() is None

    def lap(self, until: float, *, faulty: bool, types: bool = False) -> None:
        """Type until that time, have something happen, look at the screen, and measure."""
        self._type(until)
        fault = self._next_fault() if faulty else None
        calm = fault is not None and self._random.random() < 0.6
        if calm:
            self._go_home()
        if fault is not None:
            self._suffer(fault, calm=calm)
        if not calm:
            self._go_home()
        self._see_newest(fault.name if fault is not None else "nothing")
        self.sample(types=types)
        self._zos.listen()

    def sample(self, *, types: bool = False) -> None:
        """Measure every process that is watched."""
        for watched in self._watched:
            try:
                number = signal.SIGUSR2 if types else signal.SIGUSR1
                inside = ask_inside(watched.pid, watched.told, self._pass, number)
                sample = Sample(self.at, crowd(), Outside.of(watched.pid), inside)
            except (OSError, TimeoutError) as error:
                self._fail(f"{watched.name} does not tell of itself: {error!r}")
                continue
            self.played.samples.setdefault(watched.name, []).append(sample)

    def cpu(self) -> dict[str, float]:
        """Return the CPU that each process has used, in seconds."""
        return {each.name: cpu_seconds(each.pid) for each in self._watched}

    def _pass(self, seconds: float) -> None:
        self.terminal.wait(seconds)

    def _fail(self, words: str) -> None:
        self.played.failures.append(f"after {self.at:.0f} s: {words}")
        print(self.played.failures[-1], file=sys.stderr, flush=True)

    def _where(self) -> str:
        """Return where all tasks and threads of the processes stand."""
        found: list[str] = []
        for name, pid, told in self._watched:
            try:
                lines = ask_where(pid, told, self._pass)
            except (OSError, TimeoutError) as error:
                lines = [repr(error)]
            found += [f"{name}: {line}" for line in lines]
        return "\n".join(found)

    # Typing

    def _type(self, until: float) -> None:
        while self.at < until and self.lives:
            if self._random.random() < 0.04:
                self.terminal.resize(*self._random.choice(SIZES))
            for key in self._hands.deed():
                self._press(key)

    def _press(self, key: bytes) -> None:
        if self.lives:
            self.terminal.send(key)
            self.played.keys += 1
            self._pass(AFTER_ESCAPE if key == ESCAPE else KEYS_APART)

    # Looking

    def _go_home(self) -> None:
        """Leave all that is open, and have all runs listed by their start on a wide screen."""
        terminal = self.terminal
        for _ in range(6):
            self._press(ESCAPE)
        terminal.resize(*WIDE)
        for _ in range(24):
            # A busy program must not take an Escape for part of another key.
            self._pass(CALM * crowd())
            terminal.look()
            self._press(b"r")
            seen = terminal.until(_is_drawn, 2.0)
            if " not answer" in _header(terminal.lines):
                self._fail(f"{_header(terminal.lines)}\n{self._where()}")
            key = _lacking(terminal.lines) if seen is not None else ESCAPE
            if key is None:
                self._press(ESCAPE)  # else keys may go to another pane that is in view as well
                self._pass(CALM * crowd())
                self._press(b"g")
                return
            self._press(key)
            terminal.until(partial(_asks_not_for, key), 2.0)
        if self.lives:
            self._fail("the way home is not found:\n" + "\n".join(terminal.lines))

    def _see_newest(self, after: str) -> None:
        """See the newest run on the screen, without a key being pressed."""
        if not self.lives:
            code, words = self.terminal.process.returncode, self.terminal.last_words()
            self._fail(f"the dashboard has ended with {code}: {words}")
            return
        newest = newest_run(self._zos.path)

        def shown(lines: list[str]) -> bool:
            return any(newest in line for line in lines) and " live" in _header(lines)

        taken = self.terminal.until(shown, SHOWN_WITHIN * crowd())
        if taken is None:
            lines = "\n".join(self.terminal.lines)
            words = f"after {after} the newest run {newest} is not shown"
            self._fail(f"{words}:\n{lines}\n{self._where()}")
        else:
            self.played.shown.append(taken)

    # Faults

    def _next_fault(self) -> Fault:
        if not self._dealt:
            self._dealt = self._random.sample(self._faults, len(self._faults))
        return self._dealt.pop()

    def _suffer(self, fault: Fault, *, calm: bool) -> None:
        """Have a fault for a while; in ``calm`` the header must tell of one that hides the data."""
        self.played.faults[fault.name] += 1
        fault.begin()
        if calm and fault.hides:
            told = self.terminal.until(_tells_since, NOTICED_WITHIN * crowd())
            if told is None and self.lives:
                self._fail(f"{fault.name}: the header says {_header(self.terminal.lines)!r}")
            self._pass(self._random.uniform(0.1, 1.0))
        elif calm:
            self._pass(self._random.uniform(0.3, 1.5))
        else:
            self._type(self.at + self._random.uniform(0.5, 2.0))
        fault.end()


def _header(lines: list[str]) -> str:
    return lines[0] if lines else ""


def _title(lines: list[str]) -> str | None:
    """Return the title of the list, None where it is not in view."""
    found = next(filter(None, map(_TITLE.search, lines)), None)
    return found[1].strip() if found is not None else None


def _is_drawn(lines: list[str]) -> bool:
    """Tell whether the header and the list are in view."""
    return _header(lines).startswith(" zos") and _title(lines) is not None


def _tells_since(lines: list[str]) -> bool:
    """Tell whether the header says since when something is wrong."""
    return " since " in _header(lines)


def _asks_not_for(key: bytes, lines: list[str]) -> bool:
    """Tell whether that key is not, or no more, what leads on."""
    return _lacking(lines) != key


def _lacking(lines: list[str]) -> bytes | None:
    """Return the key that is next on the way to all runs by their start; None for none."""
    title = _title(lines) or ""
    if not any(line.startswith(" / all runs") for line in lines) or "esc close" in lines[-1]:
        return ESCAPE
    if " paused," in _header(lines):
        return b" "
    if "following" in title:
        return b"F"
    if "oldest first" in title or " least " in title:
        return b"O"
    return b"o" if " by " in title else None
