"""Laying one run beside another: which errors and which failing topics are of one of them only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Set as AbstractSet
from typing import NamedTuple

from zos_monitor.model.causes import cause_of, identity
from zos_monitor.model.comparison import CauseCount, Comparison, FailedTopic, Partner
from zos_monitor.model.runs import RunDetail

_NO_TOPICS: AbstractSet[str] = frozenset()


class _Failures(NamedTuple):
    """A run's errors: how many of each cause, and each topic's first one, in stored order."""

    causes: Counter[str]
    topics: dict[str, FailedTopic]


def compare(
    this: RunDetail,
    other: RunDetail | None,
    partner: Partner,
    *,
    worked_here: AbstractSet[str] = _NO_TOPICS,
    worked_there: AbstractSet[str] = _NO_TOPICS,
) -> Comparison:
    """Return a run beside another one.

    ``worked_here`` and ``worked_there`` are the topics of this and of the other run's calls and
    insights. The errors of an open run are those of its failed calls. Causes come with the most
    errors first, topics in the order of their errors.
    """
    if other is None:
        return Comparison(this=this, other=None, partner=partner)
    here, there = _failures(this), _failures(other)
    return Comparison(
        this=this,
        other=other,
        partner=partner,
        new_causes=_causes(here, there),
        gone_causes=_causes(there, here),
        newly_failing=_topics(here, there, worked_there),
        recovered=_topics(there, here, worked_here),
    )


def _failures(run: RunDetail) -> _Failures:
    causes: Counter[str] = Counter()
    words: dict[str, str] = {}  # a cause's, as they are first met
    topics: dict[str, FailedTopic] = {}
    for error in run.errors or run.early_errors:
        cause = cause_of(error.message)
        causes[words.setdefault(identity(cause), cause)] += 1
        if error.topic is not None:
            topics.setdefault(error.topic, FailedTopic(error.topic, error.topic_name, cause))
    return _Failures(causes, topics)


def _causes(run: _Failures, other: _Failures) -> tuple[CauseCount, ...]:
    known = set(map(identity, other.causes))
    counted = run.causes.most_common()
    return tuple(CauseCount(*count) for count in counted if identity(count[0]) not in known)


def _topics(run: _Failures, other: _Failures, worked: AbstractSet[str]) -> tuple[FailedTopic, ...]:
    """Return the topics that failed in one run only; ``worked`` are those of the other one."""
    return tuple(
        failed._replace(in_both=topic in worked if worked else None)
        for topic, failed in run.topics.items()
        if topic not in other.topics
    )
