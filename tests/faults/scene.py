"""Where faults are made: a folder with zos's database, and a zos that is another process."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from tests.conftest import ZosProcess
from tests.waiting import eventually
from zos_monitor.demo.writer import ZosWriter
from zos_monitor.questions import Service
from zos_monitor.service import RunService

RUNS = 150
LAYER, OTHER_LAYER = "user-reflect", "chat-reflect"
ZOS_USER, OTHER_USER = 65533, 65534
"""Users that own nothing, by number: one for zos, one that only watches."""


class Trace(NamedTuple):
    """What is to be seen of a file: its content, unless that is SQLite's own, and its times."""

    content: str
    written_ns: int
    inode: int


class Scene:
    """A folder with a sound database of zos's, which is down.

    ``now`` is the present: its newest run is an hour old.
    """

    def __init__(self, around: Path, now: datetime) -> None:
        self.now = now
        self.folder = around / "data"
        self.aside = around / "aside"
        self.path = self.folder / "zos.db"
        self.zos = ZosProcess()
        self._written = 0
        for folder in (self.folder, self.aside):
            folder.mkdir()
        self.sound = self.aside / "sound.db"
        write_runs(self.sound, LAYER, RUNS, now)
        self.put(self.sound)

    def close(self) -> None:
        """End zos."""
        self.zos.kill()

    def put(self, source: Path) -> None:
        """Put a copy of a database into the place of the one that is there, all at once."""
        copy = self.aside / "copy.db"
        shutil.copyfile(source, copy)
        os.chmod(copy, 0o644)
        copy.replace(self.path)

    def mend(self) -> None:
        """Put the sound database back where nothing of another one is left."""
        for end in ("-wal", "-shm", "-journal"):
            Path(f"{self.path}{end}").unlink(missing_ok=True)
        self.put(self.sound)

    def other(self, runs: int = RUNS) -> Path:
        """Return another database of zos's, of another layer."""
        path = self.aside / f"other-{runs}.db"
        if not path.exists():
            write_runs(path, OTHER_LAYER, runs, self.now)
        return path

    def up(self, journal_mode: str = "wal") -> None:
        """Have zos open its database."""
        self.zos.open(self.path, journal_mode=journal_mode)

    def down(self) -> None:
        """Have zos close its database, in order."""
        self.zos.do("zos.close()")

    def crash(self) -> None:
        """End zos as a power cut would; the next one is not up."""
        self.zos.kill()
        self.zos = ZosProcess()

    def execute(self, *statements: str) -> None:
        """Have zos change its database while it is up."""
        self.zos.do(
            f"for statement in {statements!r}: zos._connection.execute(statement).fetchall()"
        )

    def writes(self, *, stays_up: bool = False) -> str:
        """Have zos commit a run, and return its layer: no other run is of that."""
        self._written += 1
        layer = f"written-{self._written}"
        started = self.now + timedelta(seconds=self._written)
        self.up()
        at = f"datetime.fromisoformat({str(started)!r})"
        self.zos.do(f"zos.raw_run(layer_name={layer!r}, started_at={at}, completed_at={at})")
        if not stays_up:
            self.down()
        return layer

    def left_behind(self) -> list[str]:
        """Return what lies beside the database and is not zos's own to take away.

        A zos that closes while somebody reads leaves its log to the next time that it closes.
        """
        owner = self.path.stat().st_uid
        beside = [file for file in self.folder.iterdir() if file != self.path]
        if beside and all(file.stat().st_uid == owner for file in beside):
            self.up()
            self.down()
        return sorted(file.name for file in self.folder.iterdir() if file != self.path)

    def traces(self) -> dict[str, Trace]:
        """Return what is to be seen of each file."""
        return dict(_traces(self.folder))


def _traces(folder: Path) -> Iterator[tuple[str, Trace]]:
    if not os.access(folder, os.R_OK):
        return
    for file in sorted(folder.iterdir()):
        own = file.name.endswith("-shm") or not file.is_file()
        content = "" if own else hashlib.sha256(file.read_bytes()).hexdigest()
        stat = file.stat()
        yield file.name, Trace(content, 0 if own else stat.st_mtime_ns, stat.st_ino)


def difference(before: dict[str, Trace], after: dict[str, Trace]) -> str:
    """Return what has come, gone or changed, in words; empty for nothing."""
    told = [f"{name} is new" for name in after.keys() - before.keys()]
    told += [f"{name} is gone" for name in before.keys() - after.keys()]
    told += [
        f"{name} is changed" for name in before if name in after and before[name] != after[name]
    ]
    return ", ".join(sorted(told))


def write_runs(path: Path, layer: str, count: int, now: datetime) -> None:
    """Write a database with this many runs, one an hour, each with two calls and an insight."""
    with ZosWriter(path, seed=len(path.name)) as zos, zos.batch():
        for n in range(count):
            at = now - timedelta(hours=count - n)
            run = zos.raw_run(layer_name=layer, started_at=at, completed_at=at)
            for _ in range(2):
                zos.call(run, "server:1:user:2", created_at=at, cost=0.25)
            zos.insight(run, "server:1:user:2", created_at=at)


async def at_rest(service: Service) -> None:
    """Wait until no thread reads, so that what is done next is done at once for all of ours."""
    assert isinstance(service, RunService)
    database = service._database
    await eventually(lambda: not (database._open or database._locking))


@contextmanager
def scene(around: Path, now: datetime | None = None) -> Iterator[Scene]:
    """Have a scene in a folder of one's own."""
    found = Scene(around, now or datetime.now(UTC))
    try:
        yield found
    finally:
        found.close()
