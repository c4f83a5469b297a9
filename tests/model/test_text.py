from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zos_monitor.model.text import TAB_WIDTH, cells, encodable, one_line, to_ascii, visible

wild = st.text(st.characters())
# What can be typed to steer a terminal, and what surrounds it.
sly = st.lists(
    st.sampled_from(
        ["\x1b[2J", "\x1b]0;t\x07", "\x9b31m", "\r", "\n", "\r\n", "\t", "\u202e", "\ud800", "[b]"]
    )
    | wild
).map("".join)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain — лишь 静か 👩‍🌾", "plain — лишь 静か 👩‍🌾"),
        ("[bold]not markup[/bold]", "[bold]not markup[/bold]"),
        ("two\nlines\r\nand a half\r", "two\nlines\nand a half␍"),
        ("a\tb", "a" + " " * TAB_WIDTH + "b"),
        ("\x1b[31mred\x1b[0m", "␛[31mred␛[0m"),
        ("\x00\x07\x7f", "␀␇␡"),
        ("\x9b31m\x85", "⟨9B⟩31m⟨85⟩"),
        ("safe\u202egpj.exe", "safe⟨202E⟩gpj.exe"),
        ("zero\u200bwidth\ufeff\u2066", "zero⟨200B⟩width⟨FEFF⟩⟨2066⟩"),
        ("line\u2028para\u2029", "line⟨2028⟩para⟨2029⟩"),
        ("tag\U000e0041", "tag⟨E0041⟩"),
        ("lone \udcff here", "lone \ufffd here"),
    ],
)
def test_what_can_steer_a_terminal_is_shown_instead(text: str, shown: str) -> None:
    assert visible(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("", ""),
        ("  one \n\n  two\t \r\n three  \n", "one ⏎ two ⏎ three"),
        ("a\tb", "a    b"),
        ("a\x1b\nb", "a␛ ⏎ b"),
    ],
)
def test_one_line(text: str, shown: str) -> None:
    assert one_line(text) == shown


@given(sly)
def test_nothing_unsafe_is_left(text: str) -> None:
    shown = visible(text)
    shown.encode()
    kinds = {unicodedata.category(char) for char in shown if char not in "\n\u200d"}
    # Cf: what is left of it has a width of its own, or joins emoji.
    assert not kinds & {"Cc", "Cs", "Zl", "Zp"}
    assert visible(shown) == shown


@given(sly)
def test_one_line_is_one_line(text: str) -> None:
    assert len(one_line(text).splitlines()) <= 1


@given(wild)
def test_encodable_changes_lone_surrogates_only(text: str) -> None:
    found = encodable(text)
    found.encode()
    assert len(found) == len(text)
    for old, new in zip(text, found, strict=True):
        assert new == old or ("\ud800" <= old <= "\udfff" and new == "\ufffd")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("— … ⏎", "- ~ /"),
        ("╭─╮│", "+-+|"),
        ("▇▁", "  "),
        ("café 猫", "caf? ??"),
        ("e\u0301", "e"),
    ],
)
def test_ascii(text: str, shown: str) -> None:
    assert to_ascii(text) == shown


@given(st.text())
def test_ascii_takes_as_many_cells_as_before(text: str) -> None:
    assert to_ascii(text).isascii()
    assert len(to_ascii(text)) == cells(text)
