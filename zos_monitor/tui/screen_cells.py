"""Text taken apart into a terminal's cells, and where terminals may disagree about them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from enum import IntEnum
from functools import lru_cache
from typing import NamedTuple

from rich.cells import cell_len

REST = ""
"""What stands in the cells that a wide character fills beside its first."""

UNKNOWN = "\0"
"""What stands in a cell of which nothing is known."""

Cells = list[str]
"""What cells side by side hold."""

_NO_CELLS = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_BEYOND_ASCII = re.compile("[^\0-~]+")
_JOINER = "\u200d"
_FLAG_LETTERS = frozenset(map(chr, range(0x1F1E6, 0x1F200)))  # two of them are a flag
_SURELY_WIDE = (
    range(0x2E80, 0xA4D0),  # CJK, kana, Yi
    range(0xAC00, 0xD7A4),  # Hangul
    range(0xF900, 0xFB00),
    range(0xFE30, 0xFE70),
    range(0xFF01, 0xFF61),
    range(0xFFE0, 0xFFE7),
    range(0x20000, 0x3FFFE),
)
_EMOJI = 0x1F000
"""From here on widths changed with nearly every version of Unicode."""


_singles: set[str] = set()
"""Characters seen so far that fill one cell, as long as no mark is behind them."""


class Doubt(IntEnum):
    """How far terminals may disagree about the cells that a character fills."""

    NONE = 0
    DOUBLE = 1
    """It fills one cell, two where ambiguous characters are set to be wide."""
    WILD = 2
    """It may fill any number of cells."""


class Span(NamedTuple):
    """A stretch of doubtful cells in a line, from ``start`` to before ``end``."""

    start: int
    end: int
    doubt: Doubt


def cells_of(text: str) -> Cells | None:
    """Return what each cell of a text holds; None for what is not made of whole cells alone.

    A wide character is in its first cell and ``REST`` in the others; marks without a width of
    their own are with the character before them. Control characters fill no cells, nor do marks
    at the beginning.
    """
    if text.isascii() and text.isprintable():
        return list(text)
    if _singles.issuperset(text):
        return list(text)
    if _NO_CELLS.search(text):
        return None
    cells: Cells = []
    for cluster in clusters(text):
        width = cell_len(cluster)
        if not width:
            return None
        if width == len(cluster) == 1 and cluster not in _FLAG_LETTERS:
            _singles.add(cluster)
        cells.append(cluster)
        cells.extend([REST] * (width - 1))
    return cells


def clusters(text: str, start: int = 0) -> Iterator[str]:
    """Yield each character with what joins it, from a place on where one begins."""
    cluster = ""
    for place in range(start, len(text)):
        character = text[place]
        if cluster and (cell_len(character) == 0 or cluster[-1] == _JOINER):
            cluster += character
            continue
        if cluster in _FLAG_LETTERS and character in _FLAG_LETTERS:
            cluster += character
            continue
        if cluster:
            yield cluster
        cluster = character
    if cluster:
        yield cluster


@lru_cache(maxsize=4096)
def doubt_of(cell: str) -> Doubt:
    """Return whether terminals may disagree about what a cell holds."""
    if len(cell) != 1:
        return Doubt.WILD
    width, asian = cell_len(cell), unicodedata.east_asian_width(cell)
    category = unicodedata.category(cell)
    if category[0] in "CM" or category in ("Zl", "Zp"):
        return Doubt.WILD
    if width == 2 and asian in "WF":
        return Doubt.NONE if any(ord(cell) in block for block in _SURELY_WIDE) else Doubt.WILD
    if width != 1 or asian in "WF" or ord(cell) >= _EMOJI:
        return Doubt.WILD
    return Doubt.DOUBLE if asian == "A" else Doubt.NONE


def doubtful_spans(cells: Cells) -> list[Span]:
    """Return the stretches of doubtful cells in a line."""
    text = "".join(cells)
    if text.isascii():
        return []
    if len(text) == len(cells) and REST not in cells:
        found = [(match.start(), match[0]) for match in _BEYOND_ASCII.finditer(text)]
        return [
            Span(place + start, place + end, doubt)
            for place, piece in found
            for start, end, doubt in _spans_in(piece)
        ]
    return list(_spans_in(tuple(cells)))


@lru_cache(maxsize=1024)
def _spans_in(cells: Sequence[str]) -> tuple[Span, ...]:
    spans: list[Span] = []
    doubt = Doubt.NONE
    for place, cell in enumerate(cells):
        if cell != REST:
            doubt = doubt_of(cell) if not cell.isascii() else Doubt.NONE
        if doubt:
            _append(spans, Span(place, place + 1, doubt))
    return tuple(spans)


def united(one: list[Span], other: list[Span]) -> list[Span]:
    """Return the stretches that are doubtful in one of two lines or in both."""
    if one == other or not other:
        return one
    spans: list[Span] = []
    for span in sorted([*one, *other]):
        _append(spans, span)
    return spans


def _append(spans: list[Span], span: Span) -> None:
    """Add a span that doesn't begin before the last one; they become one where they touch."""
    if spans and spans[-1].end >= span.start:
        last = spans.pop()
        span = Span(last.start, max(last.end, span.end), max(last.doubt, span.doubt))
    spans.append(span)
