"""Text from the database, made safe to show: nothing in it can steer a terminal.

Control characters become their visible Unicode pictures, marks that change the reading order or
have no width become their code points in brackets, and lone surrogates become U+FFFD.
"""

from __future__ import annotations

import re
from unicodedata import combining, east_asian_width

TAB_WIDTH = 4

_SURROGATES = re.compile("[\ud800-\udfff]")
# C0 and DEL, C1, zero-width and bidirectional marks, line and paragraph separators, tags, the BOM.
_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b\u200c\u200e\u200f"
    "\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)


def encodable(text: str) -> str:
    """Return the text with lone surrogates, which no encoding can carry, replaced by U+FFFD."""
    if text.isascii():  # which is told at once, and the search would take long for a huge text
        return text
    return _SURROGATES.sub("\ufffd", text)


def _picture(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code < 0x20:
        return chr(0x2400 + code)
    return "\u2421" if code == 0x7F else f"⟨{code:02X}⟩"


def visible(text: str) -> str:
    """Return text for a pane of several lines: line feeds stay, tabs become spaces.

    A carriage return before a line feed is dropped as part of the line's end.
    """
    plain = encodable(text).replace("\r\n", "\n").replace("\t", " " * TAB_WIDTH)
    return _UNSAFE.sub(_picture, plain)


def one_line(text: str) -> str:
    """Return text for a single line: each run of line ends becomes one ``⏎``, tabs one space."""
    return re.sub(r"\s*\n\s*", " ⏎ ", visible(text).strip())


_IN_ASCII = {
    "—": "-", "–": "-", "…": "~", "·": "-", "⏎": "/", "↔": "=", "↑": "^", "↓": "v", "←": "<",
    "→": ">", "│": "|", "─": "-", "╭": "+", "╮": "+", "╰": "+", "╯": "+", "⟨": "<", "⟩": ">",
    "‘": "'", "’": "'", "“": '"', "”": '"', "\u00a0": " ",
}  # fmt: skip


def to_ascii(text: str) -> str:
    """Return text in ASCII that takes as many terminal cells as before.

    Signs get the likest one, all else a question mark for each cell.
    """
    return text if text.isascii() else "".join(map(_in_ascii, text))


def _in_ascii(char: str) -> str:
    if char.isascii():
        return char
    if "▁" <= char <= "▟":  # parts of blocks, as scroll bars have
        return " "
    return _IN_ASCII.get(char) or "?" * cells(char)


def cells(text: str) -> int:
    """Return how many terminal cells a text takes, by its characters' East Asian width."""
    return sum(
        0 if combining(char) else 2 if east_asian_width(char) in "WF" else 1 for char in text
    )
