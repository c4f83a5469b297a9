"""How far an open run is: an estimate from its calls and insights, for its row does not tell."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How many of an open run's targets are over with, as far as calls and insights tell.

    ``matched`` is what the row says, None where it holds no number. ``done`` targets are never
    more than these: ``with_insight`` are those that an insight was stored for, ``failed`` those
    with a failed call and no insight, ``without`` those whose calls went well and left no insight.
    ``in_flight`` targets (0 or 1) have been seen and are not over; the one that is being worked on
    mostly can't be seen. ``last_done_at`` is when the last one of ``done`` was over.
    """

    matched: int | None
    done: int = 0
    with_insight: int = 0
    failed: int = 0
    without: int = 0
    in_flight: int = 0
    last_done_at: datetime | None = None
    errors: int = 0
    """How many of the run's calls have failed."""

    @property
    def share(self) -> float | None:
        """What part is done, from 0 to 1; None where the number of targets is not known."""
        return self.done / self.matched if self.matched else None


class TopicTrace(NamedTuple):
    """What one topic has left behind in a run's calls and insights.

    ``order`` is the place of its first call among the run's calls (any number that grows with
    them); of no meaning where it has no calls. ``topic`` is None for the calls that name none:
    they belong to no target. ``last_at`` is its newest call or insight, None where none is known.
    """

    topic: str | None
    order: int
    calls: int
    failed_calls: int
    insights: int
    last_at: datetime | None


def progress_of(
    matched: int | None, traces: Iterable[TopicTrace], *, calls_per_target: int | None
) -> Progress:
    """Return how far a run is that has left these traces.

    Which topics are over is what ``topics_over`` tells. More topics than targets count no further,
    and a negative number of targets is none at all.
    """
    traces = list(traces)
    if matched is not None and matched < 0:
        matched = None
    topics = [trace for trace in traces if trace.topic is not None]
    over = topics_over(topics, calls_per_target=calls_per_target)
    done = len(over) if matched is None else min(len(over), matched)
    with_insight = min(sum(trace.insights > 0 for trace in over), done)
    failed = sum(trace.failed_calls > 0 and not trace.insights for trace in over)
    failed = min(failed, done - with_insight)
    return Progress(
        matched=matched,
        done=done,
        with_insight=with_insight,
        failed=failed,
        without=done - with_insight - failed,
        in_flight=int(len(over) < len(topics) and (matched is None or done < matched)),
        last_done_at=max((trace.last_at for trace in over if trace.last_at), default=None),
        errors=sum(trace.failed_calls for trace in traces),
    )


def topics_over(topics: Sequence[TopicTrace], *, calls_per_target: int | None) -> list[TopicTrace]:
    """Return those of an open run's topics that are over.

    A topic is over with an insight, with a failed call, with as many calls as the layer mostly
    makes (``calls_per_target``, None where that isn't known), or when a call for a later topic has
    been seen: zos works on one target after the other. So one at most is not.
    """
    newest = max((trace.order for trace in topics if trace.calls), default=0)
    return [trace for trace in topics if _is_over(trace, newest, calls_per_target)]


def _is_over(trace: TopicTrace, newest: int, calls_per_target: int | None) -> bool:
    if trace.insights or trace.failed_calls:
        return True
    enough = calls_per_target is not None and trace.calls >= max(calls_per_target, 1)
    return enough or trace.order < newest
