"""Nights: what was to start, and what became of it; and the layers with their schedules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from zos_monitor.model.filters import RunFilter

if TYPE_CHECKING:
    from zos_monitor.answers.totals import LayerStatsAnswer
    from zos_monitor.questions import Service


@dataclass(frozen=True, slots=True, kw_only=True)
class NightRunAnswer:
    """A run of a night; of an open one ``targets_processed`` is an estimate."""

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
    """A layer's part of a night; ``outcome`` is null where it was not to start in it."""

    layer_name: str
    outcome: str | None
    starts: list[StartAnswer]
    off_schedule: list[NightRunAnswer]


@dataclass(frozen=True, slots=True, kw_only=True)
class NightAnswer:
    """A night, from noon to noon in the scheduler's zone; ``date`` is that of its morning.

    ``outcomes`` counts the scheduled starts by what became of them. ``faults`` are sentences about
    layer files that can't be used. ``schedules`` is ``files`` or ``inferred``.
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
    """Ask for the present night, or one so many ``back``; None where no layer is scheduled."""
    raise NotImplementedError


async def layers(service: Service, flt: RunFilter) -> LayersAnswer:
    """Ask for all known layers; one without a matching run has zeros."""
    raise NotImplementedError
