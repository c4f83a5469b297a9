"""What zos, the poll and the keys notice of each other while zos commits 500 times a second."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from tests.bench import build
from tests.bench.dashboard import CALM, DOWN, UP
from tests.bench.figures import Bar, Figure, percentile
from tests.bench.processes import cpu_seconds
from tests.bench.screen import Screen
from tests.bench.setting import SMALL, Setting
from tests.bench.terminal import Gone, Terminal
from tests.bench.writer import Writer
from tests.soak.figures import Inside, ask_inside

RATE = 500
LARGE = 100_000
"""Runs of the larger history, whatever else the bench has."""
KEYS_APART = 0.12
MOST_MS = 100
LOOKS_A_SECOND, REFRESHES_A_SECOND = 5, 4
_GAP = 0.01
_LOST = 2.0


class Scene(NamedTuple):
    """What is in view while zos pours, and the list in which the cursor is moved."""

    name: str
    keys: str
    title: str
    there: str = DOWN
    back: str = UP

    def place(self, screen: Screen) -> str | None:
        """Return where the cursor is, or which night is shown; None where that is not seen."""
        if self.there != DOWN:
            return next((line[:20] for line in screen.lines[:1] if "night" in line.lower()), None)
        rows = screen.rows(self.title)
        return next((str(number) for number, row in enumerate(rows) if row.lit), None)

    def key(self, place: str) -> str:
        """Return the key that leads away from a place, and back."""
        begins = place in ("0", "1") or "Tonight" in place
        return self.there if begins else self.back


SCENES = (
    Scene("the calls of an open run", "g4", "Runs"),
    Scene("tonight", "T", "Tonight", there="[", back="]"),
    Scene("failures by cause", "e", "Failures by cause"),
    Scene("full statistics", "L", "By layer"),
)


class _Poured(NamedTuple):
    rates: list[float]
    wal: float
    keys: list[float]
    rested: list[float]
    looks: float
    refreshes: float
    cpu: float


def backpressure(setting: Setting) -> Iterator[Figure]:
    """500 commits a second: keys, looks and refreshes meanwhile, and what the writer notices."""
    seconds = 6.0 if setting.quick else 20.0
    for runs in (SMALL, LARGE):
        source = build.database(runs, now=setting.now, folder=setting.large.parent)
        copied = Setting(
            large=source, small=setting.small, runs=runs, quick=setting.quick, now=setting.now
        )
        alone: list[_Poured] = []
        beside: dict[Scene, _Poured] = {}
        with copied.copy() as path, Writer(path) as zos:
            alone.append(_alone(zos, seconds))
            for scene in SCENES:
                beside[scene] = _beside(path, zos, scene, seconds)
            alone.append(_alone(zos, seconds))
        yield from _figures(f"{runs:,} runs", alone, beside)


def _alone(zos: Writer, seconds: float) -> _Poured:
    zos.tell("pour", rate=RATE, seconds=seconds)
    answer = zos.answer()
    return _Poured(list(answer["rates"]), answer["wal"] / 1e6, [], [], 0, 0, 0)


def _beside(path: Path, zos: Writer, scene: Scene, seconds: float) -> _Poured:
    with _opened(path) as (terminal, told):
        zos.tell("pour", rate=RATE, seconds=seconds)
        terminal.lull(1.0, 0.7)  # the run is there by now
        for key in scene.keys:
            terminal.send(key)
            terminal.lull(0.3, 0.5)
        shown = terminal.wait(lambda screen: scene.place(screen) is not None, gap=_GAP)
        if shown is None:
            raise Gone(f"{scene.name}: no cursor:\n{terminal.screen}")
        before, cpu, begun = _inside(terminal, told), cpu_seconds(terminal.pid), time.monotonic()
        taken = _moves(terminal, scene, seconds - 2.5)
        spent = time.monotonic() - begun
        after, used = _inside(terminal, told), cpu_seconds(terminal.pid) - cpu
        terminal.lull(seconds + 5, seconds + 5, also=[zos.answers])
        answer = zos.answer()
        terminal.settle(CALM, 5.0)
        rested = _moves(terminal, scene, seconds / 4)
    return _Poured(
        list(answer["rates"]),
        answer["wal"] / 1e6,
        taken,
        rested,
        (after["looks"] - before["looks"]) / spent,
        (after["refreshes"] - before["refreshes"]) / spent,
        used / spent * 100,
    )


@contextmanager
def _opened(path: Path) -> Iterator[tuple[Terminal, Path]]:
    with TemporaryDirectory() as folder:
        told = Path(folder) / "inside.json"
        arguments = ("tests.soak.opened", "now", str(told), "--db", str(path))
        with Terminal(*arguments) as terminal:
            shown = terminal.wait(lambda screen: bool(screen.rows()), limit=30.0, gap=0.2)
            if shown is None:
                raise Gone(f"no run is listed:\n{terminal.screen}")
            terminal.settle(CALM, 3.0)
            yield terminal, told


def _inside(terminal: Terminal, told: Path) -> Inside:
    try:
        return ask_inside(terminal.pid, told, partial(terminal.lull, 0.01))
    except (OSError, TimeoutError) as error:
        raise Gone(str(error)) from error


def _moves(terminal: Terminal, scene: Scene, seconds: float) -> list[float]:
    """Move to and fro for a time; return how many milliseconds each move took to be seen."""
    taken: list[float] = []
    phases = random.Random(7)
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        taken.append(_move(terminal, scene) * 1000)
        terminal.lull(1.0, phases.uniform(0.5, 1.5) * KEYS_APART)
        terminal.draw()
    return taken


def _move(terminal: Terminal, scene: Scene) -> float:
    """Press a key that moves; return the seconds until that is seen."""
    before = scene.place(terminal.screen)
    if before is None:
        return _LOST
    at = terminal.send(scene.key(before))
    moved = terminal.wait(
        lambda screen: scene.place(screen) not in (None, before), limit=_LOST, gap=_GAP
    )
    return _LOST if moved is None else moved - at


def _figures(sizes: str, alone: list[_Poured], beside: dict[Scene, _Poured]) -> Iterator[Figure]:
    for scene, poured in beside.items():
        half, most, longest = (percentile(poured.keys, share) for share in (0.5, 0.99, 1.0))
        yield Figure(
            group="backpressure",
            name=f"key beside {RATE} commits/s, {scene.name}, {sizes}, 99 %",
            unit="ms",
            samples=poured.keys,
            against="at rest",
            baseline=poured.rested,
            bar=Bar(most=MOST_MS),
            share=0.99,
            note=f"{len(poured.keys)} keys: half within {half or 0:.0f} ms, 99 % within"
            f" {most or 0:.0f} ms, the slowest {longest or 0:.0f} ms;"
            f" {poured.cpu:.0f} % of a core",
        )
    for what, bar, samples in (
        ("looks", LOOKS_A_SECOND, [one.looks for one in beside.values()]),
        ("refreshes", REFRESHES_A_SECOND, [one.refreshes for one in beside.values()]),
    ):
        yield Figure(
            group="backpressure",
            name=f"{what} beside {RATE} commits/s, {sizes}, at most",
            unit="/s",
            samples=samples,
            bar=Bar(most=bar),
            share=1.0,
        )
    rates = [rate for one in beside.values() for rate in one.rates]
    yield Figure(
        group="backpressure",
        name=f"commits of {RATE} a second, {sizes}",
        unit="/s",
        samples=rates,
        against="alone",
        baseline=[rate for one in alone for rate in one.rates],
        bar=Bar(least_ratio=0.95),
        note=f"the least second had {min(rates):.0f}, alone"
        f" {min(rate for one in alone for rate in one.rates):.0f}",
    )
    yield Figure(
        group="backpressure",
        name=f"largest WAL beside {RATE} commits/s, {sizes}",
        unit="MB",
        samples=[one.wal for one in beside.values()],
        against="alone",
        baseline=[one.wal for one in alone],
        bar=Bar(ratio=1.2),
        share=1.0,
        note=", ".join(f"{scene.name} {one.wal:.1f} MB" for scene, one in beside.items()),
    )
