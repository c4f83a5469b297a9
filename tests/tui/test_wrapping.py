"""Wrapping: every word is kept, no line is too long, and nothing is wrapped before it is read."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from zos_monitor.tui import cells
from zos_monitor.tui.line_view import Cell
from zos_monitor.tui.wrapping import Paragraph, WrappedText

LETTERS = st.text("ab-é ж漢字\u0301 ✓  ", max_size=60)
JOINED = st.lists(
    st.sampled_from(
        ["👩\u200d🌾", "❤\ufe0f", "👍🏽", "1\ufe0f\u20e3", "🇳🇱", "猫", "a", " ", "é", "e\u0301"]
    )
).map("".join)


def wrapped(text: str, width: int, indent: int = 0) -> list[str]:
    lines = Paragraph((Cell(text),), indent).lines(width)
    return ["".join(cell.text for cell in line).rstrip() for line in lines]


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("", 5, [""]),
        ("fits", 4, ["fits"]),
        ("the quick brown fox", 10, ["the quick", "brown fox"]),
        ("the quick brown fox", 9, ["the quick", "brown fox"]),
        ("abcdefghij", 4, ["abcd", "efgh", "ij"]),
        ("a abcdefghij", 4, ["a", "abcd", "efgh", "ij"]),
        ("  indented text of code", 12, ["  indented", "text of code"]),
        ("      abcdef", 8, ["      ab", "cdef"]),
        ("one    two", 5, ["one", "two"]),
        ("one two    ", 7, ["one two"]),
        ("漢字漢字", 5, ["漢字", "漢字"]),
        ("漢字 漢字", 4, ["漢字", "漢字"]),
        ("e\u0301e\u0301 e\u0301", 2, ["e\u0301e\u0301", "e\u0301"]),
        ("漢", 1, ["漢"]),
        ("👩\u200d🌾👩\u200d🌾👩\u200d🌾", 5, ["👩\u200d🌾👩\u200d🌾", "👩\u200d🌾"]),
        ("❤\ufe0f❤\ufe0f❤\ufe0f ok", 5, ["❤\ufe0f❤\ufe0f", "❤\ufe0f ok"]),
        ("👩\u200d👩\u200d👧\u200d👦a", 1, ["👩\u200d👩\u200d👧\u200d👦", "a"]),
    ],
)
def test_lines_break_at_spaces_and_in_words_that_are_too_long(
    text: str, width: int, lines: list[str]
) -> None:
    assert wrapped(text, width) == lines


def test_later_lines_stand_in() -> None:
    text = "Targets   9 matched; zos tells the rest when the run ends"
    assert wrapped(text, 30, 10) == [
        "Targets   9 matched; zos tells",
        "          the rest when the",
        "          run ends",
    ]
    assert wrapped("Run       01M7Y45MP6BG7BJX", 22, 10) == [
        "Run       01M7Y45MP6BG",
        "          7BJX",
    ]
    assert wrapped(text, 18, 10)[:2] == ["Targets   9", "    matched; zos"]


def test_styles_stay_with_their_text() -> None:
    cells = (Cell("Cost      ", "muted"), Cell("$0.26 of which", ""), Cell("  its row", "note"))
    assert list(Paragraph(cells, 10).lines(24)) == [
        (Cell("Cost      ", "muted"), Cell("$0.26 of which")),
        (Cell("          "), Cell("its row", "note")),
    ]


@given(text=LETTERS, width=st.integers(2, 20), indent=st.integers(0, 12))
def test_every_word_is_kept_and_no_line_is_too_long(text: str, width: int, indent: int) -> None:
    text = "l" * indent + text
    lines = wrapped(text, width, indent)
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert lines
    small = indent > 0 and width < 6  # so narrow that a wide sign has no room beside the margin
    assert small or all(cell_len(line) <= width for line in lines)


def test_text_is_wrapped_as_far_as_it_is_needed() -> None:
    asked: list[int] = []

    def paragraphs() -> Iterator[Paragraph]:
        for number in range(1000):
            asked.append(number)
            yield Paragraph((Cell(f"paragraph {number}"),))

    text = WrappedText(paragraphs(), 9)
    assert asked == []
    text.need(3)
    assert len(text.lines) == 3
    assert asked == [0, 1]
    text.need(2)
    assert asked == [0, 1]
    assert not text.whole
    text.need(2001)
    assert (len(text.lines), text.whole) == (2000, True)
    text.need(5000)
    assert len(text.lines) == 2000


@given(JOINED, st.integers(2, 30))
def test_nothing_is_cut_out_of_what_is_joined(text: str, width: int) -> None:
    lines = wrapped(text, width)
    assert all(cell_len(line) <= width for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    if text.strip():
        assert not any(line.startswith(("\u200d", "\ufe0f")) for line in lines)
        assert not any(line.endswith("\u200d") for line in lines)


@pytest.mark.parametrize(
    "unit", ["word ", "\u732b", "\U0001f469\u200d\U0001f33e", "e\u0301", "\U0001f989"]
)
def test_no_book_is_measured_for_a_line(monkeypatch: pytest.MonkeyPatch, unit: str) -> None:
    expected, measure, longest = cells.fit(unit * 50, 12), cell_len, 0

    def measured(text: str) -> int:
        nonlocal longest
        longest = max(longest, len(text))
        return measure(text)

    monkeypatch.setattr(cells, "cell_len", measured)
    assert cells.fit(unit * 100_000, 12) == expected
    assert longest <= 1_000
