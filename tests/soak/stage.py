"""The zos beside the dashboard, its database, and what befalls them."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from tests.bench.build import build
from tests.bench.terminal import ROOT
from tests.soak.calendar import Calendar

_SIDES = ("-wal", "-shm")
_CUT_TO = 0.3
_OBEYED_WITHIN = 20.0


class Zos:
    """A process of ``tests.soak.zos`` that can be killed and started again."""

    def __init__(self, path: Path, calendar: Calendar, seed: int) -> None:
        self.path = path
        self.commits = 0
        """How many it has made, as far as ``listen`` was called."""
        self._arguments = (str(path), calendar.written, str(seed))
        self._process: subprocess.Popen[bytes] | None = None
        self._told = 0  # commands that it has not answered yet

    def start(self) -> None:
        """Have it reflect, from the next run on that is to begin."""
        self._told = 0
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.soak.zos", *self._arguments],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        os.set_blocking(self._out, False)

    @property
    def _out(self) -> int:
        assert self._process is not None
        assert self._process.stdout is not None
        return self._process.stdout.fileno()

    def listen(self) -> None:
        """Count what it has committed."""
        while True:
            try:
                told = os.read(self._out, 1 << 16)
            except BlockingIOError:
                return
            if not told:
                return
            self.commits += told.count(b".")
            self._told -= told.count(b"!")

    def tell(self, word: str, wait: Callable[[float], None]) -> None:
        """Have it lock or unlock the database; ``wait`` passes time until it has."""
        assert self._process is not None
        assert self._process.stdin is not None
        self._process.stdin.write(f"{word}\n".encode())
        self._process.stdin.flush()
        self._told += 1
        deadline = time.monotonic() + _OBEYED_WITHIN
        while self._told and time.monotonic() < deadline:
            wait(0.05)
            self.listen()

    def kill(self) -> None:
        """End it as a power cut would."""
        if self._process is None:
            return
        self._process.kill()
        self._process.wait()
        self.listen()
        for stream in (self._process.stdin, self._process.stdout):
            assert stream is not None
            stream.close()
        self._process = None


class Fault(NamedTuple):
    """Something that befalls the database; ``hides`` it, or leaves it to be read."""

    name: str
    hides: bool
    begin: Callable[[], None]
    end: Callable[[], None]


class Faults:
    """Makes faults for real. ``wait`` passes time while something must be waited for."""

    def __init__(self, zos: Zos, folder: Path, wait: Callable[[float], None]) -> None:
        self._zos = zos
        self._path = zos.path
        self._aside = folder / "aside"
        self._aside.mkdir(exist_ok=True)
        self._wait = wait

    def all(self) -> list[Fault]:
        """Return the faults that there are."""
        return [
            Fault("file away", True, self._away, self._back),
            Fault("locked", True, lambda: self._tell("lock"), lambda: self._tell("unlock")),
            Fault("cut short", True, self._cut, self._mend),
            Fault("zos killed", False, self._zos.kill, self._zos.start),
            Fault("replaced", False, self._replace, self._zos.start),
        ]

    def _tell(self, word: str) -> None:
        self._zos.tell(word, self._wait)

    def _away(self) -> None:
        for file in self._files():
            file.rename(self._aside / file.name)

    def _back(self) -> None:
        for file in reversed(self._files()):  # the database last: without its log it is an old one
            if (self._aside / file.name).exists():
                (self._aside / file.name).rename(file)

    def _files(self) -> list[Path]:
        return [self._path, *(self._path.with_name(self._path.name + side) for side in _SIDES)]

    def _cut(self) -> None:
        self._fold()
        shutil.copyfile(self._path, self._aside / "whole")
        os.truncate(self._path, int(self._path.stat().st_size * _CUT_TO))

    def _mend(self) -> None:
        with (self._aside / "whole").open("rb") as whole, self._path.open("r+b") as file:
            shutil.copyfileobj(whole, file)
        self._zos.start()

    def _replace(self) -> None:
        self._fold()
        other = self._aside / "other"
        with closing(sqlite3.connect(self._path)) as here, closing(sqlite3.connect(other)) as there:
            here.backup(there)
        other.rename(self._path)

    def _fold(self) -> None:
        """Kill zos and fold its log into the file, as the next zos would."""
        self._zos.kill()
        for _ in range(100):
            with closing(sqlite3.connect(self._path, isolation_level=None)) as connection:
                busy, *_ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            if not busy:
                return
            self._wait(0.02)


def make_database(path: Path, runs: int, first: float) -> None:
    """Write a history of so many runs that ends as the first night begins."""
    build(path, runs, until=datetime.fromtimestamp(first, UTC))


def newest_run(path: Path) -> str:
    """Return the id of the run that started last."""
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as connection:
        sql = "SELECT id FROM layer_runs ORDER BY started_at DESC, rowid DESC LIMIT 1"
        return str(connection.execute(sql).fetchone()[0])
