from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from zos_monitor.model.text import (
    TAB_WIDTH,
    cells,
    encodable,
    in_place,
    one_line,
    to_ascii,
    visible,
)
from zos_monitor.tui.screen_cells import cells_of

wild = st.text(st.characters())
odd = st.text(
    st.sampled_from(
        "\x1b\x9b\u202e\u200b\u200d\ufe0f\u0301\u20e3🏽👩🌾❤1#🇳🇱\u1100\u1161ก็か\u3099\u2800 \na"
    )
)
# What can be typed to steer a terminal, and what surrounds it.
sly = st.lists(
    st.sampled_from(
        ["\x1b[2J", "\x1b]0;t\x07", "\x9b31m", "\r", "\n", "\r\n", "\t", "\u202e", "\ud800", "[b]"]
    )
    | wild
    | odd
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
        ("a\u2066b\u2069\u061c", "a⟨2066⟩b⟨2069⟩⟨61C⟩"),
        ("in\u00advis\u034fi\u2060ble\u180e\ufeff", "in⟨AD⟩vis⟨34F⟩i⟨2060⟩ble⟨180E⟩⟨FEFF⟩"),
        ("blank \u2800\u3164\u115f\uffa0\u17b4", "blank ⟨2800⟩⟨3164⟩⟨115F⟩⟨FFA0⟩⟨17B4⟩"),
        ("look\ufe00\ufe0f\ufe0e\U000e0100", "look⟨FE00⟩⟨FE0F⟩⟨FE0E⟩⟨E0100⟩"),
        ("no\u200cin\u200dg", "no⟨200C⟩in⟨200D⟩g"),
        ("note\ufff9\ufffb\u0600", "note⟨FFF9⟩⟨FFFB⟩⟨600⟩"),
        ("\ue000\ufdd0\uffff\U0001fffe", "⟨E000⟩⟨FDD0⟩⟨FFFF⟩⟨1FFFE⟩"),
        ("[/] [@click=app.quit]x[/]", "[/] [@click=app.quit]x[/]"),
        ("\x1b]52;c;aGk=\x07\x1b]0;t\x1b\\", "␛]52;c;aGk=␇␛]0;t␛\\"),
        (
            "❤\ufe0f\u200d🔥 👍🏽 1\ufe0f\u20e3 ☎\ufe0e",
            "❤\ufe0f\u200d🔥 👍🏽 1\ufe0f\u20e3 ☎\ufe0e",
        ),
        ("🔥\u200d a\u200d🔥 x🏽 \ufe0f", "🔥⟨200D⟩ a⟨200D⟩🔥 x⟨1F3FD⟩ ⟨FE0F⟩"),
        ("عربي עברית हिन्दी ไทย 한국어", "عربي עברית हिन्दी ไทย 한국어"),
        ("e\u0301 ג\u05b8\u05bc", "e\u0301 ג\u05b8\u05bc"),
        ("z" + "\u0301" * 6, "z" + "\u0301" * 4 + "⟨301⟩⟨301⟩"),
        ("ก" + "\u0e47" * 5, "ก" + "\u0e47" * 4 + "⟨E47⟩"),
        ("\u0301a \u0301b\n\u0301", "⟨301⟩a ⟨301⟩b\n⟨301⟩"),
        ("\u1100\u1161\u11a8 \u1161", "\u1100\u1161\u11a8 ⟨1161⟩"),
        ("👩" + "\u200d👩" * 8, "👩\u200d👩\u200d👩\u200d👩⟨200D⟩" * 2 + "👩"),
        ("of no\u0378one \U0003b34c\U000323b0", "of no⟨378⟩one ⟨3B34C⟩⟨323B0⟩"),
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
    assert not kinds & {"Cc", "Cf", "Co", "Cs", "Zl", "Zp"}
    assert all(unicodedata.category(after)[0] == "S" for after in re.findall("\u200d(.?)", shown))
    assert visible(shown) == shown


@given(sly)
def test_what_is_shown_takes_the_cells_that_it_is_said_to_take(text: str) -> None:
    for line in filter(None, visible(text).split("\n")):
        found = cells_of(line)
        assert found is not None  # no mark stands on nothing
        assert len(found) == cell_len(line)


def test_what_cannot_be_seen_is_shown_all_over_unicode() -> None:
    for code in (*range(0x20000), *range(0xE0000, 0xF0100)):
        char = chr(code)
        if unicodedata.category(char) in ("Cc", "Cf", "Co", "Cs", "Zl", "Zp") and char not in "\n":
            assert not set(visible(f"a{char}b")) & {char}, hex(code)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("a\x1b[2J\n\tb\r\n", "a␛[2J␊␉b␍␊"),
        ("\x9b\u202e\u200b\u3164é", "\ufffd\ufffd\ufffd\ufffdé"),
        (
            "👩\u200d🌾\u200d x\u0301\u0301\u0301\u0301\u0301",
            "👩\u200d🌾\ufffd x" + "\u0301" * 4 + "\ufffd",
        ),
    ],
)
def test_text_that_is_edited_keeps_its_places(text: str, shown: str) -> None:
    assert in_place(text) == shown
    assert len(shown) == len(text)


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
