"""One run as a page of plain text, for people who read it in a shell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from zos_monitor.model import phrases
from zos_monitor.model.error_groups import ErrorGroup, group_errors
from zos_monitor.model.errors import RunError
from zos_monitor.model.runs import Source
from zos_monitor.model.states import OPEN_STATES, RunState
from zos_monitor.model.text import one_line
from zos_monitor.model.tracebacks import last_exception
from zos_monitor.printed.tables import facts, painted, state_colour

if TYPE_CHECKING:
    from zos_monitor.answers.one_run import RunDetailAnswer
    from zos_monitor.answers.runs import ErrorAnswer

_MOST_TOPICS = 6
_TOLD = 300
"""Characters of a message, or of a name, at most."""
_WHY_OPEN = {
    RunState.RUNNING: "",
    RunState.STALLED: "silent for longer than this layer's runs are; ",
    RunState.INTERRUPTED: "the layer has started again since; ",
}


def run_page(run: RunDetailAnswer, *, now: datetime, coloured: bool = False) -> list[str]:
    """Return the lines of a page: a run's facts, one on each line, then its errors by cause."""
    state = painted(run.state, state_colour(run.state)) if coloured else run.state
    told = [
        ("Run", one_line(run.id)),
        ("Layer", one_line(run.layer_name)),
        ("State", _noted(state, _why(run))),
        *_activity(run, now),
        ("Started", _at(run.started_at, now) or "unreadable"),
        ("Completed", _completed(run)),
        ("Targets", _targets(run)),
        ("Insights", _insights(run)),
        ("Calls", _calls(run)),
        ("Tokens", _tokens(run)),
        ("Cost", _cost(run)),
        ("Model", _model(run)),
        ("Hash", one_line(run.layer_hash) or phrases.NOTHING),
    ]
    return [*facts(told), *_errors(run)]


def _noted(told: str, note: str) -> str:
    return f"{told}  ({note})" if note else told


def _is_open(run: RunDetailAnswer) -> bool:
    return run.state in OPEN_STATES


def _why(run: RunDetailAnswer) -> str:
    if _is_open(run):
        return f"{_WHY_OPEN[RunState(run.state)]}stored as {one_line(run.status)}, not completed"
    if run.state == RunState.UNKNOWN:
        return f"stored as {one_line(run.status) or 'nothing'}"
    return run.dry_reason


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text is not None else None


def _at(text: str | None, now: datetime) -> str:
    """Return an instant, and how long ago it was; nothing for none."""
    at = _instant(text)
    return _noted(phrases.exactly(at, UTC), phrases.ago(at, now)) if at is not None else ""


def _activity(run: RunDetailAnswer, now: datetime) -> Iterator[tuple[str, str]]:
    if _is_open(run):
        last = run.progress.last_activity if run.progress is not None else None
        yield "Activity", _at(last, now) or "none that is known"


def _completed(run: RunDetailAnswer) -> str:
    at = _instant(run.completed_at)
    if at is not None:
        seconds = run.duration_seconds
        took = phrases.duration(timedelta(seconds=seconds)) if seconds is not None else ""
        return _noted(phrases.exactly(at, UTC), f"after {took}" if took else "")
    if run.state == RunState.INTERRUPTED:
        return "never"
    return "not yet" if _is_open(run) else "unreadable"


def _targets(run: RunDetailAnswer) -> str:
    matched = phrases.grouped(run.targets_matched)
    if not _is_open(run):
        done, skipped = map(phrases.grouped, (run.targets_processed, run.targets_skipped))
        return f"{done} of {matched} processed, {skipped} skipped"
    progress = run.progress
    if progress is None:
        return f"{matched} matched; zos tells the rest when the run ends"
    parts = (
        (progress.with_insight, "with insight"),
        (progress.failed, "failed"),
        (progress.done - progress.with_insight - progress.failed, "without insight"),
        (progress.in_flight, "in flight"),
    )
    told = ", ".join(f"{count:,} {words}" for count, words in parts if count)
    share = f", {phrases.percent(progress.share)}" if progress.share is not None else ""
    note = f"{told}; estimated" if told else "estimated"
    return _noted(f"{progress.done:,} of {matched} done{share}", note)


def _insights(run: RunDetailAnswer) -> str:
    stored = run.insights_stored
    if _is_open(run):
        return f"{stored:,} so far" if stored is not None else phrases.NOTHING
    created = phrases.grouped(run.insights_created)
    if stored is None or stored == run.insights_created:
        return created
    return f"{created} {'answer' if run.insights_created == 1 else 'answers'}, {stored:,} stored"


def _calls(run: RunDetailAnswer) -> str:
    if run.calls.total is None:
        return "not told by this server"
    if not run.calls.total:
        return "none recorded"
    failed = f", {run.calls.failed:,} failed" if run.calls.failed else ""
    return f"{run.calls.total:,}{failed}"


def _tokens(run: RunDetailAnswer) -> str:
    if run.tokens_total is None:
        return "not recorded"
    parts = ((run.tokens_input, "in"), (run.tokens_output, "out"))
    told = ", ".join(f"{count:,} {words}" for count, words in parts if count is not None)
    return _noted(f"{run.tokens_total:,}", told)


def _cost(run: RunDetailAnswer) -> str:
    cost, stored = run.estimated_cost_usd, run.stored_cost_usd
    if cost is None:
        return "not recorded"
    told = phrases.cost(cost) + (" so far" if _is_open(run) else "")
    if run.cost_source == Source.ROW:
        why = ", no calls are recorded" if run.calls.total is not None else ""
        return _noted(told, f"by its row{why}")
    differs = stored is not None and not _is_open(run) and abs(cost - stored) >= 0.005
    return _noted(told, f"its row says {phrases.cost(stored)}" if differs else "")


def _model(run: RunDetailAnswer) -> str:
    names = " ".join(one_line(name) for name in (run.model_provider, run.model_name) if name)
    profile = f"profile {one_line(run.model_profile)}" if run.model_profile else ""
    return _noted(names, profile) if names else profile or phrases.NOTHING


def _errors(run: RunDetailAnswer) -> Iterator[str]:
    if run.errors:
        early = " so far, from its failed calls" if _is_open(run) else ""
        yield ""
        yield f"{phrases.plural(len(run.errors), 'error')}{early}"
        yield from error_lines(run.errors, messages=True)


def error_lines(answers: Iterable[ErrorAnswer], *, messages: bool = False) -> Iterator[str]:
    """Yield lines for each cause among a run's errors: how many, in which node, of which topics.

    With ``messages`` there is what the first of them says too, where that is more.
    """
    errors = [
        RunError(message=one.error, topic=one.topic, topic_name=one.topic_name, node=one.node)
        for one in answers
    ]
    groups = group_errors(errors)
    width = max((len(f"{len(group.members):,}") for group in groups), default=0)
    for group in groups:
        cause = one_line(group.cause)
        node = f"  in {_short(group.node)}" if group.node else ""
        yield f"  {len(group.members):>{width},}  {cause}{node}"
        indent = " " * (width + 4)
        yield f"{indent}{_topics(group.members)}"
        if messages and (said := _said(group)) != cause:
            yield f"{indent}{said}"


def _topics(errors: Sequence[RunError]) -> str:
    """Return the topics of some errors by their names; those that have no room are counted."""
    times = Counter(error.topic for error in errors)
    names = {error.topic: error.topic_name or error.topic for error in errors}
    told = [
        (_short(names[topic]) or "no topic") + (f" ({count:,} times)" if count > 1 else "")
        for topic, count in times.items()
    ]
    more = len(told) - _MOST_TOPICS
    return ", ".join(told[:_MOST_TOPICS]) + (f" and {more:,} more" if more > 0 else "")


def _said(group: ErrorGroup) -> str:
    """Return what the first error of a group says, of a traceback the exception at its end."""
    message = group.members[0].message
    return _short(last_exception(message) or message) or one_line(group.cause)


def _short(text: str | None) -> str:
    told = one_line((text or "")[: _TOLD + 1])
    return told if len(told) <= _TOLD else f"{told[: _TOLD - 1]}…"
