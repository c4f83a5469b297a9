"""The zones that times can be shown in."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo


def next_zone(zone: tzinfo, scheduler: str | None, *, now: datetime) -> tzinfo:
    """Return the zone after this one: UTC, the machine's own, the scheduler's, and UTC again.

    ``scheduler`` names the scheduler's zone, None where it is not known. Zones that show the same
    times now, by the same name, are one.
    """
    import tzlocal

    from zos_monitor.model.schedule import find_zone

    zones: list[tzinfo] = [UTC, tzlocal.get_localzone()]
    named = find_zone(scheduler) if scheduler is not None else None
    if named is not None:
        zones.append(named)
    told = [_told(one, now) for one in zones]
    distinct = [one for n, one in enumerate(zones) if told[n] not in told[:n]]
    present = [_told(one, now) for one in distinct]
    at = present.index(_told(zone, now)) if _told(zone, now) in present else -1
    return distinct[(at + 1) % len(distinct)]


def _told(zone: tzinfo, now: datetime) -> tuple[object, str | None]:
    local = now.astimezone(zone)
    return local.utcoffset(), local.tzname()
