"""A zos that writes on command, as a process of its own: ``python -m tests.bench.writing FILE``.

Each line of its standard input is a command in JSON, each line of its standard output the answer.
"""

from __future__ import annotations

import itertools
import json
import os
import sys
import time
from collections.abc import Generator, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TypedDict

from zos_monitor.demo.layers import BY_DAY
from zos_monitor.demo.prices import MODERATE
from zos_monitor.demo.writer import ZosWriter

LAYERS = [layer.name for layer in BY_DAY]
_TOPIC = "server:731904466182000641:channel:65100000000104711"
_CALLS = 3
LONG = "nightly-user-reflection"
"""The layer of the run that calls are poured into."""
_BURST = 498


class Zos(ZosWriter):
    """Writes as zos does, which waits for the disk at each commit."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, seed=time.monotonic_ns())
        self._connection.execute("PRAGMA synchronous = FULL")
        self._wal = f"{path}-wal"

    def hurry(self) -> None:
        """Wait for the disk only where the log is folded into the database; begin a new log."""
        self._connection.execute("PRAGMA synchronous = NORMAL")
        self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def wal(self) -> int:
        """Return how large the write-ahead log is, in bytes."""
        try:
            return os.stat(self._wal).st_size
        except FileNotFoundError:
            return 0

    def commits(self) -> Iterator[bool]:
        """Write runs with their calls for ever; after each commit, yield whether a run ended."""
        for layer in itertools.cycle(LAYERS):
            run = self.start_run(layer, started_at=_now(), targets_matched=1)
            yield False
            for _ in range(_CALLS):
                self.call(run, _TOPIC, created_at=_now(), model=MODERATE)
                yield False
            self.finish_run(run, completed_at=_now(), processed=1, model=MODERATE)
            yield True

    def pour(self) -> Generator[None, None, None]:
        """Write calls of a run that stays open, and now and then a run beside it, for ever."""
        long = self.start_run(LONG, started_at=_now(), targets_matched=_CALLS * _BURST)
        try:
            yield from self._talk_beside(long)
        finally:
            self.finish_run(long, completed_at=_now(), processed=_CALLS, model=MODERATE)

    def _talk_beside(self, long: str) -> Iterator[None]:
        while True:
            talk = self.start_run(LAYERS[0], started_at=_now(), targets_matched=1)
            yield
            for number in range(_BURST):
                topic = f"{_TOPIC[:-3]}{number:03}"
                self.call(long, topic, created_at=_now(), model=MODERATE)
                yield
            self.finish_run(talk, completed_at=_now(), processed=1, model=MODERATE)
            yield


class Answer(TypedDict, total=False):
    """What is told of a command: of ``write`` and ``pour`` the last two, else the first.

    ``at`` is when the commit was over (seconds of ``time.monotonic``), ``rates`` are the commits
    in each whole second, ``wal`` is the largest write-ahead log that was seen, in bytes.
    """

    at: float
    rates: list[int]
    wal: int


def obey(zos: Zos, command: dict[str, str | float], opened: list[str]) -> Answer:
    """Do one command: ``start`` a run, ``finish`` it, or ``write`` for so many seconds."""
    match command["do"]:
        case "start":
            layer = str(command["layer"])
            opened.append(zos.start_run(layer, started_at=_now(), targets_matched=1))
        case "finish":
            status = str(command["status"])
            zos.finish_run(opened.pop(), completed_at=_now(), processed=1, status=status)
        case "pour":
            return _pour(zos, float(command["rate"]), float(command["seconds"]))
        case _:
            return _write(zos, float(command["seconds"]))
    return {"at": time.monotonic_ns() / 1e9}


def _write(zos: Zos, seconds: float) -> Answer:
    """Write as fast as it goes, until a run ends after so many whole seconds."""
    rates = [0] * int(seconds)
    largest = 0
    begun = time.monotonic()
    for ended in zos.commits():
        second = int(time.monotonic() - begun)
        if second < len(rates):
            rates[second] += 1
        elif ended:
            break
        largest = max(largest, zos.wal())
    return {"rates": rates, "wal": largest}


def _pour(zos: Zos, rate: float, seconds: float) -> Answer:
    """Write so many commits a second, as far as that is possible, without waiting for the disk."""
    zos.hurry()
    rates = [0] * int(seconds)
    largest = 0
    begun = time.monotonic()
    with closing(zos.pour()) as commits:
        for number, _ in enumerate(commits):
            now = time.monotonic() - begun
            if now >= len(rates):
                break
            rates[int(now)] += 1
            largest = max(largest, zos.wal())
            time.sleep(max(0.0, (number + 1) / rate - now))
    return {"rates": rates, "wal": largest}


def _now() -> datetime:
    return datetime.now(UTC)


def main() -> None:
    """Obey until the commands end."""
    opened: list[str] = []
    with Zos(Path(sys.argv[1])) as zos:
        for line in sys.stdin:
            print(json.dumps(obey(zos, json.loads(line), opened)), flush=True)


if __name__ == "__main__":
    main()
