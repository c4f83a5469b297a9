from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zos_monitor.tui.screen_styles import PLAIN, add_parameters, switch, with_link

ON = {"1": "bold", "2": "dim", "3": "italic", "4": "line", "5": "blink", "6": "blink"}
ON |= {"7": "reverse", "8": "hidden", "9": "strike", "21": "line", "53": "over"}
OFF = {"22": ("bold", "dim"), "23": ("italic",), "24": ("line",), "25": ("blink",)}
OFF |= {"27": ("reverse",), "28": ("hidden",), "29": ("strike",), "55": ("over",)}

numbers = st.integers(0, 255)
colours = st.one_of(
    st.builds("2;{};{};{}".format, numbers, numbers, numbers), st.builds("5;{}".format, numbers)
)
inks = st.one_of(
    st.just(""), st.sampled_from(["30", "37", "90"]), st.builds("38;{}".format, colours)
)
grounds = st.one_of(st.just(""), st.sampled_from(["41", "104"]), st.builds("48;{}".format, colours))
attributes = st.lists(st.sampled_from(["1", "2", "3", "4", "5", "7", "8", "9"]), unique=True)
odd = st.one_of(st.just(""), st.sampled_from(["6", "21", "53"]))
links = st.sampled_from(["", "id=1;https://example.org", "id=2;https://example.com"])


@st.composite
def styles(draw: st.DrawFn) -> str:
    parts = [*draw(attributes), draw(odd), draw(inks), draw(grounds)]
    return with_link(";".join(filter(None, parts)), draw(links))


class Terminal:
    """What holds for text that is written now."""

    def __init__(self) -> None:
        self.link = ""
        self.reset()

    def reset(self) -> None:
        self.ink = self.ground = "default"
        self.attributes: set[str] = set()

    @property
    def state(self) -> tuple[str, str, frozenset[str], str]:
        return self.ink, self.ground, frozenset(self.attributes), self.link

    def feed(self, text: str) -> None:
        assert re.fullmatch("(?:\x1b\\[[\\d;]*m|\x1b\\]8;[^\x1b]*\x1b\\\\)*", text), repr(text)
        for look, link in re.findall("\x1b\\[([\\d;]*)m|\x1b\\]8;([^\x1b]*)\x1b\\\\", text):
            if link:
                self.link = link if link != ";" else ""
            else:
                self._look(iter(look.split(";")))

    def _look(self, parameters: Iterator[str]) -> None:
        for one in parameters:
            if one in ("", "0"):
                self.reset()
            elif one in ("38", "48"):
                kind = next(parameters)
                values = [next(parameters) for _ in range(3 if kind == "2" else 1)]
                self._colour(one == "38", ";".join([kind, *values]))
            elif one in ON:
                self.attributes.add(ON[one])
            elif one in OFF:
                self.attributes -= set(OFF[one])
            else:
                value = int(one)
                is_ink = 30 <= value < 40 or 90 <= value < 98
                self._colour(is_ink, "default" if one in ("39", "49") else one)

    def _colour(self, is_ink: bool, colour: str) -> None:
        if is_ink:
            self.ink = colour
        else:
            self.ground = colour


def whole(style: str) -> str:
    look, _, link = style.partition("\0")
    return f"\x1b[0;{look}m" * bool(look) + f"\x1b]8;{link}\x1b\\" * bool(link)


def state_of(*sent: str) -> tuple[str, str, frozenset[str], str]:
    terminal = Terminal()
    for text in sent:
        terminal.feed(text)
    return terminal.state


@given(styles(), styles())
def test_a_switch_leads_to_the_style_wherever_it_begins(old: str, new: str) -> None:
    assert state_of(whole(old), switch(old, new)) == state_of(whole(new))


@given(styles(), styles())
def test_a_switch_is_never_longer_than_beginning_anew(old: str, new: str) -> None:
    assert len(switch(old, new)) <= len("\x1b]8;;\x1b\\" + "\x1b[0m" + whole(new))
    assert switch(old, old) == ""


@given(styles())
def test_from_any_look_a_switch_leads_to_the_style(new: str) -> None:
    assert state_of("\x1b[1;2;3;4;7;31;42m", switch(None, new)) == state_of(whole(new))


@pytest.mark.parametrize(
    ("old", "new", "sequence"),
    [
        ("31", "32", "\x1b[32m"),
        ("31;48;2;1;2;3", "48;2;1;2;3", "\x1b[39m"),
        ("1;31", "31", "\x1b[22m"),
        ("1;38;2;100;100;100", "2;38;2;100;100;100", "\x1b[22;2m"),
        ("1;2;38;2;100;100;100", "2;38;2;100;100;100", "\x1b[22;2m"),
        ("31", PLAIN, "\x1b[m"),
        ("1;2", "2;1", ""),
    ],
)
def test_only_what_differs_is_sent(old: str, new: str, sequence: str) -> None:
    assert switch(old, new) == sequence


@given(styles(), st.lists(styles(), max_size=3))
def test_parameters_add_up(first: str, more: list[str]) -> None:
    style, sent = PLAIN, []
    for parameters in [each.partition("\0")[0] for each in (first, *more)]:
        style = add_parameters(style, parameters)
        sent.append(f"\x1b[{parameters}m")
    assert state_of(whole(style)) == state_of(*sent)


@pytest.mark.parametrize("reset", ["", "0", "00"])
def test_a_reset_leaves_only_the_link(reset: str) -> None:
    linked = with_link("1;31", "id=1;https://example.org")
    assert add_parameters("1;31", reset) == PLAIN
    assert add_parameters(linked, reset) == with_link(PLAIN, "id=1;https://example.org")
    assert with_link(linked, ";") == "1;31"
