"""Patterns: what they match, and that every string is one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zos_monitor.model.wildcards import join_pattern, literal, matches, split_pattern


@pytest.mark.parametrize(
    ("pattern", "text", "inside", "whole"),
    [
        ("b", "abc", True, False),
        ("ABC", "abc", True, True),
        ("É", "é", False, False),
        ("a*c", "xabcx", True, False),
        ("a*c", "abc", True, True),
        ("a*b*a", "aba", True, True),
        ("ab*ba", "aba", False, False),
        ("a*b*b", "ab", False, False),
        ("a*b*b", "xabb", True, False),
        ("*b*", "abc", True, True),
        ("*", "", True, True),
        ("c*a", "abc", False, False),
        (r"a\*c", "abc", False, False),
        (r"a\*c", "a*c", True, True),
        (r"a\\*c", r"a\xc", True, True),
        ("a.c", "abc", False, False),
        ("\udcff", "x\udcff", True, False),
    ],
)
def test_matching(pattern: str, text: str, inside: bool, whole: bool) -> None:
    assert (matches(pattern, text), matches(pattern, text, whole=True)) == (inside, whole)


@given(st.text(st.sampled_from("a\\*")))
def test_every_string_is_one_pattern(pattern: str) -> None:
    assert join_pattern(split_pattern(pattern)) == pattern
    assert split_pattern(literal(pattern)) == (pattern,)
