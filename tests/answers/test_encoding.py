"""Answers as JSON: whatever is in them, every reader takes it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from enum import StrEnum
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.answers.plainly import strict
from zos_monitor.answers.encoding import LEFT_OUT, dollars, instant, plain, stamp, to_json

TEXT = st.text(st.characters(categories=None))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT,
    lambda inner: st.lists(inner) | st.dictionaries(TEXT, inner) | st.tuples(inner),
    max_leaves=20,
)


class Word(StrEnum):
    ONE = "one"


@dataclass(frozen=True, slots=True)
class Answer:
    value: object
    asked: object = field(default=None, metadata=LEFT_OUT)


@given(VALUES)
def test_any_answer_is_json(value: object) -> None:
    told = strict(Answer(value))
    assert list(told) == ["value"]
    assert to_json(Answer(value)).isascii()
    assert json.loads(to_json(Answer(value), indent=2)) == told


@given(st.text(), st.floats(allow_nan=False, allow_infinity=False), st.integers())
def test_what_json_can_hold_stays_as_it_is(text: str, number: float, count: int) -> None:
    value = {text: [number, count, True, None, text]}
    assert plain(value) == strict(Answer(value))["value"] == value


def test_what_json_cannot_hold_is_replaced() -> None:
    odd = ["a\udcffb?", {"\ud800": float("nan")}, float("inf")]
    assert plain(odd) == ["a\ufffdb?", {"\ufffd": None}, None]
    assert plain(MappingProxyType({"x": Word.ONE})) == {"x": "one"}
    assert type(plain(Word.ONE)) is str


def test_fields_that_nobody_asked_for_are_left_out() -> None:
    assert plain(Answer(None)) == {"value": None}
    assert plain(Answer(None, asked=[])) == {"value": None, "asked": []}


@pytest.mark.parametrize(
    ("at", "told"),
    [
        (datetime(2026, 11, 1, 3, tzinfo=UTC), "2026-11-01T03:00:00Z"),
        (datetime(2026, 11, 1, 3, 0, 0, 250_000, tzinfo=UTC), "2026-11-01T03:00:00.250000Z"),
        (datetime(2026, 11, 1, 3, tzinfo=timezone(timedelta(hours=2))), "2026-11-01T01:00:00Z"),
        (datetime.min.replace(tzinfo=UTC), "0001-01-01T00:00:00Z"),
        (datetime.max.replace(tzinfo=UTC), "9999-12-31T23:59:59.999999Z"),
    ],
)
def test_instants_are_in_utc(at: datetime, told: str) -> None:
    assert instant(at) == stamp(at) == told
    assert datetime.fromisoformat(told) == at


def test_no_instant_is_null() -> None:
    assert instant(None) is None


@given(st.none() | st.floats())
def test_dollars_are_numbers_or_not_recorded(amount: float | None) -> None:
    told = strict(dollars(amount))
    assert told is None or told == pytest.approx(amount, abs=1e-9)
    assert (dollars(0.1 + 0.2), dollars(0.0)) == (0.3, 0.0)
