"""How long commands take that print and end."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence

from tests.bench.figures import Bar, Figure
from tests.bench.setting import Setting

NOTHING = ("-c", "pass")
LIBRARIES = ("-c", "import click, pydantic, aiosqlite")
SHOWN = 20

_PROGRAM = ("-m", "zos_monitor")


def commands(setting: Setting) -> list[Figure]:
    """Commands from exec to exit, beside Python that does nothing or imports libraries alone."""
    runs = (*_PROGRAM, "--db", str(setting.large), "runs", "--json")
    _check(runs)
    programs: Mapping[str, Sequence[str]] = {
        "pass": NOTHING,
        "libraries": LIBRARIES,
        "version": (*_PROGRAM, "--version"),
        "runs": runs,
        "stats": (*_PROGRAM, "--db", str(setting.large), "stats", "--json"),
    }
    times: dict[str, list[float]] = {name: [] for name in programs}
    # The first turn only warms up.
    for turn in range(1 + setting.times(21, 5)):
        for name, arguments in programs.items():
            seconds = _seconds(arguments)
            if turn:
                times[name].append(seconds * 1000)
    return [
        Figure(
            group="commands",
            name="--version",
            unit="ms",
            samples=times["version"],
            against="python -c pass",
            baseline=times["pass"],
            bar=Bar(ratio=8.0),
        ),
        Figure(
            group="commands",
            name=f"runs --json, {SHOWN} newest of {setting.sizes}",
            unit="ms",
            samples=times["runs"],
            against="importing click, pydantic, aiosqlite",
            baseline=times["libraries"],
            bar=Bar(ratio=1.5),
        ),
        Figure(
            group="commands",
            name=f"stats --json, 7 days of {setting.sizes}",
            unit="ms",
            samples=times["stats"],
            against="importing click, pydantic, aiosqlite",
            baseline=times["libraries"],
        ),
    ]


def _seconds(arguments: Sequence[str]) -> float:
    begun = time.perf_counter()
    _run(arguments)
    return time.perf_counter() - begun


def _run(arguments: Sequence[str]) -> bytes:
    """Return what Python prints with these arguments, with its byte code kept as ever."""
    environment = {
        name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"
    }
    return subprocess.run(
        [sys.executable, *arguments],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        check=True,
    ).stdout


def _check(arguments: Sequence[str]) -> None:
    """Raise AssertionError unless a command prints what is to be timed."""
    assert len(json.loads(_run(arguments))["runs"]) == SHOWN
