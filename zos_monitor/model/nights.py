"""Nights: what the schedules asked for, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

from zos_monitor.model.runs import RunKey
from zos_monitor.model.states import RunState


class ScheduleSource(StrEnum):
    """Where a schedule is known from."""

    YAML = "yaml"
    INFERRED = "inferred"


class Outcome(StrEnum):
    """What became of one scheduled start; those of its run's states have the states' words."""

    TO_COME = "to come"
    DUE = "due"
    RUNNING = RunState.RUNNING
    STALLED = RunState.STALLED
    INTERRUPTED = RunState.INTERRUPTED
    SUCCESS = RunState.SUCCESS
    PARTIAL = RunState.PARTIAL
    FAILED = RunState.FAILED
    DRY = RunState.DRY
    UNKNOWN = RunState.UNKNOWN
    MISSED = "missed"


@dataclass(frozen=True, slots=True, kw_only=True)
class NightRun:
    """A run of a scheduled layer, as a night shows it.

    ``targets_processed`` is an estimate while the run is open, None where there is none.
    ``dry_reason`` says why a dry run is dry, in words, empty where the data does not tell.
    ``too_early_for`` names the layers that it builds on and that had not ended when it started.
    """

    key: RunKey
    id: str
    layer_name: str
    state: RunState
    started_at: datetime
    completed_at: datetime | None
    targets_matched: int | None
    targets_processed: int | None
    insights_created: int | None
    dry_reason: str = ""
    too_early_for: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """One time at which a layer was, or is, to start; ``run`` is None where none came of it."""

    layer_name: str
    due_at: datetime
    outcome: Outcome
    run: NightRun | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerNight:
    """A layer's part of one night.

    ``outcome`` is the one that matters most of its slots', None where it was not to start in this
    night; ``off_schedule`` runs started at none of its times.
    """

    layer_name: str
    outcome: Outcome | None
    slots: tuple[Slot, ...]
    off_schedule: tuple[NightRun, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Night:
    """The span from one noon to the next, in the scheduler's zone, and the layers in it.

    ``date`` is that of its morning. The layers are in the order of ``Nights.layers``.
    """

    date: date
    since: datetime
    until: datetime
    layers: tuple[LayerNight, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduledLayer:
    """A layer that starts by itself, and when.

    ``next_at`` is its next start after now, None where there is none. ``dry_streak`` counts its
    last nights in a row that were dry. ``catches_up`` tells whether a zos that is restarted now
    would start it at once, for its last success or partial ended more than 1.3 periods ago; None
    where it never had one.
    """

    layer_name: str
    cron: str
    source: ScheduleSource
    next_at: datetime | None
    dry_streak: int = 0
    catches_up: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Nights:
    """The present night and those before it, newest first.

    ``zone_name`` is the scheduler's. ``faults`` are sentences about layer files that can't be
    used. ``turns_at`` is when this reads otherwise though nothing is written.
    """

    zone_name: str
    layers: tuple[ScheduledLayer, ...]
    nights: tuple[Night, ...]
    faults: tuple[str, ...] = ()
    turns_at: datetime | None = None


class Origin(NamedTuple):
    """What started a run, inferred from its start: zos does not store it.

    ``due_at`` is the scheduled start that it belongs to, None where it belongs to none.
    ``too_early_for`` is that of ``NightRun``.
    """

    due_at: datetime | None
    too_early_for: tuple[str, ...]


def origins(nights: Nights) -> dict[str, Origin]:
    """Return what started the runs of these nights, by their ids."""
    layers = [layer for night in nights.nights for layer in night.layers]
    scheduled = {
        slot.run.id: Origin(slot.due_at, slot.run.too_early_for)
        for layer in layers
        for slot in layer.slots
        if slot.run is not None
    }
    others = {run.id: Origin(None, run.too_early_for) for one in layers for run in one.off_schedule}
    return {**others, **scheduled}
