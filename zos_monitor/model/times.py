"""Instants as zos stores them, and spans of time as people type them.

zos writes an instant as 26 characters, ``YYYY-MM-DD HH:MM:SS.ffffff``: naive, always UTC. Inside
the monitor every instant is an aware UTC ``datetime``; a zone is chosen only when rendering.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

# ASCII: elsewhere there are more digits, and an "s" whose lower case is none.
_SPAN = re.compile(r"(\d{1,6})([smhdw])", re.IGNORECASE | re.ASCII)
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}


def utc_now() -> datetime:
    """Return the present instant, aware, in UTC: the only clock that is read."""
    return datetime.now(UTC)


def parse_stored(value: object) -> datetime | None:
    """Return the instant that a stored column value means, or None where it means none.

    Takes zos's own form and its ISO relatives (with ``T``, ``Z`` or an offset, without fractions),
    for rows that other hands have written. Numbers and anything unreadable give None.
    """
    if not isinstance(value, str):
        return None
    try:
        instant = datetime.fromisoformat(value.strip())
        return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def format_stored(instant: datetime) -> str:
    """Return an aware instant in the full stored form, the only one that compares rightly in SQL.

    Raises ValueError for a naive instant: what it meant can only be guessed.
    """
    if instant.tzinfo is None:
        raise ValueError("a naive instant has no stored form")
    return instant.astimezone(UTC).replace(tzinfo=None).isoformat(sep=" ", timespec="microseconds")


def parse_span(text: str) -> timedelta | None:
    """Return the span of time that ``90m``, ``24h``, ``7d`` or ``2w`` names, else None."""
    match = _SPAN.fullmatch(text)
    if match is None:
        return None
    return timedelta(seconds=int(match[1]) * _SECONDS[match[2].lower()])


def means_all(text: str) -> bool:
    """Tell whether a typed time means all of history: no bound, and yet it is said.

    >>> means_all("All"), means_all("7d")
    (True, False)
    """
    return text.strip().lower() == "all"
