"""A ``watch`` that runs as a process of its own, its output read line by line."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from tests.commands.invoking import program
from tests.demo.waiting import wait_for

LAYER = "nightly-user-reflection"
BEGIN = f"run = zos.start_run({LAYER!r}, started_at=datetime.now(UTC), targets_matched=2)"
CALL = "zos.call(run, 'user:1', created_at=datetime.now(UTC), cost=0.5)"
INSIGHT = "zos.insight(run, 'user:1', created_at=datetime.now(UTC))"


def end(status: str = "success") -> str:
    return f"zos.finish_run(run, completed_at=datetime.now(UTC), processed=1, status={status!r})"


class Watching:
    """The process, and the lines that it has printed so far."""

    def __init__(self, *arguments: object, **environment: str) -> None:
        self.process = subprocess.Popen(
            program(*arguments),
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.lines: list[str] = []
        self.words: list[str] = []
        assert self.process.stdout is not None
        assert self.process.stderr is not None
        self._readers = [
            threading.Thread(target=lines.extend, args=(output,), daemon=True)
            for lines, output in (
                (self.lines, self.process.stdout),
                (self.words, self.process.stderr),
            )
        ]
        for reader in self._readers:
            reader.start()

    def until(self, text: str, *, told: bool = False) -> None:
        """Wait until a line has a text in it; with ``told``, one on standard error."""
        lines = self.words if told else self.lines
        wait_for(lambda: any(text in line for line in [*lines]) or self.process.poll() is not None)
        assert any(text in line for line in lines), (self.lines, self.words)

    def end(self) -> int:
        """Wait for its end, and return the exit status."""
        status = self.process.wait(20)
        for reader in self._readers:
            reader.join()
        return status

    def interrupt(self) -> None:
        self.process.send_signal(signal.SIGINT)


@contextmanager
def watching(*arguments: object, **environment: str) -> Iterator[Watching]:
    watch = Watching(*arguments, **environment)
    try:
        yield watch
    finally:
        watch.process.kill()
        watch.process.communicate()
