from __future__ import annotations

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zos_monitor.model.columns import (
    as_float,
    as_int,
    as_optional_text,
    as_text,
    load_json,
    sum_as_float,
    sum_as_int,
)

# What Python's sqlite3 can hand out.
stored = (
    st.none()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats()
    | st.text(st.characters())
    | st.binary()
)


@pytest.mark.parametrize(
    ("value", "whole", "number", "text"),
    [
        (None, None, None, ""),
        (0, 0, 0.0, "0"),
        (-7, -7, -7.0, "-7"),
        (2**62, 2**62, 2.0**62, str(2**62)),
        (3.0, 3, 3.0, "3.0"),
        (1.5, None, 1.5, "1.5"),
        (1e30, 10**30 + 19884624838656, 1e30, "1e+30"),
        (-1.1e30, None, None, "-1.1e+30"),
        (1.7e308, None, None, "1.7e+308"),
        (math.inf, None, None, "inf"),
        (math.nan, None, None, "nan"),
        ("12", None, None, "12"),
        ("", None, None, ""),
        ("lone \udcff", None, None, "lone \ufffd"),
        (b"caf\xe9", None, None, "caf\ufffd"),
        (b"12", None, None, "12"),
    ],
)
def test_a_column_is_what_it_holds_and_never_a_guess(
    value: object, whole: int | None, number: float | None, text: str
) -> None:
    assert (as_int(value), as_float(value), as_text(value)) == (whole, number, text)
    assert as_optional_text(value) == (None if value is None else text)


@given(stored)
def test_every_value_becomes_its_type(value: object) -> None:
    assert type(as_int(value)) in (int, type(None))
    number = as_float(value)
    assert number is None or math.isfinite(number)
    as_text(value).encode()


@pytest.mark.parametrize(
    ("value", "whole", "number"),
    [
        (2.0**70, 2**70, 2.0**70),
        (4e30, int(4e30), 4e30),
        (7, 7, 7.0),
        (0.5, None, 0.5),
        (math.inf, None, None),
        (None, None, None),
    ],
)
def test_a_sum_may_be_larger_than_any_figure_in_it(
    value: object, whole: int | None, number: float | None
) -> None:
    assert (sum_as_int(value), sum_as_float(value)) == (whole, number)


@pytest.mark.parametrize(
    ("value", "loaded"),
    [(None, None), ("null", None), ('["\\udcff"]', ["\udcff"]), (b"[1]", [1]), (429, 429)],
)
def test_json_columns(value: object, loaded: object) -> None:
    assert load_json(value) == loaded


@pytest.mark.parametrize("value", ["", "{", "[" * 100_000, b"\xff", "9" * 5000, "nope"])
def test_what_is_no_json_is_a_value_error(value: object) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 — every kind of it
        load_json(value)


@given(st.lists(st.text(st.characters()) | st.integers() | st.none()))
def test_json_comes_back_as_it_was_written(value: list[object]) -> None:
    assert load_json(json.dumps(value)) == value
