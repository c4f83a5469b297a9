"""The open runs: how far each is, and when it is likely to end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from zos_monitor.answers.runs import ProgressAnswer

if TYPE_CHECKING:
    from zos_monitor.questions import Service


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenRunAnswer:
    """An open run that may still go on.

    Between ``ends_earliest`` and ``ends_latest`` it is likely to end: null where nothing tells.
    """

    id: str
    layer_name: str
    state: str
    started_at: str | None
    calls: int
    tokens_total: int | None
    estimated_cost_usd: float | None
    progress: ProgressAnswer | None
    ends_earliest: str | None
    ends_latest: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenRunsAnswer:
    """The open runs, newest first; interrupted ones are not among them. ``at`` is the present."""

    at: str
    runs: list[OpenRunAnswer]


async def progress(service: Service) -> OpenRunsAnswer:
    """Ask for the open runs."""
    raise NotImplementedError
