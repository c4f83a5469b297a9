"""Targets: one for every topic of a run, with an outcome that agrees with the run's progress."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zos_monitor.model.calls import Call, Insight
from zos_monitor.model.errors import RunError
from zos_monitor.model.progress import TopicTrace, progress_of
from zos_monitor.model.targets import span_of, targets_of
from zos_monitor.model.workings import CallSpan, Target, TargetOutcome

THREE = datetime(2026, 11, 1, 3, tzinfo=UTC)
INSIGHT, ERROR, NO_RESULT, IN_FLIGHT = TargetOutcome


def at(seconds: float) -> datetime:
    return THREE + timedelta(seconds=seconds)


def call(
    topic: str | None,
    ended: float | None = None,
    latency: float | None = None,
    *,
    succeeded: bool | None = True,
    tokens: int | None = None,
    cost: float | None = None,
) -> Call:
    return Call(
        id=f"{topic}-{ended}",
        topic=topic,
        topic_name=None if topic is None else topic.title(),
        kind="reflection",
        model_profile=None,
        model_provider=None,
        model_name=None,
        tokens_input=None,
        tokens_output=None,
        tokens_total=tokens,
        cost_usd=cost,
        latency=None if latency is None else timedelta(seconds=latency),
        succeeded=succeeded,
        error="",
        ended_at=None if ended is None else at(ended),
    )


def insight(topic: str | None, made: float | None = None) -> Insight:
    return Insight(
        id=f"{topic}-{made}",
        topic=topic,
        topic_name=None,
        category="",
        strength=None,
        confidence=None,
        importance=None,
        created_at=None if made is None else at(made),
        gist="",
    )


def outcomes(targets: tuple[Target, ...]) -> dict[str | None, TargetOutcome]:
    assert len({target.topic for target in targets}) == len(targets)
    return {target.topic: target.outcome for target in targets}


def test_a_target_has_the_sums_and_the_span_of_what_it_has_left() -> None:
    calls = [
        call("b", 30, 5, tokens=10, cost=0.25),
        call("a", 60, 20, succeeded=False),
        call("b", 90, 10, tokens=7),
        call("b", 200, succeeded=None, cost=0.5),
        call("b"),
    ]
    errors = [RunError(message="late", topic="a"), RunError(message="later", topic="a")]
    one, other = targets_of(calls, [insight("b", 210)], errors, open_run=False, started_at=THREE)
    assert (one.topic, one.topic_name, one.outcome) == ("b", "B", INSIGHT)
    assert (one.calls, one.failed_calls, one.insights, one.errors) == (4, 0, 1, 0)
    assert (one.tokens, one.cost_usd) == (17, 0.75)
    assert (one.began_at, one.ended_at) == (at(25), at(210))
    assert one.spans == (
        CallSpan(at(25), at(30), True),
        CallSpan(at(80), at(90), True),
        CallSpan(at(200), at(200), None),
    )
    assert (other.topic, other.outcome, other.errors, other.failed_calls) == ("a", ERROR, 2, 1)
    assert (other.tokens, other.cost_usd) == (None, None)


@pytest.mark.parametrize("latency", [1e6, 1e12, 0.0])
def test_no_call_begins_before_its_run(latency: float) -> None:
    ended = call("a", 9, latency)
    [target] = targets_of([ended], [], [], open_run=False, started_at=THREE)
    assert target.spans == (CallSpan(at(9) if not latency else THREE, at(9), True),)
    [early] = targets_of([call("a", -9, 3)], [], [], open_run=False, started_at=THREE)
    assert early.spans == (CallSpan(at(-9), at(-9), True),)
    [adrift] = targets_of([replace(ended, latency=timedelta.max)], [], [], open_run=False)
    assert adrift.spans == (CallSpan(at(9), at(9), True),)
    assert targets_of([call("a", 9, 4)], [], [], open_run=False)[0].began_at == at(5)


def test_outcomes_of_a_run_that_is_over() -> None:
    calls = [
        call("good", 1),
        call("retried", 2, succeeded=False),
        call("retried", 3),
        call("lost", 4, succeeded=False),
        call("skipped", 5, succeeded=False),
        call("last", 6),
        call(None, 7),
    ]
    insights = [insight("good", 1), insight("half", 8)]
    errors = [RunError(message="x", topic=topic) for topic in ("skipped", "half", "unseen", None)]
    targets = targets_of(calls, insights, errors, open_run=False)
    assert outcomes(targets) == {
        "good": INSIGHT,
        "retried": NO_RESULT,
        "lost": ERROR,
        "skipped": ERROR,
        "last": NO_RESULT,
        "half": ERROR,
        "unseen": ERROR,
        None: ERROR,
    }


def test_targets_stand_in_the_order_of_their_first_trace() -> None:
    calls = [call("c", 50, 45), call("timeless"), call("b", 20), call("c", 9)]
    errors = [RunError(message="x", topic="z"), RunError(message="x"), RunError(message="x")]
    targets = targets_of(calls, [insight("a", 7)], errors, open_run=False)
    assert [target.topic for target in targets] == ["c", "a", "b", "timeless", "z", None]
    assert targets[-1].errors == 2


Event = tuple[str, str | None, bool | None]
topics = st.sampled_from(["a", "b", "c", "d", "", None])
events = st.lists(
    st.tuples(st.sampled_from(["call", "insight"]), topics, st.sampled_from([True, False, None])),
    max_size=9,
)


def traces(made: list[Event]) -> list[TopicTrace]:
    found = []
    for topic in dict.fromkeys(topic for _, topic, _ in made):
        mine = [(n, event) for n, event in enumerate(made) if event[1] == topic]
        called = [(n, went) for n, (kind, _, went) in mine if kind == "call"]
        failed = sum(went is False for _, went in called)
        order = called[0][0] if called else 0
        trace = TopicTrace(topic, order, len(called), failed, len(mine) - len(called), None)
        found.append(trace)
    return found


@settings(max_examples=60)
@given(events, st.sampled_from([None, 1, 2]), st.sampled_from([None, 40]), st.booleans())
def test_the_targets_of_an_open_run_are_those_of_its_progress(
    made: list[Event], calls_per_target: int | None, matched: int | None, told_all: bool
) -> None:
    calls = [
        call(topic, n, succeeded=went)
        for n, (kind, topic, went) in enumerate(made)
        if kind == "call"
    ]
    insights = [insight(topic, n) for n, (kind, topic, _) in enumerate(made) if kind == "insight"]
    failed = [one.topic for one in calls if one.succeeded is False]
    errors = [RunError(message="", topic=topic) for topic in failed[: None if told_all else 1]]
    targets = targets_of(
        calls, insights, errors, open_run=True, calls_per_target=calls_per_target, started_at=THREE
    )
    progress = progress_of(matched, traces(made), calls_per_target=calls_per_target)
    told = Counter(target.outcome for target in targets if target.topic is not None)
    assert [told[outcome] for outcome in (INSIGHT, ERROR, NO_RESULT, IN_FLIGHT)] == [
        progress.with_insight,
        progress.failed,
        progress.without,
        progress.in_flight,
    ]
    over = targets_of(calls, insights, errors, open_run=False, calls_per_target=calls_per_target)
    assert all(target.outcome is not IN_FLIGHT for target in over)


def test_a_run_spans_from_its_start_to_its_end_or_to_the_last_trace() -> None:
    targets = targets_of([call("a", 30, 10), call("b", 60)], [], [], open_run=True)
    assert span_of(targets, THREE, at(45)) == (THREE, at(45))
    assert span_of(targets, THREE, None) == (THREE, at(60))
    assert span_of(targets, None, None) == (at(20), at(60))
    assert span_of(targets, at(9), at(8)) == (at(9), at(60))
    assert span_of(targets, at(90), None) == (at(90), at(90))
    assert span_of((), None, at(5)) == (at(5), at(5))
    assert span_of((), None, None) == (None, None)
