"""One run, with everything that is told of it."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from zos_monitor.answers.encoding import dollars, instant
from zos_monitor.answers.exact import by_id, newest_of, of_layer, whole
from zos_monitor.answers.finding import find, known_layer
from zos_monitor.answers.runs import ErrorAnswer, RunAnswer, run_answer
from zos_monitor.model.faults import NotFound
from zos_monitor.model.runs import RunDetail, RunSummary, Source
from zos_monitor.model.text import one_line

if TYPE_CHECKING:
    from zos_monitor.questions import Service


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
class RunDetailAnswer(RunAnswer):
    """A run with everything that is told of it.

    Tokens and ``estimated_cost_usd`` are the figures to believe, ``stored_cost_usd`` what the row
    says. ``insights_created`` counts answers, ``insights_stored`` rows. ``errors`` of an open run
    are those of its failed calls, for its row has none before its end.
    """

    layer_hash: str
    insights_stored: int | None
    model_profile: str | None
    model_provider: str | None
    model_name: str | None
    tokens_input: int | None
    tokens_output: int | None
    stored_cost_usd: float | None
    errors: list[ErrorAnswer]
    progress: ProgressAnswer | None
    calls: CallsAnswer
    dry_reason: str


def detail_answer(run: RunDetail) -> RunDetailAnswer:
    """Return a run with everything that is told of it."""
    usage, short = run.usage, run_answer(run, errors=run.errors or run.early_errors)
    shared: dict[str, Any] = {one.name: getattr(short, one.name) for one in fields(short)}
    return RunDetailAnswer(
        **shared,
        layer_hash=run.layer_hash,
        insights_stored=run.insights_stored,
        model_profile=run.model_profile,
        model_provider=run.model_provider,
        model_name=run.model_name,
        tokens_input=usage.tokens_input,
        tokens_output=usage.tokens_output,
        stored_cost_usd=dollars(run.stored_cost_usd),
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


async def run(service: Service, run_id: str) -> RunDetailAnswer | None:
    """Ask for one run by its whole id; None where there is none."""
    detail = await by_id(service, run_id)
    return detail_answer(detail) if detail is not None else None


async def named(service: Service, text: str, *, within: str = "") -> RunDetailAnswer:
    """Ask for the run that a text means, as ``find`` has it. Raises NotFound."""
    found = await find(service, text, within=within)
    detail = found if isinstance(found, RunDetail) else await whole(service, found)
    if detail is None:
        raise NotFound(f"The run {one_line(found.id)!r} is gone.")
    return detail_answer(detail)


async def latest(service: Service, layer_name: str, *, within: str = "") -> RunDetailAnswer | None:
    """Ask for the newest run of exactly this layer, of those that a filter's text matches.

    None where there is none. Raises NotFound for no known layer, FilterError for a bad filter.
    """
    newest = await newest_of(service, of_layer(layer_name, within), layer_name)
    if newest is not None:
        detail = await whole(service, newest)
        return detail_answer(detail) if detail is not None else None
    await known_layer(service, layer_name)
    return None
