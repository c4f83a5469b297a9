"""What the bench reports: figures, the bars they are held against, and medians."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field

Samples = Sequence[float]


def median(samples: Samples) -> float | None:
    """Return the median, the mean of the two in the middle where their number is even."""
    if not samples:
        return None
    ordered = sorted(samples)
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def percentile(samples: Samples, share: float) -> float | None:
    """Return the least sample that ``share`` (0 to 1) of all samples do not exceed."""
    if not samples:
        return None
    return sorted(samples)[max(0, math.ceil(share * len(samples)) - 1)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """What a figure is held against; everything that is set must hold.

    ``most`` bounds the figure itself, in its unit; ``ratio`` what it may be times its baseline,
    ``least_ratio`` what it must be; ``more`` what it may exceed its baseline by. ``below`` asks
    that it be less than its baseline.
    """

    most: float | None = None
    ratio: float | None = None
    least_ratio: float | None = None
    more: float | None = None
    below: bool = False

    def holds(self, measured: float, baseline: float | None) -> bool | None:
        """Tell whether the bar is kept; None where that needs a baseline that is missing."""
        if self.most is not None and measured > self.most:
            return False
        if not (self.ratio or self.least_ratio or self.more or self.below):
            return True
        if baseline is None:
            return None
        kept = (
            self.ratio is None or measured <= self.ratio * baseline,
            self.least_ratio is None or measured >= self.least_ratio * baseline,
            self.more is None or measured <= baseline + self.more,
            not self.below or measured < baseline,
        )
        return all(kept)

    def text(self, unit: str) -> str:
        """Return the bar in words."""
        parts = []
        if self.ratio is not None:
            parts.append(f"≤ {self.ratio:g} ×")
        if self.least_ratio is not None:
            parts.append(f"≥ {self.least_ratio:g} ×")
        if self.below:
            parts.append("< 1 ×")
        if self.more is not None:
            parts.append(f"≤ + {self.more:g} {unit}")
        if self.most is not None:
            parts.append(f"≤ {self.most:g} {unit}")
        return ", ".join(parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One row of the table: samples of a thing, and of its baseline from the same minutes.

    ``share`` is the percentile that is told, by default the median. ``note`` says what else is
    worth knowing. No samples mean that there was nothing to measure.
    """

    group: str
    name: str
    unit: str
    samples: Samples = ()
    against: str = ""
    baseline: Samples = ()
    bar: Bar = field(default_factory=Bar)
    share: float | None = None
    note: str = ""

    @property
    def measured(self) -> float | None:
        """The median, or the percentile asked for."""
        return self._told(self.samples)

    @property
    def compared(self) -> float | None:
        """The same of the baseline."""
        return self._told(self.baseline)

    @property
    def ratio(self) -> float | None:
        """Measured by compared; None where either is missing or the latter 0."""
        if self.measured is None or not self.compared:
            return None
        return self.measured / self.compared

    @property
    def verdict(self) -> str:
        """``ok``, ``missed``, ``not available``, or nothing for a figure without a bar."""
        if self.measured is None:
            return "not available"
        if self.bar == Bar():
            return ""
        kept = self.bar.holds(self.measured, self.compared)
        return "not available" if kept is None else "ok" if kept else "missed"

    def as_json(self) -> dict[str, object]:
        """Return everything about the figure, in values that JSON knows."""
        told = {"measured": self.measured, "compared": self.compared, "ratio": self.ratio}
        return asdict(self) | told | {"verdict": self.verdict, "bar_text": self.bar.text(self.unit)}

    def _told(self, samples: Samples) -> float | None:
        return median(samples) if self.share is None else percentile(samples, self.share)
