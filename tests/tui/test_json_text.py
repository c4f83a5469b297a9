"""JSON in a text, laid out line by line, also where it breaks off."""

from __future__ import annotations

import json

import pytest

from zos_monitor.tui.json_text import KEY, NUMBER, STRING, text_paragraphs


def lines(text: str) -> list[str]:
    return ["".join(cell.text for cell in part.cells) for part in text_paragraphs(text)]


LAID_OUT = [
    ("plain words", ["plain words"]),
    ("two\r\nlines", ["two", "lines"]),
    ("{}", ["{}"]),
    ("[ ]", ["[]"]),
    ('{"a": 1}', ["{", '  "a": 1', "}"]),
    ('  {"a":[1,{"b":null}],"c":"d"}\n', [
        "{", '  "a": [', "    1,", "    {", '      "b": null', "    }", "  ],", '  "c": "d"', "}",
    ]),
    # As it is written: numbers in their letters, keys that come twice, strings with their escapes.
    ('{"n": 1.50, "n": 1e5}', ["{", '  "n": 1.50,', '  "n": 1e5', "}"]),
    (f"[{'9' * 5000}]", ["[", f"  {'9' * 5000}", "]"]),
    (r'["a\n\"b\" [c], {d}: e"]', ["[", r'  "a\n\"b\" [c], {d}: e"', "]"]),
    (r'["\u043d\u0430 \u001b"]', ["[", r'  "на \u001b"', "]"]),
    # In a fence, among prose.
    ('So:\n```json\n{"a": 1}\n```\nDone [1]', [
        "So:", "```json", "{", '  "a": 1', "}", "```", "Done [1]",
    ]),
    ('```\n[1]\n```', ["```", "[", "  1", "]", "```"]),
    ('```JSON\n[1]', ["```JSON", "[", "  1", "]"]),
    ('```python\n{"a": 1}\n```', ["```python", '{"a": 1}', "```"]),
    ('```inline``` {"a": 1}', ['```inline``` {"a": 1}']),
    ("```json\nno\n```", ["```json", "no", "```"]),
    # No JSON after all.
    ('{"a": "b", "c": ', ["{", '  "a": "b",', '  "c": ', "the JSON breaks off here"]),
    ('{"a": 1} and so on', [
        "{", '  "a": 1', "}", "not valid JSON from here on: Extra data, line 1 column 10",
        "and so on",
    ]),
    ('{"a": "b\n"}', [
        "{", '  "a": "b', "not valid JSON from here on: Invalid control character at, "
        "line 1 column 9", "", '"}',
    ]),
    ('[1, "b', [
        "[", "  1,", "not valid JSON from here on: Unterminated string, line 1 column 5", '"b',
    ]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "laid_out"), LAID_OUT, ids=range(len(LAID_OUT)))
def test_json_is_laid_out_as_it_is_written(text: str, laid_out: list[str]) -> None:
    assert lines(text) == laid_out


def test_what_is_laid_out_is_the_same_json() -> None:
    value = {"a": [1, -2.5, True, None, {"ü": "x: [y], {z}", "e": [], "o": {}}], "": '\\"\n'}
    assert json.loads("\n".join(lines(json.dumps(value)))) == value


def test_keys_strings_and_numbers_are_told_apart() -> None:
    cells = [cell for part in text_paragraphs('{"a": "b", "c": 1}') for cell in part.cells]
    styles = {cell.text: cell.style for cell in cells}
    assert (styles['"a"'], styles['"b"'], styles["1"]) == (KEY, STRING, NUMBER)


def test_nothing_in_json_can_steer_the_terminal() -> None:
    hostile = '{"\x9b": "\u202eevil", "t": [\x1b[31m]}\nx\x1b]0;y\x07'
    for text in (hostile, f"```json\n{hostile}\n```", f"so \x1b[2J\n{hostile}"):
        told = "".join(lines(text))
        assert not any(ord(char) < 0x20 or 0x7F <= ord(char) < 0xA0 for char in told)
        assert "\u202e" not in told


def test_json_of_any_depth_and_length_is_laid_out_as_far_as_it_is_read() -> None:
    deep = lines("[" * 5000 + "]" * 5000)
    assert len(deep) == 9999
    assert max(map(len, deep)) < 100
    first = next(iter(text_paragraphs('["' + "x" * 1_000_000 + '"]')))
    assert first.cells[0].text == "["
