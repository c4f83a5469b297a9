"""Filters put together from parameters: each is a word of the filter language in the end."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime

from zos_monitor.model.filter_terms import FilterError, FilterKey
from zos_monitor.model.filters import RunFilter, literal, parse_filter
from zos_monitor.model.states import RunState

OF_SUCCESS = {True: (RunState.SUCCESS,), False: (RunState.FAILED, RunState.PARTIAL)}
"""The states of the runs that did, and that did not do, what they were to do."""

Time = datetime | str


def narrowed(
    text: str = "",
    *,
    layers: Sequence[str] = (),
    patterns: Sequence[str] = (),
    states: Sequence[str] = (),
    ids: Sequence[str] = (),
    since: Time | None = None,
    until: Time | None = None,
    errors: Sequence[str] = (),
    success: bool | None = None,
) -> RunFilter:
    """Return the filter that a text and these parameters mean together: all of them must hold.

    ``layers`` are names, taken as they are; ``patterns`` may have wildcards. ``ids`` are
    beginnings of ids. ``states`` and ``errors`` are values of ``status:`` and ``error:``; one of
    several will do. A time is an instant, UTC where it names no zone, or text of the filter
    language. ``success`` asks for runs of ``OF_SUCCESS``. Raises FilterError where they mean
    nothing.
    """
    from zos_monitor.model.filter_words import write_value

    parse_filter(text)  # else a quote that is open would swallow what comes after it
    words = [text] if text.strip() else []

    def add(key: FilterKey, values: Sequence[str]) -> None:
        if values and not all(values):
            raise FilterError(f"A value of {key} is empty: name one.", "", 0, 0)
        if values:
            written = ",".join(write_value(value, bare=False) for value in values)
            words.append(f"{key}:{written}")

    add(FilterKey.LAYER, [literal(name) for name in layers])
    add(FilterKey.LAYER, patterns)
    add(FilterKey.ID, [literal(beginning) for beginning in ids])
    add(FilterKey.STATUS, states)
    add(FilterKey.STATUS, OF_SUCCESS[success] if success is not None else ())
    add(FilterKey.ERROR, errors)
    add(FilterKey.SINCE, [_time(since)] if since is not None else ())
    add(FilterKey.UNTIL, [_time(until)] if until is not None else ())
    return parse_filter(" ".join(words))


def _time(time: Time) -> str:
    if isinstance(time, str):
        return time
    if time.tzinfo is None:
        return time.replace(tzinfo=UTC).isoformat()
    with suppress(OverflowError):  # at either end of the calendar; offsets with seconds exist
        time = time.astimezone(UTC)
    return time.isoformat()
