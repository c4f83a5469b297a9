"""Runs: in the form of lists, and one with everything that is told of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from zos_monitor.answers.encoding import LEFT_OUT, dollars, instant
from zos_monitor.answers.exact import by_id, known, newest_of, of_layer, whole
from zos_monitor.model.errors import RunError
from zos_monitor.model.filters import RunFilter
from zos_monitor.model.runs import RunDetail, RunSummary, Source
from zos_monitor.model.states import RunState

if TYPE_CHECKING:
    from zos_monitor.questions import Service

SUCCEEDED = {RunState.SUCCESS: True, RunState.PARTIAL: False, RunState.FAILED: False}
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


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgressAnswer:
    """How far an open run is: an estimate from its calls and insights.

    ``done`` of ``matched`` targets are over; ``share`` is their part, from 0 to 1. ``errors``
    counts the calls that failed. ``last_activity`` is the newest sign of life.
    """

    matched: int | None
    done: int
    share: float | None
    with_insight: int
    failed: int
    in_flight: int
    errors: int
    last_activity: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CallsAnswer:
    """How many LLM calls of a run are recorded; null where there is no figure, or none told."""

    total: int | None
    failed: int | None
    tokens_total: int | None
    cost_usd: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunDetailAnswer:
    """A run with everything that is told of it.

    Tokens and ``estimated_cost_usd`` are the figures to believe, ``stored_cost_usd`` what the row
    says. Counters are those of RunAnswer; ``insights_created`` counts answers, ``insights_stored``
    rows. ``errors`` of an open run are those of its failed calls, for its row has none before its
    end.
    """

    id: str
    layer_name: str
    layer_hash: str
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
    insights_stored: int | None
    model_profile: str | None
    model_provider: str | None
    model_name: str | None
    tokens_input: int | None
    tokens_output: int | None
    tokens_total: int | None
    estimated_cost_usd: float | None
    cost_source: str
    stored_cost_usd: float | None
    errors: list[ErrorAnswer]
    progress: ProgressAnswer | None
    calls: CallsAnswer
    dry_reason: str


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


def detail_answer(run: RunDetail) -> RunDetailAnswer:
    """Return a run with everything that is told of it."""
    usage = run.usage
    return RunDetailAnswer(
        id=run.id,
        layer_name=run.layer_name,
        layer_hash=run.layer_hash,
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
        insights_stored=run.insights_stored,
        model_profile=run.model_profile,
        model_provider=run.model_provider,
        model_name=run.model_name,
        tokens_input=usage.tokens_input,
        tokens_output=usage.tokens_output,
        tokens_total=usage.tokens_total,
        estimated_cost_usd=dollars(usage.cost_usd),
        cost_source=usage.cost_source,
        stored_cost_usd=dollars(run.stored_cost_usd),
        errors=error_answers(run.errors or run.early_errors),
        progress=progress_answer(run),
        calls=CallsAnswer(
            total=usage.calls,
            failed=usage.failed_calls,
            tokens_total=usage.tokens_total if usage.tokens_source is Source.CALLS else None,
            cost_usd=dollars(usage.cost_usd) if usage.cost_source is Source.CALLS else None,
        ),
        dry_reason=run.dry_reason,
    )


def progress_answer(run: RunSummary) -> ProgressAnswer | None:
    """Return how far an open run is; None for one that has ended."""
    progress, activity = run.progress, run.activity
    if progress is None:
        return None
    return ProgressAnswer(
        matched=progress.matched,
        done=progress.done,
        share=progress.share,
        with_insight=progress.with_insight,
        failed=progress.failed,
        in_flight=progress.in_flight,
        errors=progress.errors,
        last_activity=instant(activity.last) if activity is not None else None,
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


async def run(service: Service, run_id: str) -> RunDetailAnswer | None:
    """Ask for one run by its whole id; None where there is none."""
    detail = await by_id(service, run_id)
    return detail_answer(detail) if detail is not None else None


async def latest(service: Service, layer_name: str, *, within: str = "") -> RunDetailAnswer | None:
    """Ask for the newest run of exactly this layer, of those that a filter's text matches.

    None where there is none. Raises KeyError for no known layer, FilterError for a bad filter.
    """
    newest = await newest_of(service, of_layer(layer_name, within), layer_name)
    if newest is not None:
        detail = await whole(service, newest)
        return detail_answer(detail) if detail is not None else None
    if not await known(service, layer_name):
        raise KeyError(layer_name)
    return None
