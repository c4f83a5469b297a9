"""Styled text wrapped to a width: no further than it is read, for an error may fill a book."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import NamedTuple

from rich.cells import cell_len, get_character_cell_size

from zos_monitor.tui.cells import MOST_CHARACTERS, fit
from zos_monitor.tui.line_view import Cell, Line
from zos_monitor.tui.screen_cells import clusters

_SMALL_INDENT = 4

# What takes one cell for sure: signs of Latin, Greek and Cyrillic, without marks that combine.
_NARROW = re.compile("[ -~\u00a1-\u00ac\u00ae-\u02ff\u0370-\u0482]*")

_JOINER = re.compile("[\u200d\ufe0f]")


class Paragraph(NamedTuple):
    """A stretch of text that wraps; the lines after its first stand ``indent`` cells in.

    Its first ``indent`` characters are a label beside which the rest stands, of a cell each.
    """

    cells: Line
    indent: int = 0

    def lines(self, width: int) -> Iterator[Line]:
        """Yield the text by lines of at most ``width`` cells, at least one."""
        text = "".join(cell.text for cell in self.cells)
        if _fits(text, width):
            yield self.cells
            return
        indent = self.indent if width > 2 * self.indent else min(self.indent, _SMALL_INDENT)
        margin = (Cell(" " * indent),) if indent else ()
        first = True
        for start, end in _breaks(text, indent, max(1, width - indent)):
            yield _part(self.cells, 0 if first else start, end, () if first else margin)
            first = False


class WrappedText:
    """The lines of some paragraphs, wrapped as far as they were needed."""

    def __init__(self, paragraphs: Iterable[Paragraph], width: int) -> None:
        self.lines: list[Line] = []
        self.whole = False
        """Whether ``lines`` is all there is."""
        self._rest = (line for part in paragraphs for line in part.lines(max(1, width)))

    def need(self, count: int) -> None:
        """Have at least so many lines, as far as there are."""
        missing = count - len(self.lines)
        if missing > 0 and not self.whole:
            more = list(islice(self._rest, missing))
            self.lines += more
            self.whole = len(more) < missing


def lines_within(
    paragraphs: Iterable[Paragraph], width: int, height: int, ellipsis: str
) -> list[Line]:
    """Return the first ``height`` lines at most, the last one cut where more would follow."""
    wrapped = (line for part in paragraphs for line in part.lines(width))
    lines = list(islice(wrapped, height + 1))
    if len(lines) > height > 0:
        lines[height - 1] = _cut(lines[height - 1], width, ellipsis)
    return lines[:height]


def _cut(line: Line, width: int, ellipsis: str) -> Line:
    """Return a line that says that more would follow."""
    *before, last = line
    text = f"{last.text}{ellipsis}"
    room = width - sum(cell_len(cell.text) for cell in before)
    return *before, Cell(fit(text, min(room, cell_len(text)), ellipsis=ellipsis), last.style)


def _breaks(text: str, start: int, room: int) -> Iterator[tuple[int, int]]:
    """Yield where each line of ``room`` cells begins and ends.

    Lines break at spaces, which are dropped, or inside a word that fills a line.
    """
    length, narrow = len(text), _NARROW.fullmatch(text) is not None
    while True:
        end = start + room if narrow else _reach(text, start, room)
        if end >= length:
            yield start, length
            return
        space = end if text[end] == " " else text.rfind(" ", start, end)
        if space <= start or text[start:space].isspace():
            space = end
        yield start, space
        start = space
        while start < length and text[start] == " ":
            start += 1
        if start == length:
            return


def _reach(text: str, start: int, room: int) -> int:
    """Return where a line ends that has room for so many cells; it holds one character at least."""
    if _JOINER.search(text, start, start + MOST_CHARACTERS * room):
        return _reach_of_joined(text, start, room)
    at = start
    while at < len(text):
        room -= get_character_cell_size(text[at])
        if room < 0:
            return max(at, start + 1)
        at += 1
    return at


def _reach_of_joined(text: str, start: int, room: int) -> int:
    """Return the same where characters join others, or have them take more cells."""
    at = start
    for cluster in clusters(text, start):
        room -= cell_len(cluster)
        if room < 0 and at > start:
            break
        at += len(cluster)
    return at


def _fits(text: str, width: int) -> bool:
    return len(text) <= 2 * width and cell_len(text) <= width


def _part(cells: Line, start: int, end: int, margin: Line) -> Line:
    if len(cells) == 1:
        return (*margin, Cell(cells[0].text[start:end], cells[0].style))
    parts: list[Cell] = []
    for text, style in cells:
        if start < len(text) and end > 0:
            parts.append(Cell(text[max(0, start) : end], style))
        start, end = start - len(text), end - len(text)
    return (*margin, *parts)
