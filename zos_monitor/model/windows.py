"""Windows: the spans of time that totals are over, and what they are called."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta

from zos_monitor.model.filters import FilterKey, RunFilter, Term, values_of
from zos_monitor.model.times import means_all, parse_span

WINDOWS = ("24h", "7d", "30d", "90d", "all")
"""The windows that are offered to choose from."""

DEFAULT_WINDOW = "7d"
"""The window of totals where a filter names no time."""

_UNITS = {"s": "second", "m": "minute", "h": "hour", "d": "day", "w": "week"}


def has_time(flt: RunFilter) -> bool:
    """Tell whether a filter names a time itself."""
    return any(term.key in (FilterKey.SINCE, FilterKey.UNTIL) for term in flt.terms)


def within_window(flt: RunFilter, window: str | None) -> RunFilter:
    """Return a filter that is bounded by a window (such as ``7d``) where it names no time itself.

    Raises ValueError for a window that is neither a span nor ``all``.
    """
    if window is not None and parse_span(window) is None and not means_all(window):
        raise ValueError(f"{window!r} is no span of time such as 7d")
    if window is None or has_time(flt):
        return flt
    since = Term(key=FilterKey.SINCE, values=(window,), negated=False, start=0, end=0)
    return replace(flt, terms=(*flt.terms, since))


def window_words(flt: RunFilter, window: str = DEFAULT_WINDOW) -> str:
    """Return what the window of a filter is called, such as ``last 7 days``.

    ``window`` holds where the filter names no time; other terms add ``as filtered``.
    """
    since = values_of(flt, FilterKey.SINCE) if has_time(flt) else (window,)
    until = values_of(flt, FilterKey.UNTIL)
    words = [
        *(_since(value) for value in since if not means_all(value)),
        *(f"until {value}" for value in until),
    ] or ["all time"]
    others = [term for term in flt.terms if term.key not in (FilterKey.SINCE, FilterKey.UNTIL)]
    return " ".join(words) + (", as filtered" if others else "")


def turns_at(
    flt: RunFilter, oldest: datetime | None, now: datetime, *, window: str = DEFAULT_WINDOW
) -> datetime | None:
    """Return when the runs that a filter matches become others though nothing is written.

    That is when the ``oldest`` of them leaves a window that moves with the time, or when words
    such as ``today`` come to mean another day (asked every minute, for any zone). It is told as
    the next whole minute: a window that runs leave all the time turns over as seldom as the clock
    does. None for never.
    """
    times = [term for term in flt.terms if term.key in (FilterKey.SINCE, FilterKey.UNTIL)]
    words = [value for term in times for value in term.values] if has_time(flt) else [window]
    turns = []
    for word in words:
        span = parse_span(word)
        if means_all(word) or (span is None and word[:1].isdigit()):
            continue  # a date stays what it is, and so does all
        if span is None or any(term.key is FilterKey.UNTIL for term in times):
            turns.append(now)
        elif oldest is not None:
            turns.append(max(now, oldest + span))
    turn = min(turns, default=None)
    return turn.replace(second=0, microsecond=0) + timedelta(minutes=1) if turn else None


def _since(value: str) -> str:
    if parse_span(value) is None:
        return f"since {value}"
    number, unit = re.fullmatch(r"0*(\d+)(\w)", value).groups()  # type: ignore[union-attr]
    word = _UNITS[unit.lower()]
    return f"last {word}" if number == "1" else f"last {number} {word}s"
