"""The search in errors, from the filter text through SQL down to the function."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zos_monitor.model.filter_words import quote
from zos_monitor.model.filters import literal, parse_filter
from zos_monitor.store.filter_functions import (
    SQL_FUNCTIONS,
    zos_error_match,
    zos_error_or_topic_match,
)
from zos_monitor.store.filter_sql import compile_filter

NOW = datetime(2026, 11, 8, tzinfo=UTC)
REPLACEMENT = chr(0xFFFD)
Ask = Callable[[object, str], bool]


@pytest.fixture(scope="module")
def ask() -> Iterator[Ask]:
    """Ask whether this filter text finds the one run with these errors."""
    db = sqlite3.connect(":memory:")
    for name, count, function in SQL_FUNCTIONS:
        db.create_function(name, count, function, deterministic=True)
    db.execute("CREATE TABLE layer_runs (id VARCHAR, errors JSON)")

    def found(errors: object, text: str) -> bool:
        db.execute("DELETE FROM layer_runs")
        # Bytes become TEXT that is no UTF-8, as a broken writer leaves it.
        value = "CAST(? AS TEXT)" if isinstance(errors, bytes) else "?"
        db.execute(f"INSERT INTO layer_runs VALUES ('', {value})", (errors,))
        where = compile_filter(parse_filter(text), now=NOW, layers=(), tables=frozenset())
        sql = f"SELECT 1 FROM layer_runs AS r WHERE {where.sql}"
        return db.execute(sql, where.params).fetchone() is not None

    yield found
    db.close()


def stored(*errors: object, topic: object = None, ascii_only: bool = True) -> str:
    entries = [{"topic": topic, "error": error, "node": "reflect"} for error in errors]
    return json.dumps(entries, ensure_ascii=ascii_only)


@pytest.mark.parametrize(
    ("errors", "text", "expected"),
    [
        (None, "error:*", False),
        ("null", "error:*", False),
        ("null", "error:null", False),
        ("[]", "error:*", False),
        ("", "error:*", False),
        (stored(None), "error:null", False),
        (stored(""), "error:*", True),
        (stored("Rate Limit hit"), 'error:"rate limit"', True),
        (stored("Rate Limit hit"), "error:rate*hit", True),
        (stored("Rate Limit hit"), "error:hit*rate", False),
        (stored("Rate Limit hit"), 'error:"rate*hit"', False),
        (stored("rate", "limit"), "error:rate*limit", False),
        (stored("rate", "limit"), "error:nothing,LIMIT", True),
        (stored("x", topic="Ada"), "error:Ada", False),
        (stored("x", topic="Ada"), "ada", True),
        (stored("x", topic="Ada"), "topic", False),
        (stored("x"), "error:topic,node,error,reflect,null", False),
        (stored("x"), "reflect", False),
        (stored("100% of a_b"), 'error:"0% OF A_B"', True),
        (stored("100 of axb"), "error:0%,a_b", False),
        (stored('say "hi"'), r'error:"y \"hi\""', True),
        (stored("C:\\temp"), r"error:c:\t", True),
        (stored("C:temp"), r"error:c:\t", False),
        (stored("a\n\tb"), 'error:"a\n\tb"', True),
        (stored("a\n\tb"), r"error:\n", False),
        (stored("Café 失敗"), 'error:"FÉ"', False),
        (stored("Café 失敗"), "error:fé*敗", True),
        (stored("Café 失敗", ascii_only=False), "error:CAFé*失敗", True),
        (stored("Café 失敗"), "error:u00e9", False),
        (stored("💥 boom"), "error:💥", True),
        (stored("closed: \udcff bytes"), "error:bytes", True),
        (stored("closed: \udcff bytes"), 'error:"d: \udcff b"', True),
        (stored("closed: \udcff bytes"), f'error:"d: {REPLACEMENT} b"', True),
        (stored("closed: \udcff bytes"), "error:\udcfe", False),
        (stored({"code": 429, "why": ["odd"]}), "error:odd", True),
        (stored({"code": 429, "why": ["odd"]}), "error:429", True),
        (stored({"code": 429, "why": ["odd"]}), "error:why", False),
        (stored({"again": True}), "error:true", True),
        (stored("a/b").replace("/", r"\/"), "error:a/b", True),
        ('[{"message": "boom", "topic": "Ada"}, 1e2]', "error:boom", True),
        ('[{"message": "boom", "topic": "Ada"}, 1e2]', "error:ada,message", False),
        ('[{"message": "boom", "topic": "Ada"}, 1e2]', "error:1e2", True),
        ('"a \\u00e9 string"', "error:é", True),
        ("plain text: 50%", 'error:"text: 50%"', True),
        ('[{"error": "cut o', "error:cut", True),
        ("[" * 100_000, "error:[[", True),
        (429, "error:42", True),
        (b"\xff raw bytes", "error:raw", True),
        (b"\xff raw bytes", "error:\ufffd", True),
        (b'[{"error": "in \xe9 bytes"}]', "error:bytes", True),
        (b'[{"error": "in \xe9 bytes"}]', "error:error", False),
    ],
)
def test_search_in_errors(ask: Ask, errors: object, text: str, expected: bool) -> None:
    assert ask(errors, text) is expected
    if text.startswith("error:"):
        assert ask(errors, f"-{text}") is not expected


texts = st.text(max_size=20) | st.text(st.sampled_from('aB\\"%_*\n/é\udcff'), max_size=6)


@given(before=texts, wanted=texts.filter(bool), after=texts, ascii_only=st.booleans())
def test_any_part_of_an_error_is_found(
    ask: Ask, before: str, wanted: str, after: str, ascii_only: bool
) -> None:
    errors = stored(before + wanted + after, ascii_only=ascii_only)
    if ascii_only or not any("\ud800" <= character <= "\udfff" for character in errors):
        # A NUL is stored escaped, but can't be asked for.
        assert "\0" in wanted or ask(errors, f"error:{quote(wanted)}")


@given(
    st.none()
    | st.text()
    | st.binary()
    | st.integers()
    | st.floats()
    | st.text(st.sampled_from('[]{}":,1en')),
    st.text() | st.text().map(lambda text: text.encode("utf-8", "surrogatepass")),
)
def test_no_value_raises(errors: object, pattern: str | bytes) -> None:
    assert zos_error_match(errors, pattern) <= zos_error_or_topic_match(errors, pattern)


def test_deep_json_does_not_raise() -> None:
    deep = '[{"error": ' + "[" * 900 + '"core"' + "]" * 900 + "}]"
    for errors in (deep, "[" * 900 + '"core"' + "]" * 900, "[" * 10**6, '{"a":' * 10**6):
        zos_error_match(errors, "core")
    assert zos_error_match(deep, literal("core"))


@pytest.mark.parametrize(
    ("text", "asked"), [("error:limit", 1), ("error:*", 3), ("error:é", 1), ('error:"é limit"', 0)]
)
def test_the_function_sees_few_rows(text: str, asked: int) -> None:
    seen: list[object] = []

    def see(errors: object, pattern: str) -> bool:
        seen.append(errors)
        return pattern in text

    db = sqlite3.connect(":memory:")
    db.create_function("zos_error_match", 2, see)
    db.execute("CREATE TABLE layer_runs (id VARCHAR, errors JSON)")
    rows = [(None,), (stored("rate LIMIT"),), (stored("é"),), (stored("timeout"),)]
    db.executemany("INSERT INTO layer_runs VALUES ('', ?)", rows)
    where = compile_filter(parse_filter(text), now=NOW, layers=(), tables=frozenset())
    db.execute(f"SELECT 1 FROM layer_runs AS r WHERE {where.sql}", where.params).fetchall()
    db.close()
    assert len(seen) == asked
