"""What a soak tells: lines as it goes on, and a verdict."""

from __future__ import annotations

import json
import os
import platform
from dataclasses import dataclass, field, replace
from importlib.metadata import version
from typing import TYPE_CHECKING

from tests.bench.figures import percentile
from tests.soak.figures import LEAST_SAMPLES, WARM, Sample, growths, value
from tests.soak.player import Played, Player

if TYPE_CHECKING:
    from collections.abc import Sequence

LONGEST_WAIT = 1500.0
"""Milliseconds that no key may wait, on a machine with a processor to spare; else more of them."""
_COLUMNS = (
    ("", 10),
    ("s", 5),
    ("RSS MB", 7),
    ("USS MB", 7),
    ("files", 5),
    ("threads", 7),
    ("tasks", 5),
    ("timers", 6),
    ("widgets", 7),
    ("objects", 9),
    ("blocks", 9),
    ("CPU s", 6),
    ("MB out", 6),
    ("commits", 7),
    ("keys", 6),
    ("faults", 6),
    ("key ms", 14),
)


@dataclass(frozen=True)
class Told:
    """A soak as it is by now. CPU is in seconds by process."""

    played: Played
    seconds: float
    cpu: dict[str, float] = field(default_factory=dict)
    written: int = 0
    commits: int = 0

    def by_now(self, player: Player, commits: int) -> Told:
        """Return it with what has happened since."""
        cpu = player.cpu() if player.lives else self.cpu
        return replace(self, cpu=cpu, written=player.terminal.written, commits=commits)

    @property
    def failures(self) -> list[str]:
        """What is wrong, in words."""
        found = list(self.played.failures)
        for name, samples in self.played.samples.items():
            longest = max(sample.inside["waits"]["longest"] for sample in samples)
            if longest > LONGEST_WAIT * max(sample.crowd for sample in samples):
                found.append(f"{name}: a key waited for {longest:.0f} ms")
            found += [
                f"{name}: {one.name} grew from {one.first:,.1f} to {one.last:,.1f}"
                for one in growths(samples)
                if not one.flat
            ]
        return found

    @property
    def failed(self) -> bool:
        """Whether anything is wrong."""
        return bool(self.failures)


def heading() -> list[str]:
    """Return the titles of the columns."""
    return [" ".join(title.rjust(width) for title, width in _COLUMNS)]


def lines(told: Told) -> list[str]:
    """Return a line for each process, as it was measured last."""
    found = []
    for name, samples in told.played.samples.items():
        last = samples[-1]
        waits = last.inside["waits"]
        found.append(
            _line(
                name,
                f"{last.at:.0f}",
                f"{last.outside.rss:.1f}",
                f"{last.outside.uss:.1f}",
                str(last.outside.files),
                str(last.outside.threads),
                *(f"{value(last, each):,.0f}" for each in ("tasks", "timers", "widgets")),
                f"{last.inside['objects']:,}",
                f"{last.inside['blocks']:,}",
                f"{told.cpu.get(name, 0):.1f}",
                f"{told.written / 1e6:.1f}",
                f"{told.commits:,}",
                f"{told.played.keys:,}",
                str(told.played.faults.total()),
                f"{waits['half']:.0f}/{waits['most']:.0f}/{waits['longest']:.0f}",
            )
        )
    return found


def _line(*words: str) -> str:
    return " ".join(word.rjust(width) for word, (_, width) in zip(words, _COLUMNS, strict=True))


def verdict(told: Told) -> list[str]:
    """Return what is said in the end."""
    found = [""]
    for name, samples in told.played.samples.items():
        grown = growths(samples)
        if not grown:
            found.append(f"{name}: fewer than {LEAST_SAMPLES} samples tell nothing of growth")
        for one in grown:
            word = "flat" if one.flat else "GROWS"
            found.append(
                f"{name:>10} {one.name:12}{one.first:>12,.1f} → {one.last:>12,.1f}"
                f"  ≤ {one.most:>12,.1f}  {word}"
            )
        found += _more(name, samples)
    shown = [seconds * 1000 for seconds in told.played.shown]
    half, most = percentile(shown, 0.5) or 0, percentile(shown, 1.0) or 0
    found.append(
        f"the newest run was shown {len(shown)} times, within {half:.0f} ms, at most {most:.0f} ms"
    )
    found.append(f"faults: {', '.join(f'{k} ×{n}' for k, n in told.played.faults.items())}")
    rule = f"the least of the last third against that of the first after {WARM:.0%} of the time"
    found += told.failures or [f"all is well; flat: {rule}"]
    return found


def _more(name: str, samples: Sequence[Sample]) -> list[str]:
    """Return which objects became most more, where their types were told at both ends."""
    ends = [sample.inside["types"] for sample in samples if sample.inside["types"]]
    if len(ends) < 2:
        return []
    first, last = ends[0], ends[-1]
    more = sorted(((last[key] - first.get(key, 0), key) for key in last), reverse=True)[:25]
    return [f"{name:>10} {count:+,} {key} ({last[key]:,})" for count, key in more if count > 0]


def as_json(told: Told) -> str:
    """Return everything, with all samples."""
    about = {
        "system": platform.platform(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "textual": version("textual"),
        "seconds": told.seconds,
        "cpu": told.cpu,
        "written": told.written,
        "commits": told.commits,
        "keys": told.played.keys,
        "faults": dict(told.played.faults),
        "shown": told.played.shown,
        "failures": told.failures,
    }
    samples = {
        name: [s._asdict() | {"outside": s.outside._asdict()} for s in each]
        for name, each in told.played.samples.items()
    }
    growth = {
        name: [one._asdict() | {"most": one.most, "flat": one.flat} for one in growths(each)]
        for name, each in told.played.samples.items()
    }
    return json.dumps(about | {"growths": growth, "samples": samples}, indent=1) + "\n"
