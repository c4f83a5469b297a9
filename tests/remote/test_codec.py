"""Answers on the wire: nothing is lost, and nothing else is taken for one."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zos_monitor.model.breakdown import LayerFigures
from zos_monitor.model.changes import Changed
from zos_monitor.model.errors import RunError
from zos_monitor.model.past import Pace
from zos_monitor.model.runs import RunCount, RunKey, RunSlice, StoredValue
from zos_monitor.model.states import RunState
from zos_monitor.model.stats import LayerTotals, RunTotals
from zos_monitor.wire.codec import WireError, codec_of
from zos_monitor.wire.questions import QUESTIONS

TEXTS = st.text(st.characters(exclude_categories=()))  # lone surrogates too
ZONES = st.integers(-1439, 1439).map(lambda minutes: timezone(timedelta(minutes=minutes)))
INSTANTS = st.datetimes(timezones=ZONES).map(lambda instant: instant.replace(fold=0))
STORED = st.one_of(st.none(), TEXTS, st.binary(), st.integers(), st.floats(allow_nan=False))
VALUES: Mapping[Any, st.SearchStrategy[Any]] = {
    str: TEXTS,
    bytes: st.binary(),
    int: st.integers(),
    bool: st.booleans(),
    float | None: st.one_of(st.none(), st.integers(), st.floats(allow_nan=False)),
    datetime: INSTANTS,
    date: st.dates(),
    timedelta: st.timedeltas(),
    StoredValue: STORED,
    RunKey: st.builds(RunKey, STORED, st.integers()),
    RunState: st.sampled_from(RunState),
    Changed: st.integers(0, 15).map(Changed),
    tuple[tuple[str, int], ...]: st.lists(st.tuples(TEXTS, st.integers())).map(tuple),
    Pace | None: st.one_of(st.none(), st.builds(Pace, *[st.floats(allow_nan=False)] * 3)),
    RunError: st.builds(
        RunError, message=TEXTS, topic=st.none() | TEXTS, topic_name=TEXTS, node=TEXTS
    ),
    Mapping[tuple[str, str], date]: st.dictionaries(st.tuples(TEXTS, TEXTS), st.dates()),
    dict[RunState, int]: st.dictionaries(st.sampled_from(RunState), st.integers()),
    RunCount: st.builds(
        RunCount, matched=st.integers(), total=st.integers(), counted=st.booleans()
    ),
    RunTotals: st.one_of(
        st.builds(RunTotals, cost_usd=st.none() | st.floats(allow_nan=False)),
        st.builds(LayerTotals, layer_name=TEXTS, first_started=st.none() | INSTANTS),
    ),
}


def sent(hint: Any, value: object) -> Any:  # noqa: ANN401
    """Return what arrives of a value."""
    codec = codec_of(hint)
    line = json.dumps(codec.encode(value), allow_nan=False)
    assert line.isascii()
    assert "\n" not in line
    return codec.decode(json.loads(line))


@pytest.mark.parametrize("hint", VALUES, ids=str)
@settings(max_examples=60)
@given(data=st.data())
def test_nothing_is_lost(hint: Any, data: st.DataObject) -> None:  # noqa: ANN401
    value = data.draw(VALUES[hint])
    arrived = sent(hint, value)
    assert arrived == value
    assert type(arrived) is type(value)
    assert repr(arrived) == repr(value)  # True is 1, and 1 is 1.0


def test_what_is_no_number_arrives_as_that() -> None:
    assert math.isnan(sent(float, math.nan))
    assert sent(float | None, -math.inf) == -math.inf
    key = sent(RunKey, RunKey(math.nan, 1))
    assert math.isnan(key.started)


def test_surrogates_that_would_make_one_character_stay_two() -> None:
    assert len(sent(str, "\ud83d\ude00")) == 2
    assert len(sent(str, "😀")) == 1


def test_what_a_field_is_without_being_said_is_not_sent() -> None:
    assert codec_of(RunCount).encode(RunCount(matched=1, total=2)) == {"matched": 1, "total": 2}
    assert codec_of(RunTotals).encode(RunTotals()) == {}
    held = RunTotals(insights=False)  # which equals the default and is not it
    with pytest.raises(TypeError):
        codec_of(RunTotals).encode(held)


@pytest.mark.parametrize(
    ("hint", "value"),
    [
        (str, 1),
        (str, b""),
        (int, 1.0),
        (int, True),
        (float, "1"),
        (float, False),
        (datetime, datetime(2026, 1, 1)),  # noqa: DTZ001
        (datetime, date(2026, 1, 1)),
        (date, datetime(2026, 1, 1, tzinfo=UTC)),
        (RunCount, RunKey("", 1)),
        (RunSlice, RunCount(matched=1, total=1)),
        (StoredValue, True),
        (RunState, "asleep"),
        (tuple[int, int], (1, 2, 3)),
    ],
)
def test_a_value_of_another_type_is_never_sent(hint: Any, value: object) -> None:  # noqa: ANN401
    with pytest.raises((TypeError, ValueError)):
        codec_of(hint).encode(value)


@pytest.mark.parametrize("hint", [list[int], int | str, set[int], object, Any, RunKey | RunCount])
def test_a_type_without_a_form_on_the_wire_is_refused(hint: Any) -> None:  # noqa: ANN401
    with pytest.raises(TypeError, match="no form on the wire"):
        codec_of(hint)


JSON = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(),
        st.sampled_from(["", "failed", "2026-01-01", "2026-01-01T00:00:00+00:00", "inf", "é"]),
        TEXTS,
    ),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["", "bytes", "utf-8", "float", "runs", "counts", "matched", "total", "name", "key"]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=12,
)


@pytest.mark.parametrize("name", QUESTIONS)
@settings(max_examples=30)
@given(told=JSON)
def test_what_a_stranger_tells_is_refused_or_is_an_answer(name: str, told: Any) -> None:  # noqa: ANN401
    codec = QUESTIONS[name].answer
    try:
        answer = codec.decode(told)
    except WireError:
        return
    codec.encode(answer)


@pytest.mark.parametrize(
    ("hint", "told"),
    [
        (RunCount, {"matched": 1}),
        (RunCount, {"matched": 1, "total": 2, "secret": 3}),
        (RunCount, {"matched": 1, "total": "2"}),
        (RunCount, {"": "RunTotals", "matched": 1, "total": 2}),
        (RunCount, {"": ["RunSlice"], "matched": 1, "total": 2}),
        (LayerFigures, {"": "object"}),
        (RunKey, ["", 1, 2]),
        (RunKey, {"started": "", "rowid": 1}),
        (bytes, {"bytes": "not base64!"}),
        (str, {"utf-8": "/w=="}),
        (datetime, "2026-01-01T00:00:00"),
        (datetime, "yesterday"),
        (timedelta, 10**30),
        (timedelta, True),
        (date, "2026-02-30"),
        (float, {"float": "Infinity"}),
        (Changed, 1 << 20),
        (dict[RunState, int], [["failed"]]),
    ],
)
def test_what_is_no_such_answer_is_refused(hint: Any, told: Any) -> None:  # noqa: ANN401
    with pytest.raises(WireError):
        codec_of(hint).decode(told)
