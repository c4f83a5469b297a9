"""Plays nightly reflections into a database, step by step, as a zos at work would.

``python -m zos_monitor.demo.live PATH [--speed X] [--seed N] [--nights N|forever]`` writes to an
existing database until the nights are over, it is told to stop (SIGTERM, SIGINT), or the process
that started it is gone.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import sqlite3
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from datetime import datetime
from functools import partial
from pathlib import Path
from types import FrameType
from typing import TypeVar

from zos_monitor.demo.stage import Stage
from zos_monitor.demo.steps import Step
from zos_monitor.demo.tonight import plan_nights
from zos_monitor.demo.writer import ZosWriter
from zos_monitor.model.times import format_stored, utc_now

_LOOK_UP = 0.1
"""How long to sleep, at most, before looking whether to go on, in seconds."""
_BUSY = 0.2

Written = Callable[[Step, str | None, datetime], None]
"""Told of each step once it is committed, with the id of its run and the instant."""
T = TypeVar("T")


class Stopped(Exception):
    """The player was told to stop."""


def play(
    database: Path,
    steps: Iterable[Step],
    *,
    speed: float = 1.0,
    seed: int = 7,
    go_on: Callable[[], bool] = lambda: True,
    written: Written | None = None,
) -> None:
    """Write steps to a database at their times, ``speed`` times as fast as planned.

    Waits while the database is locked. Returns when the steps are over, or soon after ``go_on``
    returns False; runs are then left open, as by a zos that is killed.
    """
    opening = partial(ZosWriter, database, seed=seed, busy_seconds=_BUSY)
    try:
        with _unlocked(opening, go_on) as writer:
            stage = Stage(writer, speed=speed)
            begun = time.monotonic()
            for step in steps:
                _sleep_until(begun + step.at / speed, go_on)
                run_id, instant = _unlocked(partial(_commit, stage, step), go_on)
                if written is not None:
                    written(step, run_id, instant)
    except Stopped:
        return


def _commit(stage: Stage, step: Step) -> tuple[str | None, datetime]:
    instant = utc_now()
    return stage.play(step, instant), instant


def _unlocked(attempt: Callable[[], T], go_on: Callable[[], bool]) -> T:
    while True:
        try:
            return attempt()
        except sqlite3.OperationalError as error:
            # The low byte is the plain code, whatever the kind of lock.
            if error.sqlite_errorcode & 0xFF not in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                raise
        _sleep_until(time.monotonic() + _LOOK_UP, go_on)


def _sleep_until(moment: float, go_on: Callable[[], bool]) -> None:
    while True:
        if not go_on():
            raise Stopped
        left = moment - time.monotonic()
        if left <= 0:
            return
        time.sleep(min(left, _LOOK_UP))


def told_to(path: Path) -> Written:
    """Return a listener that appends the truth about each run's step to a file of JSON lines.

    Each line has ``run_id``, ``at`` (stored form) and the fields of ``Truth``.
    """

    def written(step: Step, run_id: str | None, instant: datetime) -> None:
        if step.truth is None:
            return
        line = {"run_id": run_id, "at": format_stored(instant), **asdict(step.truth)}
        with path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")

    return written


class _Listener:
    """Knows whether to go on: until a signal comes or the parent process is gone."""

    def __init__(self, parent: int) -> None:
        self._parent = parent
        self._stopped = False
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self._stopped = True

    @property
    def orphaned(self) -> bool:
        return os.getppid() != self._parent

    def go_on(self) -> bool:
        return not self._stopped and not self.orphaned


def _nights(text: str) -> int | None:
    return None if text == "forever" else int(text)


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m zos_monitor.demo.live",
        description="Play nightly reflections into an existing zos database.",
    )
    parser.add_argument("path", type=Path, help="the database file")
    parser.add_argument("--speed", type=float, default=1.0, help="times as fast (1)")
    parser.add_argument("--seed", type=int, default=7, help="another seed, another night (7)")
    parser.add_argument("--nights", type=_nights, default=None, help="a number, or forever")
    parser.add_argument("--parent", type=int, default=None, help="stop when this process is gone")
    parser.add_argument("--remove", type=Path, help="a folder to remove when the parent is gone")
    parser.add_argument("--truth", type=Path, default=None, help="write the truth to this file")
    arguments = parser.parse_args(argv)
    if arguments.speed <= 0:
        parser.error("the speed must be above 0")
    if not arguments.path.is_file():
        parser.error(f"no such database: {arguments.path}")
    return arguments


def main(argv: Sequence[str] | None = None) -> int:
    """Play as the command line says and return the exit code."""
    arguments = _arguments(argv)
    listener = _Listener(os.getppid() if arguments.parent is None else arguments.parent)
    play(
        arguments.path,
        plan_nights(seed=arguments.seed, nights=arguments.nights),
        speed=arguments.speed,
        seed=arguments.seed,
        go_on=listener.go_on,
        written=told_to(arguments.truth) if arguments.truth else None,
    )
    if arguments.remove is not None and listener.orphaned:
        shutil.rmtree(arguments.remove, ignore_errors=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
