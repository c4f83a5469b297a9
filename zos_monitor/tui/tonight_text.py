"""What is said of nights in words: when, which one, and how many of each outcome."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime, timedelta, tzinfo

from zos_monitor.model import phrases
from zos_monitor.model.nights import Night, Nights, Outcome, ScheduleSource
from zos_monitor.model.text import one_line
from zos_monitor.tui.glyphs import Glyphs

_TOLD_BY_WORD = (Outcome.DUE, Outcome.TO_COME)
"""Outcomes that are counted by their words: their signs beside a number would read as dashes."""

_COUNTED = (
    Outcome.SUCCESS,
    Outcome.PARTIAL,
    Outcome.FAILED,
    Outcome.DRY,
    Outcome.UNKNOWN,
    Outcome.STALLED,
    Outcome.INTERRUPTED,
    Outcome.MISSED,
    Outcome.RUNNING,
    Outcome.DUE,
    Outcome.TO_COME,
)
"""The order in which outcomes are counted: what is past, what is now, what comes."""

_WELL_KNOWN = (Outcome.SUCCESS, Outcome.FAILED, Outcome.RUNNING, Outcome.PARTIAL, Outcome.TO_COME)
"""Outcomes whose signs need a legend least, the best known first."""


def tonight_words(nights: Nights, now: datetime, glyphs: Glyphs) -> str:
    """Return the present night in a few words, for a header; empty where no layer is scheduled.

    It counts layers, such as ``tonight 3✓ 1▶ 2 to come``. While nothing of the present night has
    been due, it tells of the night before, and when the next layer starts.
    """
    if not nights.layers or not nights.nights:
        return ""
    tonight, *earlier = nights.nights
    if _anything_due(tonight):
        return f"tonight {_layer_counts(tonight, glyphs)}"
    starts = [layer.next_at for layer in nights.layers if layer.next_at and layer.next_at > now]
    soon = f", next {until(min(starts), now, exact=False)}" if starts else ""
    before = _layer_counts(earlier[0], glyphs) if earlier else ""
    if before:
        return f"last night {before}{soon}"
    return f"tonight {_layer_counts(tonight, glyphs) or 'nothing'}{soon}"


def _anything_due(night: Night) -> bool:
    return any(
        slot.outcome is not Outcome.TO_COME for layer in night.layers for slot in layer.slots
    )


def _layer_counts(night: Night, glyphs: Glyphs) -> str:
    outcomes = (layer.outcome for layer in night.layers if layer.outcome is not None)
    return " ".join(words for words, _ in counts(outcomes, glyphs))


def counts(outcomes: Iterable[Outcome], glyphs: Glyphs) -> list[tuple[str, Outcome]]:
    """Return how many there are of each outcome, such as ``3✓`` or ``2 to come``."""
    found = Counter(outcomes)
    return [
        (f"{found[one]}{f' {one}' if one in _TOLD_BY_WORD else glyphs.sign(one)}", one)
        for one in _COUNTED
        if found[one]
    ]


def legend(outcomes: Iterable[Outcome], glyphs: Glyphs, width: int) -> str:
    """Return what the signs of these outcomes mean; those best known go where room is short."""
    found = set(outcomes)
    named = [one for one in _COUNTED if one in found]
    spare = [one for one in _WELL_KNOWN if one in found]
    while named and len(words := "  ".join(map(glyphs.outcome, named))) > width:
        named.remove(spare.pop(0) if spare else named[-1])
    return words if named else ""


def until(instant: datetime, now: datetime, *, exact: bool = True) -> str:
    """Return how long it is until an instant, to the minute; not ``exact``, in one unit only.

    >>> at = datetime(2026, 11, 22, 3, 0)
    >>> until(at, at - timedelta(hours=2, minutes=10))
    'in 2h 10m'
    """
    left = instant - now
    if left <= timedelta(0):
        return "now"
    if left < timedelta(minutes=1):
        return "in under 1m"
    return f"in {minutes(left)}" if exact else phrases.ago(instant, now)


def minutes(span: timedelta) -> str:
    """Return a span to the minute, for what is looked at once a minute: ``12m``, ``2h 10m``."""
    if timedelta(0) <= span < timedelta(hours=1):
        return f"{span // timedelta(minutes=1)}m"
    return phrases.duration(span)


def short_day(day: date) -> str:
    """Return a date without its year, such as ``9 Nov``."""
    return f"{day.day} {day:%b}"


def time_of_day(instant: datetime, zone: tzinfo, day: date) -> str:
    """Return an instant's time of day in a zone, with its date where that isn't ``day``."""
    try:
        local = instant.astimezone(zone)
    except OverflowError:  # at the end of all years
        local = instant
    time = f"{local:%H:%M}"
    return time if local.date() == day else f"{short_day(local.date())} {time}"


def next_start(instant: datetime, now: datetime, zone: tzinfo) -> str:
    """Return when a layer starts next, such as ``23 Nov 03:00, in 21h 00m``."""
    at = time_of_day(instant, zone, now.astimezone(zone).date())
    return f"{at}, {until(instant, now)}"


def night_title(nights: Nights, index: int, zone: tzinfo) -> str:
    """Return the name of a night, and what has to be known to read its times.

    ``index`` counts from the present night back. The scheduler's zone is named where its clocks
    differ from those of the reader's zone in that night.
    """
    night, newest = nights.nights[index], nights.nights[0]
    named = f"{night.date.day} {night.date:%B}"
    if night.date.year != newest.date.year:
        named += f" {night.date.year}"
    back = (newest.date - night.date).days
    words = {0: f"Tonight, {named}", 1: f"Last night, {named}"}.get(back, f"Night of {named}")
    if not _same_clocks(nights.zone_name, zone, night):
        words += f"; zos schedules in {one_line(nights.zone_name)}"
    if all_inferred(nights):
        words += "; schedules inferred from history"
    return words


def all_inferred(nights: Nights) -> bool:
    """Tell whether no schedule is known but from history."""
    return bool(nights.layers) and all(
        layer.source is ScheduleSource.INFERRED for layer in nights.layers
    )


def _same_clocks(name: str, zone: tzinfo, night: Night) -> bool:
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        theirs = ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return name == str(zone)
    return all(
        at.astimezone(theirs).utcoffset() == at.astimezone(zone).utcoffset()
        for at in (night.since, night.until)
    )
