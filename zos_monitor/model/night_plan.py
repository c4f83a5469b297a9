"""What became of each scheduled start, night by night: schedules held against runs.

Who started a run is not stored. A run belongs to a scheduled start, a *fire*, if it started from
1 minute before it until ``GRACE`` after it, and before the layer's next fire; each fire takes the
first such run that no earlier fire took. All other runs are off-schedule: triggered by hand,
caught up late, or started by talk. A fire without a run is missed once its time for one is over;
as a layer that selects no target writes no row, missed always means "missed, or nothing eligible".
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from itertools import zip_longest
from typing import NamedTuple

from zos_monitor.model.night_order import mark_early
from zos_monitor.model.nights import (
    LayerNight,
    Night,
    NightRun,
    Nights,
    Outcome,
    ScheduledLayer,
    ScheduleSource,
    Slot,
)
from zos_monitor.model.schedule import Schedule, find_zone, fires_between, next_fire, period_at
from zos_monitor.model.states import RunState

GRACE = timedelta(minutes=30)
"""How long after a fire its run may start; later it counts as missed."""

EARLY = timedelta(minutes=1)
"""How long before a fire its run may start: clocks are set, and rounded."""

NIGHTS = 15
"""How many nights are told of: this one and those before it."""

STREAK_NIGHTS = 61
"""How many nights are gone through for the last dry ones: a weekly layer has one in seven."""

CATCH_UP_PERIODS = 1.3
"""A restarted zos starts a layer at once if its last good run ended more periods ago than this."""

_WEIGHT = (
    Outcome.FAILED,
    Outcome.MISSED,
    Outcome.STALLED,
    Outcome.INTERRUPTED,
    Outcome.PARTIAL,
    Outcome.UNKNOWN,
    Outcome.RUNNING,
    Outcome.DUE,
    Outcome.DRY,
    Outcome.SUCCESS,
    Outcome.TO_COME,
)
_ENDS_STREAK = (RunState.SUCCESS, RunState.PARTIAL, RunState.FAILED)
_FEW_FIRES = 60  # in the nights that are told of; with more, no further nights are gone through
_NOON = time(12)


class PlannedLayer(NamedTuple):
    """A layer with a schedule, and what its history tells.

    ``first_start`` is the start of its first run ever, None where it never ran; ``last_good`` the
    end of its last success or partial. ``gone`` means that nothing starts it any more: it has
    fires up to the last one that a run came of.
    """

    layer_name: str
    schedule: Schedule
    source: ScheduleSource
    first_start: datetime | None = None
    last_good: datetime | None = None
    gone: bool = False


class _Span(NamedTuple):
    morning: date
    since: datetime
    until: datetime


def night_spans(now: datetime, zone: tzinfo, count: int = NIGHTS) -> list[_Span]:
    """Return the nights up to the one that holds ``now``, newest first: noon to noon, in UTC.

    A night has the date of its morning. Where the clock changes it is an hour shorter or longer.
    """
    local = now.astimezone(zone)
    newest = local.date() + timedelta(days=local.time() >= _NOON)
    mornings = (newest - timedelta(days=back) for back in range(count))
    return [
        _Span(morning, _noon(morning - timedelta(days=1), zone), _noon(morning, zone))
        for morning in mornings
    ]


def runs_since(now: datetime, zone_name: str) -> datetime:
    """Return from which start on ``plan_nights`` wants a layer's runs."""
    zone = find_zone(zone_name) or UTC
    return night_spans(now, zone, STREAK_NIGHTS)[-1].since - GRACE


def plan_nights(
    layers: Sequence[PlannedLayer],
    runs: Mapping[str, Sequence[NightRun]],
    now: datetime,
    zone_name: str,
    faults: Sequence[str] = (),
) -> Nights:
    """Return the present night and those before it.

    ``runs`` are those of each layer since ``runs_since``, by its name and in any order. Fires from
    before the night of a layer's first run are not told of; of one that never ran, tonight's are.
    """
    zone = find_zone(zone_name) or UTC
    spans = night_spans(now, zone, STREAK_NIGHTS)
    shown = spans[:NIGHTS]
    turns = [shown[0].until]
    made: list[tuple[ScheduledLayer, list[LayerNight]]] = []
    for layer in sorted(layers, key=lambda layer: _place(layer, shown, zone)):
        nights = _layer_nights(layer, runs.get(layer.layer_name, ()), spans, now)
        told = _told(layer, nights, now)
        turns += _turns(layer, nights[0], now)
        made.append((told, nights[:NIGHTS]))
    return Nights(
        zone_name=zone_name,
        layers=tuple(told for told, _ in made),
        nights=tuple(
            Night(
                date=span.morning,
                since=span.since,
                until=span.until,
                layers=mark_early([nights[back] for _, nights in made]),
            )
            for back, span in enumerate(shown)
        ),
        faults=tuple(faults),
        turns_at=min(turns),
    )


def _noon(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, _NOON, zone).astimezone(UTC)


def _place(layer: PlannedLayer, spans: Sequence[_Span], zone: tzinfo) -> tuple[object, ...]:
    """Return a layer's place among the others: by how long after noon it fires, then by name.

    Of its fires the one that comes earliest counts: a clock change in spring delays one of them.
    """
    fires = fires_between(layer.schedule, spans[-1].since, spans[0].until)[:_FEW_FIRES]
    if not fires and (coming := next_fire(layer.schedule, spans[0].until)):
        fires = (coming,)
    after_noon = (
        (local.hour * 60 + local.minute - 12 * 60) % (24 * 60)
        for local in (fire.astimezone(zone) for fire in fires)
    )
    return layer.gone, min(after_noon, default=24 * 60), layer.layer_name


def _layer_nights(
    layer: PlannedLayer, runs: Sequence[NightRun], spans: Sequence[_Span], now: datetime
) -> list[LayerNight]:
    """Return a layer's part of each night; the first ``NIGHTS`` of them are complete."""
    fires = _fires(layer, spans[:NIGHTS])
    if len(fires) <= _FEW_FIRES:
        fires = _fires(layer, spans)
    else:
        spans = spans[:NIGHTS]
    slots, off = _slots(layer, fires, sorted(runs, key=lambda run: run.started_at), spans, now)
    return [_night(layer.layer_name, slots, off, span) for span in spans]


def _fires(layer: PlannedLayer, spans: Sequence[_Span]) -> tuple[datetime, ...]:
    # Beyond the nights too: a run near noon may belong to a fire before it.
    return fires_between(layer.schedule, spans[-1].since - GRACE, spans[0].until + GRACE)


def _slots(
    layer: PlannedLayer,
    fires: Sequence[datetime],
    runs: Sequence[NightRun],
    spans: Sequence[_Span],
    now: datetime,
) -> tuple[list[Slot], list[NightRun]]:
    first = layer.first_start
    # From the night of its first start on: what it has missed before in that night counts too.
    nights = (one.since for one in spans if first is None or one.since <= first < one.until)
    since = next(nights, first) or spans[0].since
    slots: list[Slot] = []
    off: list[NightRun] = []
    waiting = 0
    for fire, end in zip_longest(fires, fires[1:]):
        while waiting < len(runs) and runs[waiting].started_at < fire - EARLY:
            off.append(runs[waiting])
            waiting += 1
        run = None
        if waiting < len(runs) and runs[waiting].started_at < _closes(fire, end):
            run, waiting = runs[waiting], waiting + 1
        elif fire < since:
            continue
        slots.append(
            Slot(
                layer_name=layer.layer_name,
                due_at=fire,
                outcome=_outcome(run, fire, end, now),
                run=run,
            )
        )
    off.extend(runs[waiting:])
    while layer.gone and slots and slots[-1].run is None:
        slots.pop()  # a run at another time does not bring its schedule back
    return slots, off


def _closes(fire: datetime, following: datetime | None) -> datetime:
    """Return from when on a run is too late for a fire, and one without a run is missed."""
    over = fire + GRACE + timedelta.resolution  # at the very end of the grace it is due still
    return over if following is None else min(over, following)


def _outcome(
    run: NightRun | None, fire: datetime, following: datetime | None, now: datetime
) -> Outcome:
    if run is not None:
        return Outcome(run.state)
    if now < fire:
        return Outcome.TO_COME
    return Outcome.DUE if now < _closes(fire, following) else Outcome.MISSED


def _night(
    layer_name: str, slots: Sequence[Slot], off: Sequence[NightRun], span: _Span
) -> LayerNight:
    first, last = (bisect_left(slots, at, key=lambda slot: slot.due_at) for at in span[1:])
    begin, end = (bisect_left(off, at, key=lambda run: run.started_at) for at in span[1:])
    part = tuple(slots[first:last])
    return LayerNight(
        layer_name=layer_name,
        outcome=min((slot.outcome for slot in part), key=_WEIGHT.index, default=None),
        slots=part,
        off_schedule=tuple(off[begin:end]),
    )


def _told(layer: PlannedLayer, nights: Sequence[LayerNight], now: datetime) -> ScheduledLayer:
    return ScheduledLayer(
        layer_name=layer.layer_name,
        cron=layer.schedule.cron,
        source=layer.source,
        next_at=None if layer.gone else next_fire(layer.schedule, now),
        dry_streak=_dry_streak(nights),
        catches_up=_catches_up(layer, now),
    )


def _dry_streak(nights: Sequence[LayerNight]) -> int:
    # One good run ends them, also one of many in its night, or one that was caught up late.
    count = 0
    for night in nights:
        on_time = {slot.run.state for slot in night.slots if slot.run is not None}
        if not on_time.union(run.state for run in night.off_schedule).isdisjoint(_ENDS_STREAK):
            break
        count += RunState.DRY in on_time
    return count


def _caught_up_from(layer: PlannedLayer, now: datetime) -> datetime | None:
    """Return from when on a restarted zos would start a layer at once, None where it would not."""
    period = None if layer.gone else period_at(layer.schedule, now)
    if period is None or layer.last_good is None:
        return None
    try:
        return layer.last_good + CATCH_UP_PERIODS * period
    except OverflowError:  # once in thousands of years
        return None


def _catches_up(layer: PlannedLayer, now: datetime) -> bool | None:
    since = _caught_up_from(layer, now)
    return None if since is None else now > since


def _turns(layer: PlannedLayer, tonight: LayerNight, now: datetime) -> list[datetime]:
    """Return the coming instants at which something of a layer reads otherwise by itself."""
    found = [] if layer.gone else [next_fire(layer.schedule, now)]
    for slot, following in zip_longest(tonight.slots, tonight.slots[1:]):
        if slot.run is None:
            end = following.due_at if following is not None else None
            found += [slot.due_at, _closes(slot.due_at, end)]
    if (caught_up := _caught_up_from(layer, now)) is not None:
        found.append(caught_up + timedelta.resolution)
    return [at for at in found if at is not None and at > now]
