"""Tracebacks cut into lines by their kind, and what is left of them when they are folded."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.model.error_texts import traceback
from zos_monitor.demo.mishaps import MISHAPS, error_text
from zos_monitor.model.tracebacks import PartKind, last_exception, last_function, parse_traceback

HEAD = "Traceback (most recent call last):"
GROUP = """  + Exception Group Traceback (most recent call last):
  |   File "a.py", line 1, in f
  |     await x
  | ExceptionGroup: unhandled errors (1 sub-exception)
  +-+---------------- 1 ----------------
    | Traceback (most recent call last):
    |   File "b.py", line 3, in g
    |     raise ValueError(1)
    | ValueError: bad value
    +------------------------------------"""
LETTERS = dict(zip(PartKind, "THFCEN", strict=True))


def kinds(text: str) -> str:
    """Return a letter per line, a small one where the line is folded away."""
    parts = parse_traceback(text)
    assert parts is not None
    return "".join(LETTERS[p.kind] if p.kept else LETTERS[p.kind].lower() for p in parts)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (traceback("KeyError: 'a'"), "hfcFCE"),
        (traceback("KeyError: 'a'\n"), "hfcFCET"),
        (traceback("KeyError: 'a'", "ValueError: b\nmore of b\n  indented"), "hfcfcETNThfcFCETT"),
        ("before\n" + traceback("KeyError: 'a'"), "ThfcFCE"),
        (traceback("KeyError: 'a'").replace("\n", "\r\n"), "hfcFCE"),
        (f'{HEAD}\n  File "a", line 1,\n\tin f\n    code', "hFFC"),
        (f'{HEAD}\n  File "a", line 1, in f\n    x = (\n        ^^^\nSyntaxError: no', "hFCCE"),
        (f'{HEAD}\n  File "a", line 1, in f\n  [Previous line repeated 9 more times]\nE', "hFCE"),
        (HEAD, "h"),
        (f"{HEAD}\nKeyError", "hE"),
        (GROUP, "hfcEThFCET"),
    ],
)
def test_lines_are_told_apart_and_the_last_frame_is_kept(text: str, expected: str) -> None:
    assert kinds(text) == expected
    parts = parse_traceback(text) or ()
    assert "\n".join(part.text for part in parts) == text.replace("\r\n", "\n")


def test_the_long_one_of_the_demo_is_folded_to_its_last_frame() -> None:
    (mishap,) = (mishap for mishap in MISHAPS if mishap.kind == "traceback")
    parts = parse_traceback(error_text(mishap, Random(1)))
    assert parts is not None
    assert len(parts) > 60
    assert [part.text.strip()[:23] for part in parts if part.kept] == [
        'File "/srv/venv/lib/pyt',
        "in handle_request",
        "raise exc\t# сеть недост",
        "httpcore.RemoteProtocol",
    ]


@pytest.mark.parametrize("text", ["", "KeyError: 'a'", f"say {HEAD}"])
def test_without_a_traceback_there_are_no_parts(text: str) -> None:
    assert parse_traceback(text) is None


@pytest.mark.parametrize(
    ("text", "exception"),
    [
        (traceback("KeyError: 'a'"), "KeyError: 'a'"),
        (traceback("KeyError: 'a'", "ValueError: b\nmore"), "ValueError: b\nmore"),
        (GROUP, "ValueError: bad value\n    +------------------------------------"),
        (traceback(""), ""),
        ("KeyError: 'a'", None),
        (f"{HEAD}\n" + '  File "a", line 1, in f\n    x\n' * 30_000 + "KeyError: 1", "KeyError: 1"),
    ],
)
def test_the_last_exception_is_found(text: str, exception: str | None) -> None:
    assert last_exception(text) == exception


def test_the_function_of_the_last_frame_is_found() -> None:
    assert last_function(f'{HEAD}\n  File "a", line 1, in f\n  File "b", line 2,\n\tin g\n') == "g"
    assert last_function("nothing") == ""


pieces = st.sampled_from(
    [HEAD, '  File "a", line 1, in f', '  File "a", line 1,', "\tin f", "    code", "E: x", "", "|"]
)


@given(st.lists(pieces | st.text(st.characters(), max_size=5), max_size=12).map("\n".join))
def test_any_text_is_cut_and_nothing_of_it_is_lost(text: str) -> None:
    last_exception(text)
    parts = parse_traceback(text)
    if parts is not None:
        lines = [line.removesuffix("\r") for line in text.split("\n")]
        assert [part.text for part in parts] == lines
