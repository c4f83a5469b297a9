"""Measures what the command line asks for, and prints the table."""

from __future__ import annotations

import inspect
import sys
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from tests.bench import (
    commanding,
    committing,
    drilling,
    estimating,
    filtering,
    moving,
    pouring,
    resting,
    starting,
    sweeping,
    totalling,
)
from tests.bench.arguments import LEAST_RUNS, parse
from tests.bench.figures import Figure
from tests.bench.report import table, write_json
from tests.bench.setting import Setting, prepare
from tests.bench.terminal import Gone

Measure = Callable[[Setting], Iterable[Figure]]
GROUPS: dict[str, Measure] = {
    "start": starting.start,
    "commands": commanding.commands,
    "keys": moving.keys,
    "jump": moving.jump,
    "filter": filtering.filtering,
    "search": filtering.search,
    "totals": totalling.totals,
    "detail": drilling.detail,
    "sweeps": sweeping.sweeps,
    "commit": committing.commit,
    "idle": resting.idle,
    "bytes": resting.sent,
    "memory": resting.scrolled,
    "writer": committing.writer,
    "backpressure": pouring.backpressure,
    "eta": estimating.eta,
}
"""What measures the figures of each name."""

BY_THEMSELVES = {"backpressure", "detail", "eta"}
"""The names of figures that need no large database."""


def about(measure: Measure) -> str:
    """Return the first line of what measures."""
    return (inspect.getdoc(measure) or "").partition("\n")[0]


def main() -> None:
    """Run what the command line asks for."""
    groups = {name: about(measure) for name, measure in GROUPS.items()}
    asked = parse(None, groups)
    if asked.list:
        print("\n".join(f"{name:14}{text}" for name, text in groups.items()))
        return
    now = datetime.now(UTC)
    runs = asked.runs if set(asked.only) - BY_THEMSELVES else LEAST_RUNS
    tell(f"databases of {runs:,} and 1,000 runs")
    setting = prepare(runs, quick=asked.quick, now=now)
    figures: list[Figure] = []
    for name in asked.only:
        begun = time.monotonic()
        tell(f"{name}: {groups[name]}")
        try:
            for figure in GROUPS[name](setting):
                figures.append(figure)
        except Gone as fault:
            tell(f"{name}: {fault}")
            figures.append(Figure(group=name, name=groups[name], unit=""))
        tell(f"{name}: {time.monotonic() - begun:.0f} s")
    print("\n".join(table(figures)))
    if asked.json is not None:
        write_json(asked.json, figures, runs=runs, quick=asked.quick, at=now)


def tell(text: str) -> None:
    """Say on standard error what is going on."""
    print(text, file=sys.stderr, flush=True)
