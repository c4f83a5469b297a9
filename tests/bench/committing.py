"""From a commit of another process to the cell on the terminal, and what the writer notices."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

from tests.bench.dashboard import CALM, dashboard
from tests.bench.figures import Bar, Figure, median
from tests.bench.plain import plain
from tests.bench.processes import cpu_seconds
from tests.bench.runs import Run
from tests.bench.screen import Screen
from tests.bench.setting import Setting
from tests.bench.terminal import Terminal
from tests.bench.writer import Writer
from tests.bench.writing import LAYERS, Answer

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
        for number in range(setting.times(32, 6)):
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
    used: list[float] = []
    with setting.copy() as path, plain(path), Writer(path) as zos:
        for turn in range(setting.times(3, 2)):
            # Who comes first changes, as the machine may be getting busier.
            for attached in (False, True) if turn % 2 else (True, False):
                answer = _written(path, zos, seconds, used if attached else None)
                rates[attached] += answer["rates"]
                logs[attached].append(answer["wal"] / 1e6)
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
            f" dashboard used {median(used):.0f} % of a core",
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


def _written(path: Path, zos: Writer, seconds: float, used: list[float] | None) -> Answer:
    """Let write, with the dashboard attached where the CPU that it uses is to be noted."""
    if used is None:
        zos.tell("write", seconds=seconds)
        return zos.answer()
    with dashboard(path) as terminal:
        before = cpu_seconds(terminal.pid)
        zos.tell("write", seconds=seconds)
        terminal.lull(seconds + 5, seconds + 5, also=[zos.answers])
        answer = zos.answer()
        used.append((cpu_seconds(terminal.pid) - before) / seconds * 100)
        return answer
