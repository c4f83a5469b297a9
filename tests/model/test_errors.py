from __future__ import annotations

import json
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from zos_monitor.demo.mishaps import MISHAPS, TRACEBACK_LENGTH, error_text
from zos_monitor.model.errors import RunError, parse_errors
from zos_monitor.model.text import encodable

AS_JSON = TypeAdapter(RunError)
TRACEBACK = "Traceback:\n" + '\tFile "/srv/zos.py", line 7\r\n' * 250 + "Error: [bold]no\x1b[0m"

# Text as it can come out of JSON or a column: any code point, lone surrogates too.
wild_text = st.text(st.characters(), max_size=20)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | wild_text,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(wild_text, inner, max_size=4),
    max_leaves=12,
)


def entry(error: object, topic: object = None, node: object = None) -> dict[str, object]:
    return {"topic": topic, "error": error, "node": node}


@pytest.mark.parametrize("stored", [None, "null", b"null", "[]", "", "  \n", b"", "[null]"])
def test_no_errors_in_every_spelling(stored: object) -> None:
    assert parse_errors(stored) == ()


def test_zos_own_form_keeps_order_topic_and_node() -> None:
    stored = json.dumps(
        [entry("429 rate limit", "server:1:user:2", "reflect"), entry("", None, None)]
    )
    assert parse_errors(stored) == (
        RunError(message="429 rate limit", topic="server:1:user:2", node="reflect"),
        RunError(message="", topic=None, node=None),
    )


@pytest.mark.parametrize(
    ("stored", "message"),
    [
        ('["out of memory"]', "out of memory"),
        ('"out of memory"', "out of memory"),
        ("out of memory", "out of memory"),
        ('{"error": "alone"}', "alone"),
        ('[{"error": 429}]', "429"),
        ('[{"error": {"code": 429, "why": "é"}}]', '{"code": 429, "why": "é"}'),
        ('[{"error": "seen", "code": 7}]', 'seen\n{"code": 7}'),
        ('[{"code": 7}]', '{"code": 7}'),
        ('[{"error": "cut o', '[{"error": "cut o'),
        ("[" * 100_000, "[" * 100_000),
        (429, "429"),
        (1.5, "1.5"),
        ("true", "true"),
        (b"\xff\xfeno", "\ufffd\ufffdno"),
        ('["a \\udcff b"]', "a \ufffd b"),
        ("lone \udcff", "lone \ufffd"),
        ("9" * 5000, "9" * 5000),
    ],
)
def test_other_shapes_are_one_error_that_says_what_is_stored(stored: object, message: str) -> None:
    assert parse_errors(stored) == (RunError(message=message),)


@pytest.mark.parametrize(
    ("topic", "expected"), [(None, None), (7, "7"), ("user:\ud800", "user:\ufffd"), ([1], "[1]")]
)
def test_a_topic_or_node_of_another_type_is_kept_as_text(topic: object, expected: object) -> None:
    [found] = parse_errors(json.dumps([entry("no", topic, topic)]))
    assert (found.topic, found.node) == (expected, expected)


@pytest.mark.parametrize("text", [TRACEBACK, "[red]12[/]", "\x1b]0;title\x07", "лишь 静か"])
def test_messages_are_kept_whole_and_as_they_are(text: str) -> None:
    for ascii_only in (True, False):
        stored = json.dumps([entry(text)], ensure_ascii=ascii_only)
        assert parse_errors(stored)[0].message == text


def test_every_mishap_of_the_demo_is_read() -> None:
    texts = [error_text(mishap, Random(1)) for mishap in MISHAPS]
    assert max(map(len, texts)) > TRACEBACK_LENGTH
    found = parse_errors(json.dumps([entry(text, "self:zos", "reflect") for text in texts]))
    assert [error.message for error in found] == [encodable(text) for text in texts]


@given(json_values)
def test_any_json_is_read_and_nothing_of_a_list_is_lost(value: object) -> None:
    found = parse_errors(json.dumps(value))
    if isinstance(value, list):
        assert len(found) == sum(item is not None for item in value)
    else:
        assert len(found) == (value is not None)
    for error in found:
        AS_JSON.dump_json(error)


@given(st.none() | st.integers() | st.floats() | st.binary() | wild_text)
def test_any_column_value_is_read_and_can_be_encoded(value: object) -> None:
    for error in parse_errors(value):
        AS_JSON.dump_json(error)
