"""From a commit of another process to the cell on the terminal, and what the writer notices."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import nullcontext

from tests.bench.dashboard import CALM, dashboard
from tests.bench.figures import Bar, Figure
from tests.bench.plain import Plain, plain
from tests.bench.processes import cpu_seconds
from tests.bench.runs import Run
from tests.bench.screen import Screen
from tests.bench.setting import Setting
from tests.bench.terminal import Gone, Terminal
from tests.bench.writer import Writer
from tests.bench.writing import LAYERS, Answer

SLICE = 2.0
"""For how many seconds the dashboard works, and is held, at a time."""
_ENDS = ("success", "failed", "dry", "partial")


def commit(setting: Setting) -> list[Figure]:
    """From a commit to the changed cell: a run that appears, and its state when it ends."""
    taken: list[float] = []
    missed = 0
    phases = random.Random(7)
    with (
        setting.copy() as path,
        plain(path),
        Writer(path) as writer,
        dashboard(path) as terminal,
    ):
        terminal.send("F")
        terminal.settle(CALM)
        for number in range(setting.times(32, 5)):
            layer, status = LAYERS[number % len(LAYERS)], _ENDS[number % len(_ENDS)]
            for state, command in (
                (None, {"do": "start", "layer": layer}),
                (status, {"do": "finish", "status": status}),
            ):
                # Commits come at random moments between two looks of the poll.
                terminal.lull(10.0, phases.uniform(0.35, 0.85))
                terminal.draw()
                seconds = _seconds(terminal, writer, command, _on_top(Run("", layer, state)))
                if seconds is None:
                    missed += 1
                else:
                    taken.append(seconds * 1000)
    note = f"{missed} commits were not shown within 3 s" if missed else ""
    name = f"commit to changed cell, {setting.sizes}"
    return [
        Figure(
            group="commit",
            name=f"{name}, {which}",
            unit="ms",
            samples=taken,
            bar=Bar(most=most),
            share=share,
            note="" if share else note,
        )
        for which, most, share in (("median", 200, None), ("95 %", 350, 0.95))
    ]


def _seconds(
    terminal: Terminal, writer: Writer, command: dict[str, str], shown: Callable[[Screen], bool]
) -> float | None:
    writer.tell(**command)
    # Goes on reading while the writer writes.
    terminal.lull(5.0, 5.0, also=[writer.answers])
    committed = writer.answer()["at"]
    at = terminal.wait(shown, limit=3.0, gap=0.03)
    return None if at is None else at - committed


def _on_top(run: Run) -> Callable[[Screen], bool]:
    def shown(screen: Screen) -> bool:
        rows = screen.rows()
        return bool(rows) and run.is_in(rows[0].text)

    return shown


def writer(setting: Setting) -> list[Figure]:
    """Writer: its commits per second and its largest WAL, with the dashboard and without."""
    seconds = 2.0 if setting.quick else 20.0
    rates: dict[bool, list[float]] = {True: [], False: []}
    logs: dict[bool, list[float]] = {True: [], False: []}
    with setting.copy() as path, plain(path) as file, Writer(path) as zos:
        for turn in range(setting.times(2, 1)):
            # Who comes first changes, as the machine may be getting busier.
            for attached in (False, True) if turn % 2 else (True, False):
                with dashboard(path) if attached else nullcontext() as beside:
                    logs[attached].append(_written(zos, beside, seconds)["wal"] / 1e6)
        with dashboard(path) as terminal:
            used = _rates(setting.times(15, 2), zos, file, terminal, rates)
    return [
        Figure(
            group="writer",
            name="a writer's commits, dashboard attached",
            unit="/s",
            samples=rates[True],
            against="without",
            baseline=rates[False],
            bar=Bar(least_ratio=0.95),
            note="medians of single seconds, with a wait for the disk at each commit; the"
            f" dashboard used {used:.0f} % of a core",
        ),
        Figure(
            group="writer",
            name=f"largest WAL in {seconds:g} s of writing",
            unit="MB",
            samples=logs[True],
            against="without",
            baseline=logs[False],
            bar=Bar(ratio=1.2),
        ),
    ]


def _rates(
    times: int, zos: Writer, file: Plain, terminal: Terminal, rates: dict[bool, list[float]]
) -> float:
    """Let write while the dashboard works and is held, in turns; return the CPU of a core used.

    How many commits a disk takes changes within seconds, by far more than is to be seen here.
    So the turns are short, and the dashboard is held by a signal rather than ended.
    """
    used = 0.0
    for _ in range(times):
        for working in (True, False):
            _hold(terminal, file, not working)
            before = cpu_seconds(terminal.pid)
            rates[working] += _written(zos, terminal, SLICE)["rates"]
            used += cpu_seconds(terminal.pid) - before
    terminal.hold(False)
    return used / (times * SLICE) * 100


def _hold(terminal: Terminal, file: Plain, still: bool) -> None:
    """Let the dashboard go on, or hold it where it is not reading."""
    for _ in range(100):
        terminal.hold(still)
        if file.fold():
            return
        terminal.hold(False)
        terminal.lull(0.05, 0.05)
    raise Gone("the dashboard reads on and on")


def _written(zos: Writer, terminal: Terminal | None, seconds: float) -> Answer:
    zos.tell("write", seconds=seconds)
    if terminal is not None:
        terminal.lull(seconds + 5, seconds + 5, also=[zos.answers])
    return zos.answer()
