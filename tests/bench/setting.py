"""On what is measured, and how often: the databases of one run of the bench."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from tests.bench import build

SMALL = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """The databases, large and small, which are only read; and whether to be quick about it.

    ``now`` is the aware instant at which the bench began.
    """

    large: Path
    small: Path
    runs: int
    quick: bool
    now: datetime

    def times(self, full: int, quick: int) -> int:
        """Return how often to repeat."""
        return quick if self.quick else full

    @contextmanager
    def copy(self) -> Iterator[Path]:
        """Lend a copy of the large database that may be written to."""
        path = self.large.with_name(f"{self.large.stem}-copy.db")
        try:
            _remove(path)
            shutil.copyfile(self.large, path)
            yield path
        finally:
            _remove(path)

    @property
    def sizes(self) -> str:
        """The size in words, for the table."""
        return f"{self.runs:,} runs"


def prepare(runs: int, *, quick: bool, now: datetime, folder: Path | None = None) -> Setting:
    """Find or build the databases."""
    large = build.database(runs, now=now, folder=folder)
    small = build.database(SMALL, now=now, folder=folder)
    return Setting(large=large, small=small, runs=runs, quick=quick, now=now)


def _remove(path: Path) -> None:
    for name in (path.name, f"{path.name}-wal", f"{path.name}-shm"):
        with contextlib.suppress(FileNotFoundError):
            path.with_name(name).unlink()
