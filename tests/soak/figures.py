"""What is measured of a process over a long time, and whether it stays as it is."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple, TypedDict

from tests.bench.figures import percentile
from tests.bench.processes import memory

_TOLD_WITHIN = 10.0


class Waits(TypedDict):
    """How long keys waited, in milliseconds."""

    count: int
    half: float
    most: float
    longest: float


def waits_of(seconds: Sequence[float]) -> Waits:
    """Return what is told of them: how many, the median, 99 %, the longest."""
    told = [percentile(seconds, share) or 0.0 for share in (0.5, 0.99, 1.0)]
    half, most, longest = (round(one * 1000, 1) for one in told)
    return {"count": len(seconds), "half": half, "most": most, "longest": longest}


class Inside(TypedDict):
    """What a process tells of itself once garbage has been collected.

    ``blocks`` counts what Python's allocator has given out, ``objects`` those of it that may be
    part of cycles; ``timers`` are those that the event loop waits for. ``cached`` counts what is
    remembered by functions that remember so many answers at most; ``looks`` are the poll's, and
    ``refreshes`` those of the dashboard for which it asked everything again.
    """

    tasks: int
    timers: int
    threads: int
    connections: int
    objects: int
    blocks: int
    cached: int
    widgets: int
    looks: int
    refreshes: int
    waits: Waits
    types: dict[str, int]


def ask_inside(
    pid: int, told: Path, wait: Callable[[float], object], number: int = signal.SIGUSR1
) -> Inside:
    """Have a process of ``tests.soak.opened`` tell of itself; see ``ask``."""
    inside: Inside = ask(pid, told, wait, number)
    return inside


def ask_where(pid: int, told: Path, wait: Callable[[float], object]) -> list[str]:
    """Have such a process tell where its tasks and threads stand; see ``ask``."""
    lines: list[str] = ask(pid, told, wait, signal.SIGURG)
    return lines


def ask(pid: int, told: Path, wait: Callable[[float], object], number: int) -> Any:  # noqa: ANN401
    """Return what a process answers to a signal, which is JSON; ``wait`` passes time meanwhile.

    Raises TimeoutError where it does not, OSError where it is gone.
    """
    told.unlink(missing_ok=True)
    os.kill(pid, number)
    deadline = time.monotonic() + _TOLD_WITHIN
    while not told.exists():
        if time.monotonic() > deadline:
            raise TimeoutError(f"process {pid} does not tell of itself")
        wait(0.01)
    return json.loads(told.read_text(encoding="utf-8"))


class Outside(NamedTuple):
    """What the system tells of a process: memory in MB, CPU in seconds, counts.

    ``uss`` is the memory that nobody shares; 0 where the system does not tell it, as all but
    ``rss`` on macOS.
    """

    rss: float
    uss: float
    files: int
    threads: int

    @classmethod
    def of(cls, pid: int) -> Outside:
        """Look at a process. Raises OSError where it is gone."""
        if sys.platform != "linux":
            return cls(memory(pid), 0.0, 0, 0)
        files, threads = (len(os.listdir(f"/proc/{pid}/{each}")) for each in ("fd", "task"))
        return cls(memory(pid), _uss(pid), files, threads)


def _uss(pid: int) -> float:
    text = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="utf-8")
    lines = (line.split() for line in text.splitlines())
    return sum(int(words[1]) for words in lines if words[0].startswith("Private_")) * 1024 / 1e6


class Sample(NamedTuple):
    """A process at one time, ``at`` so many seconds after the start.

    ``crowd`` is how many processes want each processor, at least 1.
    """

    at: float
    crowd: float
    outside: Outside
    inside: Inside


def crowd() -> float:
    """Return how many processes want each processor by now, at least 1."""
    return max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


class Rule(NamedTuple):
    """By how much something may grow and count as flat.

    That is by a ``share`` of it and by an amount ``more``, and by ``cached`` for each answer more
    that a function remembers which remembers so many at most: Textual's take long to be full.
    """

    share: float
    more: float
    cached: float = 0.0


RULES = {
    "rss": Rule(0.03, 1, 0.001),
    "uss": Rule(0.03, 1, 0.001),
    "files": Rule(0, 2),
    # Those of the executor are made when they are first wanted; each list that is kept sorted has
    # one as well, and a connection.
    "threads": Rule(0, 10),
    "tasks": Rule(0, 16),  # each widget has one
    "timers": Rule(0, 10),  # each connection of a server has one for as long as it idles
    "connections": Rule(0, 4),
    "objects": Rule(0.02, 1_000, 3),
    "blocks": Rule(0.02, 2_000, 8),
    "widgets": Rule(0, 16),  # tabs are made when they are first shown
}
WARM = 0.25
"""What part of the time caches may fill in."""
LEAST_SAMPLES = 8
"""With fewer samples nothing is said of growth."""


class Growth(NamedTuple):
    """The least that something was in the first third after the warm-up, and in the last.

    ``cached`` is by how many remembered answers more there are.
    """

    name: str
    first: float
    last: float
    cached: float

    @property
    def most(self) -> float:
        """Up to what it counts as not having grown."""
        rule = RULES[self.name]
        return self.first * (1 + rule.share) + rule.more + max(0.0, self.cached) * rule.cached

    @property
    def flat(self) -> bool:
        """Whether it counts as not having grown."""
        return self.last <= self.most


def value(sample: Sample, name: str) -> float:
    """Return a figure of a sample by its name; of what both tell, the system's count."""
    told: dict[str, float] = {**sample.inside, **sample.outside._asdict()}  # type: ignore[dict-item]
    return told[name]


def growths(samples: Sequence[Sample]) -> list[Growth]:
    """Return how everything has grown; nothing where there are too few samples.

    The least of a third is what stays when all is at rest: what is under way when a sample is
    taken is no growth.
    """
    warm = samples[int(len(samples) * WARM) :]
    third = len(warm) // 3
    if len(samples) < LEAST_SAMPLES or not third:
        return []

    def least(name: str) -> tuple[float, float]:
        first, last = ([value(one, name) for one in part] for part in (warm[:third], warm[-third:]))
        return min(first), min(last)

    before, now = least("cached")
    return [Growth(name, *least(name), cached=now - before) for name in RULES]
