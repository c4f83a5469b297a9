from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from zos_monitor.tui.screen_cells import (
    REST,
    Doubt,
    Span,
    cells_of,
    doubt_of,
    doubtful_spans,
    united,
)

MANY = st.text(
    st.one_of(
        st.sampled_from("ab │─…●✓漢字한é\u0301\u200d\ufe0f⚠😀👍🏽🇩🇪👩🚀ж\u00ad\ue0b0\u202e"),
        st.characters(exclude_categories=["Cs"]),
    )
)


@given(MANY)
def test_a_text_has_as_many_cells_as_textual_lays_out(text: str) -> None:
    cells = cells_of(text)
    if cells is not None:
        assert "".join(cells) == text
        assert len(cells) == cell_len(text)
        assert cells[:1] != [REST]


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        ("ab", ["a", "b"]),
        ("a漢b", ["a", "漢", REST, "b"]),
        ("e\u0301x", ["e\u0301", "x"]),
        ("👩\u200d🚀x", ["👩\u200d🚀", REST, "x"]),
        ("🇩🇪x", ["🇩🇪", REST, "x"]),
    ],
)
def test_what_belongs_together_is_in_one_cell(text: str, cells: list[str]) -> None:
    assert cells_of(text) == cells


def test_half_a_flag_that_was_seen_alone_tears_no_flag_apart() -> None:
    assert cells_of("🇩") == ["🇩"]
    assert cells_of("🇩🇩") == ["🇩🇩", REST]


@pytest.mark.parametrize("text", ["\n", "a\tb", "\x1b", "\x7f", "é\x9b", "\u0301a", "\udc80"])
def test_what_is_more_than_cells_is_left_alone(text: str) -> None:
    assert cells_of("fine") is not None
    assert cells_of(text) is None


@pytest.mark.parametrize(
    ("cells", "doubt"),
    [
        (["a", "~", "✓", "✗", "漢", "한", "ñ", "ｶ", "\u3000"], Doubt.NONE),
        (["│", "─", "…", "●", "◐", "ж", "é"], Doubt.DOUBLE),
        (["😀", "⚠\ufe0f", "e\u0301", "⌚", "🇩🇪", "\u00ad", "\ue0b0", "\U0001fae8"], Doubt.WILD),
    ],
)
def test_doubt_is_told_by_character(cells: list[str], doubt: Doubt) -> None:
    assert {cell: doubt_of(cell) for cell in cells} == dict.fromkeys(cells, doubt)


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("plain", []),
        ("漢字", []),
        ("│ a…b", [Span(0, 1, Doubt.DOUBLE), Span(3, 4, Doubt.DOUBLE)]),
        ("a──b", [Span(1, 3, Doubt.DOUBLE)]),
        ("漢😀─b", [Span(2, 5, Doubt.WILD)]),
        ("✓✗…", [Span(2, 3, Doubt.DOUBLE)]),
    ],
)
def test_doubtful_cells_side_by_side_are_one_span(text: str, spans: list[Span]) -> None:
    cells = cells_of(text)
    assert cells is not None
    assert doubtful_spans(cells) == spans


@given(MANY, MANY)
def test_united_spans_cover_both_lines(one: str, other: str) -> None:
    lines = [doubtful_spans(cells) for cells in (cells_of(one), cells_of(other)) if cells]
    lines += [[], []]
    spans = united(lines[0], lines[1])
    for span in lines[0] + lines[1]:
        (around,) = [each for each in spans if each.start <= span.start and span.end <= each.end]
        assert around.doubt >= span.doubt
    assert all(before.end < after.start for before, after in pairwise(spans))
