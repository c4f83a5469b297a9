"""What a monitoring system is told: a line, in the Nagios convention, and performance data.

The line is ``ZOS STATUS - words | 'label'=value[unit];[warning];[critical];[min];[max] …``. A
warning or critical of N there means above N. Nothing in the words can be taken for performance
data, nor for another line.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from zos_monitor.model import phrases
from zos_monitor.model.check_rules import age_bounds, span_words
from zos_monitor.model.checks import Bounds, Facts, Finding, Level, Limits
from zos_monitor.model.news import PENDING
from zos_monitor.model.nights import Outcome
from zos_monitor.model.states import RunState
from zos_monitor.model.text import one_line

MOST_REASONS = 3
"""How many findings the line tells."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """A figure of performance data; ``unit`` is empty or ``%``."""

    label: str
    value: float
    unit: str = ""
    warning: float | None = None
    critical: float | None = None
    least: float | None = 0
    most: float | None = None


def plugin_line(level: Level, words: str, metrics: Sequence[Metric] = ()) -> str:
    """Return the line that a monitoring system reads."""
    line = f"ZOS {level.name} - {safe(words)}"
    return f"{line} | {' '.join(map(_metric, metrics))}" if metrics else line


def safe(words: str) -> str:
    """Return words for a line of plugin output: one line, without what begins performance data."""
    return one_line(words).replace("|", "¦")


def summary(facts: Facts, findings: Sequence[Finding]) -> str:
    """Return why it is not well, the worst first; where it is, what was looked at."""
    if findings:
        told = "; ".join(finding.message for finding in findings[:MOST_REASONS])
        more = len(findings) - MOST_REASONS
        return f"{told}; and {more} more" if more > 0 else told
    words = []
    if facts.layers is not None:
        words.append(phrases.plural(len(facts.layers), "layer"))
    if facts.night is not None:
        starts = facts.night.starts
        due = sum(count for outcome, count in starts.items() if outcome not in PENDING)
        well = starts.get(Outcome.SUCCESS, 0) + starts.get(Outcome.DRY, 0)
        words.append(f"night of {facts.night.date} {well} of {due} well")
    words.append(f"{phrases.plural(facts.runs, 'run')} in {span_words(facts.window)}")
    if facts.cost_usd is not None:
        words.append(phrases.partial_cost(facts.cost_usd, facts.uncosted))
    return ", ".join(words)


def metrics(facts: Facts, limits: Limits) -> list[Metric]:
    """Return the performance data; what is not known is left out."""
    found = [
        Metric(label="runs", value=facts.runs),
        *_share("failed_share", facts.share(RunState.FAILED), limits.failed),
        *_share("partial_share", facts.share(RunState.PARTIAL), limits.partial),
        Metric(label="open", value=len(facts.open_runs)),
        _count("stalled", facts.stalled, limits.stalled),
    ]
    if facts.night is not None:
        found.append(_count("missed", len(facts.night.missed), limits.missed))
    if facts.cost_usd is not None:
        found.append(
            Metric(
                label="cost_usd",
                value=facts.cost_usd,
                warning=limits.cost.warning,
                critical=limits.cost.critical,
            )
        )
    if facts.tokens is not None:
        found.append(Metric(label="tokens", value=facts.tokens))
    return [*found, *_ages(facts, limits)]


def _share(label: str, share: float | None, bounds: Bounds) -> list[Metric]:
    if share is None:
        return []
    warning, critical = (
        bound * 100 if bound is not None else None for bound in (bounds.warning, bounds.critical)
    )
    return [
        Metric(
            label=label, value=share * 100, unit="%", warning=warning, critical=critical, most=100
        )
    ]


def _count(label: str, number: int, bounds: Bounds) -> Metric:
    warning, critical = (
        bound - 1 if bound is not None else None for bound in (bounds.warning, bounds.critical)
    )
    return Metric(label=label, value=number, warning=warning, critical=critical)


def _ages(facts: Facts, limits: Limits) -> list[Metric]:
    """Return the age of that layer's last good run that is the oldest for its schedule."""
    ages = [
        ((facts.now - layer.last_good).total_seconds(), age_bounds(layer, limits))
        for layer in facts.layers or ()
        if layer.last_good is not None
    ]
    if not ages:
        return []
    age, bounds = max(ages, key=lambda one: (one[0] / (one[1].warning or float("inf")), one[0]))
    warning, critical = (
        bound / 3600 if bound is not None else None for bound in (bounds.warning, bounds.critical)
    )
    hours = max(age / 3600, 0.0)
    label = "oldest_success_hours"
    return [Metric(label=label, value=hours, warning=warning, critical=critical)]


def _metric(metric: Metric) -> str:
    bounds = (metric.warning, metric.critical, metric.least, metric.most)
    fields = ";".join(_number(bound) for bound in bounds).rstrip(";")
    written = f"'{metric.label}'={_number(metric.value)}{metric.unit}"
    return f"{written};{fields}" if fields else written


def _number(number: float | None) -> str:
    """Return a number in digits alone, without the noise in which floats end."""
    if number is None:
        return ""
    return f"{number:.4f}".rstrip("0").rstrip(".")
