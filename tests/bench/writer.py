"""The other end of ``tests.bench.writing``: commands to a zos that is another process."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.bench.terminal import ROOT, Gone
from tests.bench.writing import Answer


class Writer:
    """A process that writes to a database on command."""

    def __init__(self, path: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.bench.writing", str(path)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.communicate()

    @property
    def answers(self) -> int:
        """The file descriptor on which answers come."""
        assert self._process.stdout is not None
        return self._process.stdout.fileno()

    def tell(self, do: str, **more: str | float) -> None:
        """Give a command, whose answer must be fetched before the next one."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"do": do} | more) + "\n")
        self._process.stdin.flush()

    def answer(self) -> Answer:
        """Return the answer to the last command."""
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise Gone("the writer has ended")
        answer: Answer = json.loads(line)
        return answer
