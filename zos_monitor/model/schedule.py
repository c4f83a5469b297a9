"""Cron schedules, in the very words of zos: APScheduler reads them for both of us.

In its day-of-week field ``0`` is Monday and ``sun`` Sunday. At a clock change its answers are the
truth too: a time that spring skips is counted by the old offset (02:30 becomes 03:30), and a time
that comes twice in autumn fires twice.
"""

from __future__ import annotations

from bisect import bisect_left
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from apscheduler.triggers.cron import CronTrigger

MOST_FIRES = 1_500
"""How many fires of a schedule are listed for a day: one a minute, in a day of 25 hours."""

_DAY = timedelta(days=1)
_MOST_CRON = 1_000  # characters


class Schedule(NamedTuple):
    """A cron string, and the IANA name of the zone whose clock it means."""

    cron: str
    zone_name: str = "UTC"


def find_zone(name: str) -> tzinfo | None:
    """Return the zone of an IANA name, None where there is none of this name.

    >>> find_zone("UTC") is UTC, find_zone("Europe/Atlantis")
    (True, None)
    """
    if name == "UTC":
        return UTC
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # OSError: "Europe" is a folder
        return None


def cron_fault(cron: str) -> str | None:
    """Return what is wrong with a cron string, None where nothing is."""
    if len(cron) > _MOST_CRON:
        return f"it is {len(cron)} characters long"
    try:
        _read(cron, UTC)
    except (ValueError, TypeError, OverflowError, RecursionError) as fault:
        return str(fault)
    return None


def next_fire(schedule: Schedule, after: datetime) -> datetime | None:
    """Return the first fire after an instant, in UTC; None where it never fires again.

    Raises ValueError for a cron string or a zone that means nothing.
    """
    trigger = _trigger(schedule)
    return None if trigger is None else _next(trigger, after + timedelta.resolution)


@lru_cache(maxsize=64)  # each may hold every minute of many days
def fires_between(schedule: Schedule, since: datetime, until: datetime) -> tuple[datetime, ...]:
    """Return the fires from ``since`` on and before ``until``, in UTC, in their order.

    At most ``MOST_FIRES`` for each day or part of one are listed, the first of them; as cron knows
    no less than a minute, that leaves none out. Raises ValueError for a schedule that means
    nothing.
    """
    trigger = _trigger(schedule)
    if trigger is None or until <= since:
        return ()
    most = MOST_FIRES * (-(-(until - since) // _DAY))
    fires: list[datetime] = []
    at = _next(trigger, since)
    while at is not None and at < until and len(fires) < most:
        fires.append(at)
        at = _next(trigger, at + timedelta.resolution)
    return tuple(fires)


def period_at(schedule: Schedule, now: datetime) -> timedelta | None:
    """Return the span from the last fire to the next one; None where there are not two.

    Where no fire lies in the last 400 days, it is the span between the next two.
    """
    coming = next_fire(schedule, now)
    if coming is None:
        return None
    for days in (2, 9, 400):
        # Noons do not matter here, but whole days do: what is asked again is known already.
        since = now.replace(hour=0, minute=0, second=0, microsecond=0) - days * _DAY
        fires = fires_between(schedule, since, since + (days + 2) * _DAY)
        before = bisect_left(fires, coming)
        if before:
            return coming - fires[before - 1]
    following = next_fire(schedule, coming)
    return None if following is None else following - coming


def _next(trigger: CronTrigger, start: datetime) -> datetime | None:
    try:
        found: datetime | None = trigger.get_next_fire_time(None, start)
        return None if found is None else found.astimezone(UTC)
    except (ValueError, OverflowError):  # the end of all years
        return None


@lru_cache(maxsize=256)
def _trigger(schedule: Schedule) -> CronTrigger | None:
    """Return what tells the fires, None where there are none, ever, such as on 30 February.

    To find that out takes APScheduler through all years, so it is asked once.
    """
    zone = find_zone(schedule.zone_name)
    if zone is None:
        raise ValueError(f"there is no time zone {schedule.zone_name!r}")
    trigger = _read(schedule.cron, zone)
    return trigger if _next(trigger, datetime(2000, 1, 1, tzinfo=UTC)) is not None else None


def _read(cron: str, zone: tzinfo) -> CronTrigger:
    from apscheduler.triggers.cron import CronTrigger  # takes a tenth of a second

    return CronTrigger.from_crontab(cron, timezone=zone)
