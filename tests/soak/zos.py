"""A zos that reflects every night of a calendar: ``python -m tests.soak.zos FILE CALENDAR SEED``.

It writes a dot for each commit to standard output. On a line ``lock`` from standard input it keeps
all others from the database, as a backup or a repair would; ``unlock`` ends that.
"""

from __future__ import annotations

import os
import select
import sqlite3
import sys
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from tests.soak.calendar import Calendar
from zos_monitor.demo.stage import Stage
from zos_monitor.demo.steps import Begin, Step, in_order
from zos_monitor.demo.tonight import plan_night
from zos_monitor.demo.writer import ZosWriter

STRETCH = 60
"""How many times as long as in the demo a night takes: 80 minutes or so."""


class _Zos(ZosWriter):
    """Locks and unlocks the database."""

    def lock(self) -> None:
        """Keep others from it, from the next commit on."""
        self._connection.execute("PRAGMA locking_mode = EXCLUSIVE").fetchall()
        for _ in range(200):
            try:
                with self.batch():
                    self._connection.execute("UPDATE servers SET name = name")
                return
            except sqlite3.OperationalError:  # somebody reads
                time.sleep(0.01)

    def unlock(self) -> None:
        """Let others to it again."""
        self._connection.execute("PRAGMA locking_mode = NORMAL").fetchall()
        self._connection.execute("SELECT count(*) FROM servers").fetchall()


def steps(calendar: Calendar, seed: int, first: int) -> Iterator[tuple[datetime, Step]]:
    """Yield what happens in each night from the ``first`` on, and when."""
    number = first
    while True:
        start = calendar.night_start(number)
        night = plan_night(number, at=0.0, rng=Random(f"{seed}:{number}"))
        for step in in_order(night):
            yield start + timedelta(seconds=step.at * STRETCH), step
        number += 1


def main() -> None:
    """Write until somebody ends it."""
    path, calendar, seed = Path(sys.argv[1]), Calendar.read(sys.argv[2]), int(sys.argv[3])
    begun: set[int | None] = set()
    here = calendar.now()
    with _Zos(path, seed=time.monotonic_ns(), busy_seconds=0.1) as zos:
        stage = Stage(zos)
        for at, step in steps(calendar, seed, calendar.number_at(time.monotonic())):
            if isinstance(step, Begin) and at >= here:
                begun.add(step.run)
            if step.run not in begun:
                continue  # of a run that was going on when zos was killed
            _wait(calendar, at, zos)
            while not _played(stage, step, calendar.now()):
                _obey(zos, 0.01)
            os.write(1, b".")


def _played(stage: Stage, step: Step, now: datetime) -> bool:
    try:
        stage.play(step, now)
    except sqlite3.OperationalError:  # somebody else has it locked for a moment
        return False
    return True


def _wait(calendar: Calendar, at: datetime, zos: _Zos) -> None:
    while calendar.now() < at:
        _obey(zos, 0.003)


def _obey(zos: _Zos, seconds: float) -> None:
    """Wait, and do what is commanded by then."""
    if not select.select([0], [], [], seconds)[0]:
        return
    words = os.read(0, 64).split()
    if not words:
        sys.exit()
    for word in words:
        if word == b"lock":
            zos.lock()
        else:
            zos.unlock()
        os.write(1, b"!")


if __name__ == "__main__":
    main()
