"""Filters from parameters: each means itself and no more, whatever is in it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zos_monitor.answers.exact import of_layer
from zos_monitor.answers.filters import narrowed
from zos_monitor.model.filters import (
    FilterError,
    FilterKey,
    RunFilter,
    literal,
    matches,
    parse_filter,
    time_bounds,
)

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
PLAIN = st.text(min_size=1, max_size=400).filter(lambda text: "\0" not in text)
# Half the characters are those that mean something to the filter language.
NASTY = st.text(st.sampled_from('\\"*,:- -\t\nabAB') | st.characters(), min_size=1, max_size=12)
NAMES = (PLAIN | NASTY).filter(lambda text: "\0" not in text)
TEXTS = st.sampled_from(
    ["", "  ", "Ada", "-layer:x,y*", 'error:"rate limit"', "status:failed since:30d", '"-"', "a\\"]
)
BROKEN = ['"', 'Ada "', 'layer:"x', 'error:"a \\"', "status:gone", "-", "layer:", "a,", "x:y", "\0"]


def terms(flt: RunFilter) -> list[tuple[FilterKey, tuple[str, ...], bool]]:
    return [(term.key, term.values, term.negated) for term in flt.terms]


@given(TEXTS, st.lists(NAMES, min_size=1, max_size=3))
def test_a_name_finds_exactly_its_layer(text: str, names: list[str]) -> None:
    flt = narrowed(text, layers=names)
    *before, (key, values, negated) = terms(flt)
    assert before == terms(parse_filter(text))
    assert (key, negated) == (FilterKey.LAYER, False)
    assert values == tuple(literal(name) for name in names)
    for name, value in zip(names, values, strict=True):
        assert matches(value, name, whole=True)
        assert not matches(value, f"{name}x", whole=True)
    assert terms(parse_filter(flt.text)) == terms(flt)  # it goes over the wire as its text


@given(
    TEXTS,
    st.lists(NAMES, max_size=2),
    st.lists(st.sampled_from(["success", "Failed", "running"]), max_size=2),
    st.lists(NAMES, max_size=2),
    st.lists(NAMES, max_size=2),
    st.none() | st.booleans(),
)
def test_all_parameters_hold_together(
    text: str,
    layers: list[str],
    states: list[str],
    errors: list[str],
    ids: list[str],
    success: bool | None,
) -> None:
    errors = [literal(error) for error in errors]
    told = narrowed(
        text, layers=layers, states=states, errors=errors, ids=ids, success=success, until="1h"
    )
    alone: list[dict[str, Any]] = [
        {"layers": layers},
        {"ids": ids},
        {"states": states},
        {"success": success},
        {"errors": errors},
        {"until": "1h"},
    ]
    parts = [parse_filter(text), *(narrowed(**one) for one in alone)]
    assert terms(told) == [term for part in parts for term in terms(part)]


@pytest.mark.parametrize("text", BROKEN)
@pytest.mark.parametrize("options", [{}, {"layers": ["b"]}, {"since": "7d", "errors": ['a" b']}])
def test_a_bad_text_is_an_error_whatever_comes_after_it(text: str, options: Any) -> None:  # noqa: ANN401
    with pytest.raises(FilterError) as whole:
        narrowed(text, **options)
    with pytest.raises(FilterError) as alone:
        parse_filter(text)
    assert whole.value.message == alone.value.message


@pytest.mark.parametrize(
    "options",
    [
        {"layers": [""]},
        {"layers": ["a", ""]},
        {"layers": ["a\0b"]},
        {"layers": ["x" * 1001]},
        {"patterns": ["a", ""]},
        {"states": ["gone"]},
        {"states": ["failed,partial"]},
        {"states": [""]},
        {"errors": [""]},
        {"ids": [""]},
        {"since": ""},
        {"since": "never"},
        {"since": "7d,8d"},
        {"since": '7d" status:failed "'},
        {"until": "all"},
        {"since": "*"},
        {"since": "2026-11-02", "until": "2026-11-01"},
        {"since": NOW, "until": NOW},
        {"layers": ["x"] * 101},
    ],
)
def test_what_means_nothing_is_an_error(options: Any) -> None:  # noqa: ANN401
    with pytest.raises(FilterError) as fault:
        narrowed(**options)
    assert fault.value.message.endswith(".")


@given(
    st.datetimes(
        timezones=st.none()
        | st.builds(timezone, st.timedeltas(timedelta(hours=-23), timedelta(hours=23)))
    )
)
def test_instants_are_taken_to_the_microsecond(at: datetime) -> None:
    meant = at if at.tzinfo is not None else at.replace(tzinfo=UTC)
    try:
        meant = meant.astimezone(UTC)
    except OverflowError:
        return
    assert time_bounds(narrowed(since=at), now=NOW) == (meant, None)
    assert time_bounds(narrowed(until=at), now=NOW) == (None, meant)


def test_times_are_taken_in_the_words_of_the_filter_language() -> None:
    bounds = time_bounds(narrowed("since:30d", since="7d", until="2026-11-20"), now=NOW)
    assert bounds == (NOW - timedelta(days=7), datetime(2026, 11, 21, tzinfo=UTC))
    assert time_bounds(narrowed(since="2026-11-20 03:00"), now=NOW).since == datetime(
        2026, 11, 20, 3, tzinfo=UTC
    )


@pytest.mark.parametrize("key", ["layers", "errors", "patterns"])
def test_an_empty_value_is_told_by_its_key(key: str) -> None:
    named = {"errors": "error"}.get(key, "layer")
    options: Any = {key: ["a", ""]}
    with pytest.raises(FilterError, match=f"A value of {named} is empty"):
        narrowed(**options)


def test_patterns_keep_their_wildcards() -> None:
    assert narrowed(patterns=["nightly-*", "a b*"]).terms[0].values == ("nightly-*", "a b*")
    assert narrowed(layers=["nightly-*"]).terms[0].values == ("nightly-\\*",)


@pytest.mark.parametrize("name", ["", "\0", "a\ufffd", "x" * 1001, "*" * 501, "\ud800"])
def test_names_that_cannot_be_said_narrow_nothing(name: str) -> None:
    assert terms(of_layer(name, "Ada", since="7d")) == terms(narrowed("Ada", since="7d"))
    assert of_layer(None).terms == ()
