"""The reader's time zone on the wire: by its name, where it has one."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

_OFFSET = re.compile(r"([+-])(\d\d):(\d\d)(?::(\d\d))?", re.ASCII)


def zone_name(zone: tzinfo, now: datetime) -> str:
    """Return how a zone is called on the wire.

    That is its IANA name. A zone without one, such as a fixed offset, goes as the offset that it
    has now: ``+02:00``.
    """
    if isinstance(zone, ZoneInfo) and zone.key:
        return zone.key
    offset = now.astimezone(zone).utcoffset() or timedelta()
    if not offset:
        return "UTC"
    sign = "-" if offset < timedelta() else "+"
    minutes, seconds = divmod(int(abs(offset).total_seconds()), 60)
    return f"{sign}{minutes // 60:02}:{minutes % 60:02}" + (f":{seconds:02}" if seconds else "")


def zone_named(name: str) -> tzinfo:
    """Return the zone of a name. Raises ValueError where this machine knows none."""
    if name == "UTC":
        return UTC
    if offset := _OFFSET.fullmatch(name):
        hours, minutes, seconds = (int(part or 0) for part in offset.groups()[1:])
        span = timedelta(hours=hours, minutes=minutes, seconds=seconds)
        try:
            return timezone(-span if offset[1] == "-" else span)
        except ValueError:
            raise ValueError(f"{name} is no time zone") from None
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # KeyError: ZoneInfoNotFoundError is one
        raise ValueError(f"there is no time zone {name!r} on the server") from None
