"""Runs in the form of lists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from zos_monitor.answers.encoding import LEFT_OUT, dollars, instant
from zos_monitor.answers.exact import whole
from zos_monitor.answers.filters import OF_SUCCESS
from zos_monitor.model.errors import RunError
from zos_monitor.model.filters import RunFilter
from zos_monitor.model.runs import RunSummary

if TYPE_CHECKING:
    from zos_monitor.questions import Service

SUCCEEDED = {state: success for success, states in OF_SUCCESS.items() for state in states}
"""Whether a run of this state did what it was to do; of any other state nobody can say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorAnswer:
    """One error of a run; ``cause`` is the gist that groups it with others like it."""

    topic: str | None
    error: str
    node: str | None
    topic_name: str | None
    cause: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RunAnswer:
    """A run as a list has it.

    ``status`` is what zos stored, ``state`` what it amounts to: a run in progress is stored as
    ``dry``. ``success`` is false where targets failed, null where the run is open or had nothing
    to do. Counters are those of the row: but for ``targets_matched`` they are 0 until a run ends,
    whatever it has done. ``tokens_total`` and ``estimated_cost_usd`` are the sums over the run's
    recorded calls; ``cost_source`` is ``row`` where only the run's own row has a figure.
    ``error_count`` of an open run counts its failed calls, null where a server doesn't tell.
    ``errors`` are there when they are asked for.
    """

    id: str
    layer_name: str
    status: str
    state: str
    success: bool | None
    started_at: str | None
    completed_at: str | None
    duration_seconds: float | None
    targets_matched: int | None
    targets_processed: int | None
    targets_skipped: int | None
    insights_created: int | None
    error_count: int | None
    tokens_total: int | None
    estimated_cost_usd: float | None
    cost_source: str
    errors: list[ErrorAnswer] | None = field(default=None, metadata=LEFT_OUT)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunsAnswer:
    """Some of the matching runs, newest first; ``total`` counts all of them."""

    runs: list[RunAnswer]
    total: int
    offset: int
    limit: int
    has_more: bool


def run_answer(run: RunSummary, *, errors: Sequence[RunError] | None = None) -> RunAnswer:
    """Return a run in the form of lists, with errors where some (or none) are given."""
    return RunAnswer(
        id=run.id,
        layer_name=run.layer_name,
        status=run.status,
        state=run.state,
        success=SUCCEEDED.get(run.state),
        started_at=instant(run.started_at),
        completed_at=instant(run.completed_at),
        duration_seconds=_seconds(run),
        targets_matched=run.targets_matched,
        targets_processed=run.targets_processed,
        targets_skipped=run.targets_skipped,
        insights_created=run.insights_created,
        error_count=error_count(run),
        tokens_total=run.usage.tokens_total,
        estimated_cost_usd=dollars(run.usage.cost_usd),
        cost_source=run.usage.cost_source,
        errors=None if errors is None else error_answers(errors),
    )


def error_answers(errors: Sequence[RunError]) -> list[ErrorAnswer]:
    """Return errors with their causes, in their order."""
    from zos_monitor.model.causes import cause_of  # most runs have none, and lists need none

    return [
        ErrorAnswer(
            topic=error.topic,
            error=error.message,
            node=error.node,
            topic_name=error.topic_name,
            cause=cause_of(error.message),
        )
        for error in errors
    ]


def error_count(run: RunSummary) -> int | None:
    """Return how many errors a run has, as far as it is told; an open one has them in its calls."""
    early = run.progress.errors if run.progress is not None else 0
    return run.error_count or early or run.error_count


def _seconds(run: RunSummary) -> float | None:
    return run.duration.total_seconds() if run.duration is not None else None


async def runs(
    service: Service, flt: RunFilter, *, offset: int, limit: int, include_errors: bool = False
) -> RunsAnswer:
    """Ask for ``limit`` matching runs from row ``offset`` on; the newest one has row 0.

    With ``include_errors`` each run that has some is asked for by itself: a millisecond each.
    """
    found = await service.run_slice(flt, first=offset, limit=limit)
    # A slice can be there before all matching runs are found, and then says how many are.
    total = found.matched if found.counted else (await service.count(flt))[0]
    answers = [
        run_answer(run, errors=await errors_of(service, run) if include_errors else None)
        for run in found.runs
    ]
    return RunsAnswer(
        runs=answers,
        total=total,
        offset=offset,
        limit=limit,
        has_more=offset + len(answers) < total,
    )


async def errors_of(service: Service, run: RunSummary) -> Sequence[RunError]:
    """Ask for the errors of a run in a list; of an open one those of its failed calls."""
    if error_count(run) == 0:
        return ()
    detail = await whole(service, run)
    return (detail.errors or detail.early_errors) if detail is not None else ()
