"""Nights: what was to start, and what became of it; and the layers with their schedules."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from zos_monitor.answers.encoding import instant
from zos_monitor.answers.totals import LayerStatsAnswer, layer_stats
from zos_monitor.model.faults import NotOffered
from zos_monitor.model.filters import RunFilter
from zos_monitor.model.nights import LayerNight, Night, NightRun, Nights, Outcome, ScheduledLayer
from zos_monitor.model.present import with_progress
from zos_monitor.model.stats import RunTotals

if TYPE_CHECKING:
    from zos_monitor.questions import Service


@dataclass(frozen=True, slots=True, kw_only=True)
class NightRunAnswer:
    """A run of a night; of an open one ``targets_processed`` is an estimate.

    ``dry_reason`` says why a dry run is dry, empty where the data does not tell. ``too_early_for``
    names the layers that it builds on and that had not ended when it started.
    """

    id: str
    state: str
    started_at: str | None
    completed_at: str | None
    targets_matched: int | None
    targets_processed: int | None
    insights_created: int | None
    dry_reason: str
    too_early_for: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class StartAnswer:
    """One time at which a layer was, or is, to start; ``run`` is null where none came of it."""

    due_at: str | None
    outcome: str
    run: NightRunAnswer | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerNightAnswer:
    """A layer's part of a night.

    ``outcome`` is the one that matters most of its starts', null where it was not to start in this
    night; ``off_schedule`` runs started at none of its times.
    """

    layer_name: str
    outcome: str | None
    starts: list[StartAnswer]
    off_schedule: list[NightRunAnswer]


@dataclass(frozen=True, slots=True, kw_only=True)
class NightAnswer:
    """A night, from noon to noon in the scheduler's zone; ``date`` is that of its morning.

    ``outcomes`` counts the scheduled starts by what became of them: the word of a state, ``to
    come``, ``due`` or ``missed``; those that do not occur are left out. ``faults`` are sentences
    about layer files that can't be used.
    """

    date: str
    time_zone: str
    since: str | None
    until: str | None
    outcomes: dict[str, int]
    layers: list[LayerNightAnswer]
    faults: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerAnswer:
    """A layer: when it starts, and what its runs amount to.

    ``schedule`` is a cron string, null where nothing is known to start it by the clock;
    ``schedule_source`` tells whether a file says so (``yaml``) or its past (``inferred``).
    ``next_start`` is null where nothing starts it any more. ``dry_streak`` counts its last nights
    in a row that were dry, whatever the filter.
    """

    layer_name: str
    schedule: str | None
    schedule_source: str | None
    next_start: str | None
    dry_streak: int
    stats: LayerStatsAnswer


@dataclass(frozen=True, slots=True, kw_only=True)
class LayersAnswer:
    """All known layers by name, with the totals of the matching runs."""

    since: str | None
    until: str | None
    layers: list[LayerAnswer]


async def tonight(service: Service, *, back: int = 0) -> NightAnswer | None:
    """Ask for the present night, or one so many ``back``; None where no layer is scheduled.

    Where no layer's schedule can be told because its file is at fault, the answer says that.
    Raises ValueError for a night that is not told of any more.
    """
    nights = await service.nights()
    if not 0 <= back < len(nights.nights):
        raise ValueError(f"Only the last {len(nights.nights)} nights are told of.")
    if not nights.layers and not nights.faults:
        return None
    with suppress(NotOffered):  # then the targets of open runs stay untold
        nights = with_progress(nights, (await service.present()).open_runs)
    return night_answer(nights, nights.nights[back])


def night_answer(nights: Nights, night: Night) -> NightAnswer:
    """Return one of the nights."""
    outcomes = Counter(slot.outcome for layer in night.layers for slot in layer.slots)
    return NightAnswer(
        date=night.date.isoformat(),
        time_zone=nights.zone_name,
        since=instant(night.since),
        until=instant(night.until),
        outcomes={str(outcome): outcomes[outcome] for outcome in Outcome if outcomes[outcome]},
        layers=[_layer_night(layer) for layer in night.layers],
        faults=list(nights.faults),
    )


def _layer_night(layer: LayerNight) -> LayerNightAnswer:
    return LayerNightAnswer(
        layer_name=layer.layer_name,
        outcome=layer.outcome,
        starts=[
            StartAnswer(
                due_at=instant(slot.due_at),
                outcome=slot.outcome,
                run=_night_run(slot.run) if slot.run is not None else None,
            )
            for slot in layer.slots
        ],
        off_schedule=[_night_run(run) for run in layer.off_schedule],
    )


def _night_run(run: NightRun) -> NightRunAnswer:
    return NightRunAnswer(
        id=run.id,
        state=run.state,
        started_at=instant(run.started_at),
        completed_at=instant(run.completed_at),
        targets_matched=run.targets_matched,
        targets_processed=run.targets_processed,
        insights_created=run.insights_created,
        dry_reason=run.dry_reason,
        too_early_for=list(run.too_early_for),
    )


async def layers(service: Service, flt: RunFilter) -> LayersAnswer:
    """Ask for all known layers; one without a matching run has zeros.

    A server that does not offer schedules leaves them untold.
    """
    totals = await service.totals(flt)
    by_name = {one.layer_name: one for one in totals.by_layer}
    scheduled: dict[str, ScheduledLayer] = {}
    with suppress(NotOffered):
        scheduled = {layer.layer_name: layer for layer in (await service.nights()).layers}
    names = {*by_name, *await service.known_layers()}
    return LayersAnswer(
        since=instant(totals.since),
        until=instant(totals.until),
        layers=[
            _layer(name, scheduled.get(name), by_name.get(name, RunTotals()))
            for name in sorted(names)
        ],
    )


def _layer(name: str, scheduled: ScheduledLayer | None, totals: RunTotals) -> LayerAnswer:
    return LayerAnswer(
        layer_name=name,
        schedule=scheduled.cron if scheduled is not None else None,
        schedule_source=scheduled.source if scheduled is not None else None,
        next_start=instant(scheduled.next_at) if scheduled is not None else None,
        dry_streak=scheduled.dry_streak if scheduled is not None else 0,
        stats=layer_stats(totals),
    )
