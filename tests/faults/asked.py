"""One who watches a database as another user: a process that tells what its service tells."""

from __future__ import annotations

import asyncio
import json
import os
import select
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from tests.faults.scene import OTHER_USER
from zos_monitor.model.faults import DatabaseFault
from zos_monitor.service import RunService

ROOT = Path(__file__).parents[2]
PATIENCE = 15.0


class Watcher:
    """Watches a database as another user."""

    def __init__(self, path: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-B", "-m", "tests.faults.asked", str(path)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self._rest = b""

    def tells(self, condition: Callable[[dict[str, Any]], bool]) -> dict[str, Any] | None:
        """Return what it tells once that is so; None where it can't watch at all."""
        assert self._process.stdout is not None
        deadline = time.monotonic() + PATIENCE
        while True:
            line, found, rest = self._rest.partition(b"\n")
            if found:
                self._rest = rest
                told: dict[str, Any] = json.loads(line)
                if condition(told):
                    return told
                continue
            assert time.monotonic() < deadline, "waited in vain"
            if select.select([self._process.stdout], [], [], 0.1)[0]:
                some = self._process.stdout.read1(65536)  # type: ignore[attr-defined]
                if not some:
                    return None
                self._rest += some

    def close(self) -> None:
        """End it."""
        self._process.kill()
        self._process.communicate()


@contextmanager
def watched_by_other_user(path: Path) -> Iterator[Watcher]:
    """Have one that watches."""
    watcher = Watcher(path)
    try:
        yield watcher
    finally:
        watcher.close()


async def _watch(path: Path) -> None:
    service = RunService(path, poll_interval=0.02)
    await service.layer_names()  # all that needs is imported while this user may read it
    with suppress(DatabaseFault):
        await RunService(path.with_name("none.db")).layer_names()
    os.setgroups([])
    os.setgid(OTHER_USER)
    os.setuid(OTHER_USER)
    async for change in service.changes():
        try:
            layers = await service.layer_names()
        except DatabaseFault:
            layers = ()
        health = change.health
        told = {"fault": health.fault, "message": health.message, "layers": layers}
        print(json.dumps(told), flush=True)


if __name__ == "__main__":
    asyncio.run(_watch(Path(sys.argv[1])))
