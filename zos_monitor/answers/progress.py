"""The open runs: how far each is, and when it is likely to end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from zos_monitor.answers.encoding import dollars, instant, stamp
from zos_monitor.answers.one_run import ProgressAnswer, progress_answer
from zos_monitor.model.eta import Eta
from zos_monitor.model.runs import RunSummary

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
    calls: int | None
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
    present = await service.present()
    return OpenRunsAnswer(
        at=stamp(service.clock()),
        runs=[open_run_answer(one.run, one.eta) for one in present.open_runs],
    )


def open_run_answer(run: RunSummary, eta: Eta | None) -> OpenRunAnswer:
    """Return an open run, and when it is likely to end."""
    return OpenRunAnswer(
        id=run.id,
        layer_name=run.layer_name,
        state=run.state,
        started_at=instant(run.started_at),
        calls=run.usage.calls,
        tokens_total=run.usage.tokens_total,
        estimated_cost_usd=dollars(run.usage.cost_usd),
        progress=progress_answer(run),
        ends_earliest=instant(eta.earliest) if eta is not None else None,
        ends_latest=instant(eta.latest) if eta is not None else None,
    )
