"""What two runs have beside each other, and what of it differs enough to stand out."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from zos_monitor.model import phrases
from zos_monitor.model.text import one_line
from zos_monitor.tui.run_columns import elapsed, state_words

if TYPE_CHECKING:
    from zos_monitor.model.comparison import Comparison
    from zos_monitor.model.runs import RunDetail
    from zos_monitor.tui.run_columns import Setting

OUT_OF_THE_COMMON = 1.5
"""Tokens, cost, duration, calls and insights stand out where one run has more than so many times
what the other has. It is less than ``past.COSTLY``: here a run is held against a single one."""


class Compared(NamedTuple):
    """One line of the table: what is compared, and what each run has.

    ``differs`` tells whether it stands out. ``ratio`` is this run's figure by the other's, None
    where there is none to tell.
    """

    label: str
    this: str
    other: str
    differs: bool
    ratio: float | None = None


def compared(comparison: Comparison, setting: Setting) -> list[Compared]:
    """Return the lines of the table; none where there is nothing to compare with."""
    this, other = comparison.this, comparison.other
    if other is None:
        return []
    state, other_state = (state_words(run, setting.glyphs) for run in (this, other))
    lines = [_exact("State", state, other_state, state != other_state)]
    if this.layer_name != other.layer_name:
        lines.append(_exact("Layer", one_line(this.layer_name), one_line(other.layer_name), True))
    lines += [
        _words("Hash", this.layer_hash, other.layer_hash),
        _words("Profile", this.model_profile, other.model_profile),
        _words("Provider", this.model_provider, other.model_provider),
        _words("Model", this.model_name, other.model_name),
        _count("Matched", this.targets_matched, other.targets_matched),
        _count("Processed", _processed(this), _processed(other)),
        _count("Skipped", _skipped(this), _skipped(other)),
        _figure("Insights", _insights(this), _insights(other)),
        _figure("Calls", this.usage.calls, other.usage.calls),
        _figure("Tokens", this.usage.tokens_total, other.usage.tokens_total),
        _cost(this.usage.cost_usd, other.usage.cost_usd),
        _duration(this, other, setting),
        _count("Errors", _errors(this), _errors(other)),
    ]
    return lines


def _exact(label: str, this: str, other: str, differs: bool) -> Compared:
    return Compared(label, this or phrases.NOTHING, other or phrases.NOTHING, differs)


def _words(label: str, this: str | None, other: str | None) -> Compared:
    """Return a line of two words; one that is not recorded does not differ from any."""
    differs = bool(this) and bool(other) and this != other
    return _exact(label, one_line(this or ""), one_line(other or ""), differs)


def _count(label: str, this: int | None, other: int | None) -> Compared:
    differs = this is not None and other is not None and this != other
    return _exact(label, phrases.grouped(this), phrases.grouped(other), differs)


def _figure(label: str, this: int | None, other: int | None) -> Compared:
    return _by_ratio(label, phrases.grouped(this), phrases.grouped(other), this, other)


def _cost(this: float | None, other: float | None) -> Compared:
    return _by_ratio("Cost", phrases.cost(this), phrases.cost(other), this, other)


def _duration(this: RunDetail, other: RunDetail, setting: Setting) -> Compared:
    told, other_told = (elapsed(run, setting.now) for run in (this, other))
    took, other_took = _seconds(this.duration), _seconds(other.duration)
    return _by_ratio("Duration", told, other_told, took, other_took)


def _seconds(span: timedelta | None) -> float | None:
    return span.total_seconds() if span is not None else None


def _by_ratio(
    label: str, told: str, other_told: str, this: float | None, other: float | None
) -> Compared:
    """Return a line of two figures, which stands out where one is far more than the other."""
    if this is None or other is None:
        return Compared(label, told, other_told, False)
    if not this or not other or (this < 0) != (other < 0):
        return Compared(label, told, other_told, this != other)
    ratio = this / other
    differs = not 1 / OUT_OF_THE_COMMON <= ratio <= OUT_OF_THE_COMMON
    return Compared(label, told, other_told, differs, ratio)


def _processed(run: RunDetail) -> int | None:
    if run.open:
        return run.progress.done - run.progress.failed if run.progress is not None else None
    return run.targets_processed


def _skipped(run: RunDetail) -> int | None:
    if run.open:
        return run.progress.failed if run.progress is not None else None
    return run.targets_skipped


def _insights(run: RunDetail) -> int | None:
    return run.insights_stored if run.open else run.insights_created


def _errors(run: RunDetail) -> int:
    return run.error_count or len(run.early_errors)


def ratio_words(ratio: float) -> str:
    """Return how many times as much something is.

    >>> ratio_words(15.7), ratio_words(2.345), ratio_words(0.0421), ratio_words(1e9)
    ('16x', '2.3x', '0.04x', '>99x')
    """
    if ratio > 99:
        return ">99x"
    if ratio < 0.01:
        return "<0.01x"
    return f"{ratio:.0f}x" if ratio >= 10 else f"{ratio:.1f}x" if ratio >= 0.1 else f"{ratio:.2f}x"
