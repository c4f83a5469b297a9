"""Progress: a table of cases, and what holds whatever is appended."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zos_monitor.model.progress import Progress, TopicTrace, progress_of

THREE = datetime(2026, 11, 21, 3, tzinfo=UTC)


class Event(NamedTuple):
    """A call that ended (well or not), or else an insight that was stored."""

    kind: str
    topic: str | None


def traces(events: Sequence[Event]) -> list[TopicTrace]:
    """Return the traces of events, each a second after the other."""
    found: dict[str | None, TopicTrace] = {}
    for number, (kind, topic) in enumerate(events, 1):
        trace = found.get(topic, TopicTrace(topic, 0, 0, 0, 0, None))
        if kind == "insight":
            trace = trace._replace(insights=trace.insights + 1)
        else:
            trace = trace._replace(
                order=trace.order or number,
                calls=trace.calls + 1,
                failed_calls=trace.failed_calls + (kind == "failure"),
            )
        found[topic] = trace._replace(last_at=THREE + timedelta(seconds=number))
    return list(found.values())


def told(text: str, matched: int | None, calls_per_target: int | None) -> Progress:
    """Return the progress after events such as ``+a !b *a``: a call, a failed one, an insight."""
    kinds = {"+": "call", "!": "failure", "*": "insight"}
    events = [Event(kinds[word[0]], word[1:] or None) for word in text.split()]
    return progress_of(matched, traces(events), calls_per_target=calls_per_target)


@pytest.mark.parametrize(
    ("text", "matched", "usual", "done", "parts", "in_flight"),
    [
        ("", 9, 1, 0, (0, 0, 0), 0),
        ("+a", 9, None, 0, (0, 0, 0), 1),
        ("+a", 9, 1, 1, (0, 0, 1), 0),
        ("+a", 9, 0, 1, (0, 0, 1), 0),
        ("+a", 9, 2, 0, (0, 0, 0), 1),
        ("+a +a", 9, 2, 1, (0, 0, 1), 0),
        ("+a *a", 9, None, 1, (1, 0, 0), 0),
        ("+a *a *a", 9, None, 1, (1, 0, 0), 0),
        ("!a", 9, None, 1, (0, 1, 0), 0),
        ("!a +a *a", 9, None, 1, (1, 0, 0), 0),
        ("+a +b", 9, None, 1, (0, 0, 1), 1),
        ("+a +b +a", 9, None, 1, (0, 0, 1), 1),
        ("+a *a !b +c +d", 9, None, 3, (1, 1, 1), 1),
        ("+a *b", 9, None, 1, (1, 0, 0), 1),
        ("*a *b", 9, None, 2, (2, 0, 0), 0),
        ("+ ! *", 9, 1, 0, (0, 0, 0), 0),
        ("+a *a !b +c *c", 2, None, 2, (2, 0, 0), 0),
        ("+a *a !b !c +d", 2, None, 2, (1, 1, 0), 0),
        ("+a *a", 0, None, 0, (0, 0, 0), 0),
        ("+a *a !b +c", None, None, 2, (1, 1, 0), 1),
        ("+a *a", -3, None, 1, (1, 0, 0), 0),
    ],
)
def test_cases(
    text: str,
    matched: int | None,
    usual: int | None,
    done: int,
    parts: tuple[int, int, int],
    in_flight: int,
) -> None:
    found = told(text, matched, usual)
    assert (found.with_insight, found.failed, found.without) == parts
    assert (found.done, found.in_flight) == (done, in_flight)


def test_errors_are_counted_wherever_they_were() -> None:
    assert told("!a !a ! +b", 9, None).errors == 3


def test_the_last_end_is_that_of_a_target_that_is_over() -> None:
    assert told("+a *a +b", 9, None).last_done_at == THREE + timedelta(seconds=2)
    assert told("+a", 9, None).last_done_at is None
    unknown = [trace._replace(last_at=None) for trace in traces([Event("insight", "a")])]
    assert progress_of(9, unknown, calls_per_target=None).last_done_at is None


def test_the_share_needs_targets() -> None:
    assert told("+a *a", 4, None).share == 0.25
    assert told("+a *a", 0, None).share is None
    assert told("+a *a", -1, None).share is None
    assert told("+a *a", None, None).share is None


events = st.builds(
    Event, st.sampled_from(["call", "failure", "insight"]), st.sampled_from([None, *"abcdefgh"])
)


@given(
    st.lists(events, max_size=40),
    st.none() | st.integers(-2, 10),
    st.none() | st.integers(0, 4),
)
def test_progress_only_grows_and_stays_within_bounds(
    happened: list[Event], matched: int | None, usual: int | None
) -> None:
    before = Progress(matched=matched)
    for count in range(len(happened) + 1):
        found = progress_of(matched, traces(happened[:count]), calls_per_target=usual)
        assert before.done <= found.done
        assert before.errors <= found.errors
        assert found.with_insight + found.failed + found.without == found.done
        assert min(found.with_insight, found.failed, found.without, found.done) >= 0
        assert found.in_flight in (0, 1)
        if found.matched is not None:
            assert found.done + found.in_flight <= found.matched
        assert found.share is None or 0 <= found.share <= 1
        before = found
