"""Errors of many runs by their cause."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from zos_monitor.answers.encoding import instant
from zos_monitor.model.failures import FailureGroup, Failures
from zos_monitor.model.filters import RunFilter
from zos_monitor.questions import FAILURES_WINDOW

if TYPE_CHECKING:
    from zos_monitor.questions import Service


@dataclass(frozen=True, slots=True, kw_only=True)
class CauseAnswer:
    """All errors of one cause; ``cause`` is what the filter ``cause:`` finds these runs by.

    ``nodes``, ``layers`` and ``nights`` tell how many of the errors each has; those without a node,
    or in runs whose start can't be read, are in none. Of these nights each has the date of its
    noon before, in ISO 8601 and the reader's zone. ``first_seen`` and ``last_seen`` are when the
    first and the last of the runs started.
    """

    cause: str
    errors: int
    runs: int
    nodes: dict[str, int]
    layers: dict[str, int]
    nights: dict[str, int]
    first_seen: str | None
    last_seen: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FailuresAnswer:
    """The causes, most errors first; ``failing_runs`` of ``total_runs`` have errors."""

    since: str | None
    until: str | None
    total_runs: int
    failing_runs: int
    causes: list[CauseAnswer]


async def failures(
    service: Service, flt: RunFilter, *, window: str | None = FAILURES_WINDOW
) -> FailuresAnswer:
    """Ask for the errors of the matching runs; ``window`` holds where the filter has no time."""
    told = Failures(groups=(), runs=0, failing=0, share=0, since=None, until=None, first_night=None)
    async for answer in service.failures(flt, window=window):
        told = answer  # each is of more runs, the last one of all
    return FailuresAnswer(
        since=instant(told.since),
        until=instant(told.until),
        total_runs=told.runs,
        failing_runs=told.failing,
        causes=[_cause(group) for group in told.groups],
    )


def _cause(group: FailureGroup) -> CauseAnswer:
    return CauseAnswer(
        cause=group.cause,
        errors=group.errors,
        runs=group.runs,
        nodes=dict(group.nodes),
        layers=dict(group.layers),
        nights={_morning(night).isoformat(): count for night, count in group.nights.items()},
        first_seen=instant(group.first_seen),
        last_seen=instant(group.last_seen),
    )


def _morning(night: date) -> date:
    """Return the date of a night's morning from that of the noon before it."""
    return night + timedelta(days=1) if night < date.max else night
