"""The times that a filter takes: read when it is typed, resolved when it is asked."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum

from zos_monitor.model.times import parse_span

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?"
    r"(Z|[+-][0-9]{2}:?[0-9]{2})?"
)
_EARLIEST = datetime.min.replace(tzinfo=UTC)
_LATEST = datetime.max.replace(tzinfo=UTC)
TIME_FORMS = (
    "a span such as 90m or 7d, a date such as 2026-11-01, "
    "an instant such as 2026-11-01T03:00, today or yesterday"
)
"""What can be written for a time, as a message lists it."""


class Day(StrEnum):
    """A day that is named by its distance from now."""

    TODAY = "today"
    YESTERDAY = "yesterday"


Moment = timedelta | date | datetime | Day
"""A time as typed: a span back from now, a day, an instant (naive: in the reader's zone)."""


def read_moment(value: str) -> Moment | None:
    """Return what a typed time means, or None where it is not a time.

    >>> read_moment("2026-11-01")
    datetime.date(2026, 11, 1)
    """
    typed = value.strip().upper()
    if (span := parse_span(typed)) is not None:
        return span
    if typed in Day.__members__:
        return Day[typed]
    try:
        if _DATE.fullmatch(typed):
            return date.fromisoformat(typed)
        if _INSTANT.fullmatch(typed):
            return datetime.fromisoformat(typed)
    except ValueError:
        pass  # A thirtieth of February: it has the form of a time, and is none.
    return None


def resolve_moment(moment: Moment, *, now: datetime, zone: tzinfo, closing: bool) -> datetime:
    """Return the instant, in UTC, that a moment means now, for a reader in this zone.

    A day means its first midnight, or with ``closing`` the midnight that ends it. What lies before
    the year 1 or after the year 9999 becomes the first or the last instant there is.
    """
    if isinstance(moment, timedelta):
        try:
            return (now - moment).astimezone(UTC)
        except OverflowError:
            return _EARLIEST
    if isinstance(moment, Day):
        moment = now.astimezone(zone).date() - timedelta(days=moment is Day.YESTERDAY)
    local = as_written(moment, closing=closing)
    try:
        return (local if local.tzinfo else local.replace(tzinfo=zone)).astimezone(UTC)
    except OverflowError:
        return _EARLIEST if local.year == 1 else _LATEST


def as_written(moment: date | datetime, *, closing: bool) -> datetime:
    """Return a date or instant as a datetime, naive unless an offset was typed with it.

    A date gives its midnight, or with ``closing`` the next one.
    """
    if isinstance(moment, datetime):
        return moment
    if closing and moment == date.max:
        return datetime.combine(moment, time.max)
    return datetime.combine(moment, time.min) + timedelta(days=closing)
