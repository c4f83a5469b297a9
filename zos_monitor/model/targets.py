"""What became of a run's targets, as its calls, its insights and its errors tell."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from zos_monitor.model.calls import Call, Insight
from zos_monitor.model.errors import RunError
from zos_monitor.model.progress import TopicTrace, topics_over
from zos_monitor.model.workings import CallSpan, Target, TargetOutcome

_NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(slots=True)
class _Work:
    """What one topic has left behind; ``order`` is the place of its first call among all."""

    topic: str | None
    order: int
    name: str | None = None
    calls: list[Call] = field(default_factory=list)
    insights: list[Insight] = field(default_factory=list)
    errors: int = 0

    @property
    def failed_calls(self) -> int:
        return sum(call.succeeded is False for call in self.calls)

    @property
    def trace(self) -> TopicTrace:
        return TopicTrace(
            topic=self.topic,
            order=self.order,
            calls=len(self.calls),
            failed_calls=self.failed_calls,
            insights=len(self.insights),
            last_at=None,
        )


def targets_of(
    calls: Sequence[Call],
    insights: Sequence[Insight],
    errors: Sequence[RunError],
    *,
    open_run: bool,
    calls_per_target: int | None = None,
    started_at: datetime | None = None,
) -> tuple[Target, ...]:
    """Return the topics that a run has worked on, in the order of their first trace in time.

    ``calls`` are in the order in which they were recorded. ``errors`` are the run's, of an open one
    those of its failed calls; a topic that only an error names is a target as well. Of an open run
    the targets are over when its ``Progress`` says so, with the same ``calls_per_target``. What
    has no time comes last. No call begins before ``started_at``, when its run did.
    """
    works = _works(calls, insights, errors)
    topics = [work.trace for work in works if work.topic is not None]
    over = {trace.topic for trace in topics_over(topics, calls_per_target=calls_per_target)}
    targets = []
    for work in works:
        in_flight = open_run and work.topic is not None and bool(work.calls)
        outcome = _outcome(work, open_run=open_run, in_flight=in_flight and work.topic not in over)
        targets.append(_target(work, outcome, started_at))
    return tuple(sorted(targets, key=lambda target: target.began_at or _NEVER))


def span_of(
    targets: Sequence[Target], started_at: datetime | None, completed_at: datetime | None
) -> tuple[datetime | None, datetime | None]:
    """Return the ends of a run's work: its start and its end, as far as they are known.

    Where they are not, or are the wrong way round, the first and the last trace stand in.
    """
    first = min((target.began_at for target in targets if target.began_at), default=None)
    last = max((target.ended_at for target in targets if target.ended_at), default=None)
    began_at = started_at or first or completed_at
    if began_at is None:
        return None, None
    if completed_at is not None and completed_at >= began_at:
        return began_at, completed_at
    return began_at, max(began_at, last or began_at)


def _works(
    calls: Iterable[Call], insights: Iterable[Insight], errors: Iterable[RunError]
) -> list[_Work]:
    works: dict[str | None, _Work] = {}

    def of(topic: str | None, name: str | None, order: int = 0) -> _Work:
        work = works.setdefault(topic, _Work(topic, order))
        work.name = work.name or name
        return work

    for order, call in enumerate(calls):
        of(call.topic, call.topic_name, order).calls.append(call)
    for insight in insights:
        of(insight.topic, insight.topic_name).insights.append(insight)
    for error in errors:
        of(error.topic, error.topic_name).errors += 1
    return list(works.values())


def _outcome(work: _Work, *, open_run: bool, in_flight: bool) -> TargetOutcome:
    """Return what became of a target.

    While a run is open its errors are those of failed calls, which zos may have tried again; once
    it is over, the target failed that has an error, whatever was stored before. Where the run
    tells of no error, one call that went well says that the failed ones were made good.
    """
    if work.insights and (open_run or not work.errors):
        return TargetOutcome.INSIGHT
    failed = work.failed_calls if open_run else 0 < work.failed_calls == len(work.calls)
    if work.errors or failed:
        return TargetOutcome.ERROR
    return TargetOutcome.IN_FLIGHT if in_flight else TargetOutcome.NO_RESULT


def _target(work: _Work, outcome: TargetOutcome, started_at: datetime | None) -> Target:
    spans = _spans(work.calls, started_at)
    made = [insight.created_at for insight in work.insights if insight.created_at is not None]
    tokens = [call.tokens_total for call in work.calls if call.tokens_total is not None]
    costs = [call.cost_usd for call in work.calls if call.cost_usd is not None]
    return Target(
        topic=work.topic,
        topic_name=work.name,
        outcome=outcome,
        calls=len(work.calls),
        failed_calls=work.failed_calls,
        insights=len(work.insights),
        errors=work.errors,
        tokens=sum(tokens) if tokens else None,
        cost_usd=sum(costs) if costs else None,
        began_at=min([*(span.began_at for span in spans), *made], default=None),
        ended_at=max([*(span.ended_at for span in spans), *made], default=None),
        spans=spans,
    )


def _spans(calls: Iterable[Call], started_at: datetime | None) -> tuple[CallSpan, ...]:
    """Return the spans of calls whose end is known; without a latency the end is all there is.

    A latency that reaches back to before the run is not believed beyond that.
    """
    spans = []
    for call in calls:
        if call.ended_at is None:
            continue
        began_at = call.ended_at if call.latency is None else call.began_at or started_at
        began_at = min(began_at or call.ended_at, call.ended_at)
        if started_at is not None:
            began_at = max(began_at, min(started_at, call.ended_at))
        spans.append(CallSpan(began_at, call.ended_at, call.succeeded))
    return tuple(sorted(spans, key=lambda span: span.began_at))
