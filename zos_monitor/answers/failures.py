"""Errors of many runs by their cause."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from zos_monitor.model.filters import RunFilter
from zos_monitor.questions import FAILURES_WINDOW

if TYPE_CHECKING:
    from zos_monitor.questions import Service


@dataclass(frozen=True, slots=True, kw_only=True)
class CauseAnswer:
    """All errors of one cause; ``cause`` is what the filter ``cause:`` finds these runs by.

    ``nodes``, ``layers`` and ``nights`` (ISO dates) tell how many of the errors each has.
    ``first_seen`` and ``last_seen`` are when the first and the last of the runs started.
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
    raise NotImplementedError
