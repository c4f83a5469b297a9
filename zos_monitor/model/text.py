"""Text from the database, made safe to show: nothing in it can steer a terminal.

Control characters become their visible Unicode pictures. What changes the reading order, cannot be
seen, or means what nobody knows becomes its code point in brackets; lone surrogates become U+FFFD.
Marks without a width of their own stay as far as there is something that they can stand on, and
what joins emoji or chooses their look stays where it does just that.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import NamedTuple
from unicodedata import category, east_asian_width

TAB_WIDTH = 4
MOST_MARKS = 4
"""Marks that may stand on one character; more than languages need would cover other lines."""

MOST_JOINED = 4
"""Emoji that may be joined to one: no more are in use, and many terminals draw each of them."""

_SURROGATES = re.compile("[\ud800-\udfff]")
_LATIN = (*range(0x20, 0x7F), *range(0xA0, 0xAD), *range(0xAE, 0x100))
_ORDINARY = frozenset(map(chr, _LATIN)) | set("\n—–…’“”")
"""What needs no further look; with it the patterns below need not even be made."""


class _Patterns(NamedTuple):
    """What is looked for in text that is out of the ordinary."""

    unsafe: re.Pattern[str]
    sequence: re.Pattern[str]
    """Emoji, each with all its parts, and such parts where they are none of any."""
    sequences: re.Pattern[str]
    """The same, with all emoji that stand side by side as one: they may be very many."""
    part: re.Pattern[str]
    may_be_marks: re.Pattern[str]
    crowded: re.Pattern[str]
    """Places where marks may stand on nothing, or be too many, each with what they stand on."""


@cache
def _patterns() -> _Patterns:
    """Return the patterns; making them takes some milliseconds, and many databases need none."""
    planes = range(0, 0xF0000, 0x10000)
    nowhere = "".join(f"{chr(plane | 0xFFFE)}{chr(plane | 0xFFFF)}" for plane in planes)
    unsafe = (
        "\x00-\x08\x0b-\x1f\x7f-\x9f"  # C0, DEL and C1
        "\u061c\u200e\u200f\u202a-\u202e\u2066-\u206f"  # what changes the reading order
        "\u2028\u2029"  # ends of lines and of paragraphs
        "\u00ad\u034f\u180b-\u180f\u200b\u200c\u2060-\u2065\ufe00-\ufe0d\ufeff"  # neither seen nor
        "\U000e0000-\U000e0fff"  # of any width; tags, and further choices of a look
        "\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0"  # not seen, but of some width
        "\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\ufff0-\ufffb"  # about the text around
        "\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3"
        "\U0001d159\U0001d173-\U0001d17a"
        f"\ue000-\uf8ff\ufdd0-\ufdef{nowhere}\U000f0000-\U0010ffff"  # of no known look
    )
    pictograph = (
        "[\u00a9\u00ae\u203c\u2049\u2122\u2139\u2194-\u21aa\u231a-\u23ff\u24c2\u25aa-\u25fe"
        "\u2600-\u27bf\u2934\u2935\u2b05-\u2b55\u3030\u303d\u3297\u3299"
        "\U0001f000-\U0001f1e5\U0001f200-\U0001f3fa\U0001f400-\U0001faff]"
    )
    emoji = f"{pictograph}(?:[\ufe0e\ufe0f]|[\U0001f3fb-\U0001f3ff])?"
    joined = f"{emoji}(?:\u200d{emoji}){{0,{MOST_JOINED - 1}}}"
    key = "[0-9#*]\ufe0f\u20e3"
    part = "[\u200d\ufe0e\ufe0f\U0001f3fb-\U0001f3ff]"
    marks = (
        "\u0300-\u036f\u0483-\u0489\u0591-\u1eff\u20d0-\u20ff\u2cef-\u2cf1\u2d7f-\u2dff"
        "\u302a-\u302f\u3099\u309a\ua66f-\uabff\ud7b0-\ud7ff\ufb1e\ufe20-\ufe2f"
        "\U000101fd-\U0001efff"
    )
    return _Patterns(
        unsafe=re.compile(f"[{unsafe}]"),
        sequence=re.compile(f"{joined}|{key}|{part}"),
        sequences=re.compile(f"(?:{joined}|{key})+|{part}"),
        part=re.compile(part),
        may_be_marks=re.compile(f"[{marks}]"),
        crowded=re.compile(f"(\\A|\\s)([{marks}]+)|(.)([{marks}]{{{MOST_MARKS + 1},}})", re.DOTALL),
    )


def encodable(text: str) -> str:
    """Return the text with lone surrogates, which no encoding can carry, replaced by U+FFFD."""
    return _SURROGATES.sub("\ufffd", text)


def visible(text: str) -> str:
    """Return text for a pane of several lines: line feeds stay, tabs become spaces.

    A carriage return before a line feed is dropped as part of the line's end.
    """
    if text.isascii() and text.isprintable():  # as most is, and it is asked for every cell
        return text
    return _shown(text.replace("\r\n", "\n").replace("\t", " " * TAB_WIDTH), _code_point)


def in_place(text: str) -> str:
    """Return text for a line that is edited: one character for each, so that a cursor fits.

    What ``visible`` tells by its code point is U+FFFD here, and a line feed and a tab a picture.
    """
    if text.isascii() and text.isprintable():
        return text
    return _shown(text, lambda _: "\ufffd").replace("\n", "\u240a").replace("\t", "\u2409")


Sign = Callable[[str], str]
"""What is shown for a character that is not shown itself."""


def _shown(text: str, sign: Sign) -> str:
    odd = "".join(set(text) - _ORDINARY)  # short, however long the text is
    if not odd:
        return text
    patterns = _patterns()
    text = encodable(text)
    if patterns.unsafe.search(odd):
        text = patterns.unsafe.sub(lambda match: _picture(match[0]) or sign(match[0]), text)
    if patterns.part.search(odd):
        text = patterns.sequences.sub(
            lambda match: sign(match[0]) if _is_part(match[0]) else match[0], text
        )
    unknown = "".join(filter(_is_unknown, odd))
    if unknown:
        text = re.sub(f"[{re.escape(unknown)}]", lambda match: sign(match[0]), text)
    if patterns.may_be_marks.search(odd):
        text = patterns.crowded.sub(lambda match: _with_few_marks(match, sign), text)
    return text


def _picture(char: str) -> str:
    """Return Unicode's picture of a control character, nothing where it has none."""
    if char < " ":
        return chr(0x2400 + ord(char))
    return "\u2421" if char == "\x7f" else ""


def _code_point(char: str) -> str:
    return f"⟨{ord(char):02X}⟩"


def _is_part(text: str) -> bool:
    return _patterns().part.fullmatch(text) is not None


def _is_unknown(char: str) -> bool:
    """Tell whether a character is younger than the Unicode that we know: it may be anything."""
    return category(char) == "Cn" and not "\U0001f000" <= char <= "\U0001faff"


def _with_few_marks(match: re.Match[str], sign: Sign) -> str:
    """Return text whose marks stand on something, and not too many on one character."""
    base, rest = match[3] or match[1], match[4] or match[2]
    found = [base]
    room = MOST_MARKS if match[3] and not base.isspace() else 0
    for char in rest:
        shown = char
        if not _is_mark(char):
            room = 0 if char.isspace() else MOST_MARKS
        elif room:
            room -= 1
        else:
            shown = sign(char)
        found.append(shown)
    return "".join(found)


def _is_mark(char: str) -> bool:
    """Tell whether a character has no width of its own: marks, and a syllable's later parts."""
    return category(char)[0] == "M" or "\u1160" <= char <= "\u11ff" or "\ud7b0" <= char <= "\ud7fb"


def one_line(text: str) -> str:
    """Return text for a single line: each run of line ends becomes one ``⏎``, tabs one space."""
    if text.isascii() and text.isprintable():
        return text.strip()
    return re.sub(r"\s*\n\s*", " ⏎ ", visible(text).strip())


def has_signs(environ: Mapping[str, str]) -> bool:
    """Tell whether the locale, as the environment names it, has more signs than ASCII.

    The environment tells, not Python's own encoding: in the C locale Python takes UTF-8 all the
    same, and may have set ``LC_CTYPE`` to ``C.UTF-8`` itself (PEP 538, PEP 540).
    """
    category, language = environ.get("LC_CTYPE", ""), environ.get("LANG", "")
    if category == "C.UTF-8" and language in ("C", "POSIX"):
        category = language
    locale = (environ.get("LC_ALL") or category or language).lower()
    return not locale or "utf" in locale


_IN_ASCII = {
    "—": "-", "–": "-", "…": "~", "·": "-", "⏎": "/", "↔": "=", "↑": "^", "↓": "v", "←": "<",
    "→": ">", "│": "|", "─": "-", "╭": "+", "╮": "+", "╰": "+", "╯": "+", "⟨": "<", "⟩": ">",
    "‘": "'", "’": "'", "“": '"', "”": '"', "\u00a0": " ",
}  # fmt: skip


def to_ascii(text: str) -> str:
    """Return text in ASCII that takes as many terminal cells as before.

    Signs get the likest one, all else a question mark for each cell.
    """
    if text.isascii():
        return text
    return "".join(map(_in_ascii, _patterns().sequence.sub(_cells_of_emoji, text)))


def _cells_of_emoji(match: re.Match[str]) -> str:
    return match[0] if len(match[0]) == 1 else "?" * cells(match[0])


def _in_ascii(char: str) -> str:
    if char.isascii():
        return char
    if "▁" <= char <= "▟":  # parts of blocks, as scroll bars have
        return " "
    return _IN_ASCII.get(char) or "?" * cells(char)


def cells(text: str) -> int:
    """Return how many terminal cells a text takes, by its characters' East Asian width."""
    if text.isascii():
        return len(text)
    plain = _patterns().sequence.sub(_one_emoji, text)
    return sum(map(_cells_of, plain))


def _one_emoji(match: re.Match[str]) -> str:
    """Return what takes as many cells as emoji that are joined, or told to look as such."""
    if len(match[0]) == 1:
        return "" if _is_part(match[0]) else match[0]
    return "??" if match[0][1] != "\ufe0e" else match[0][0]


def _cells_of(char: str) -> int:
    return 0 if _is_mark(char) else 2 if east_asian_width(char) in "WF" else 1
