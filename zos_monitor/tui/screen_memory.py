"""What a terminal shows and what it is to show: frames in, the cells that differ out."""

from __future__ import annotations

import re
from itertools import groupby, pairwise
from operator import ne, or_

from zos_monitor.tui.screen_cells import (
    REST,
    UNKNOWN,
    Cells,
    Doubt,
    Span,
    doubtful_spans,
    united,
)
from zos_monitor.tui.screen_frames import Piece, parse_frame
from zos_monitor.tui.screen_pen import Pen
from zos_monitor.tui.screen_styles import PLAIN

_PIECES = re.compile(b"\x01+|\x02+|\x03+")
_MARKED = {doubt: bytes([0, doubt + 1]) + bytes(254) for doubt in Doubt}
"""What makes marks of cells that differ into marks of doubtful ones: 1, 2 and 3 by the doubt."""
_CHEAP = 4
"""Writing up to so many characters that are there already is no longer than a move."""


class _Row:
    """A line of the screen."""

    __slots__ = ("_spans", "cells", "styles")

    def __init__(self, width: int) -> None:
        self.cells: Cells = [UNKNOWN] * width
        self.styles = [PLAIN] * width
        self._spans: list[Span] | None = []

    @property
    def spans(self) -> list[Span]:
        """The stretches of doubtful cells."""
        if self._spans is None:
            self._spans = doubtful_spans(self.cells)
        return self._spans

    def put(self, column: int, cells: Cells, styles: list[str]) -> None:
        """Overwrite cells; of a wide character that is cut only its ground stays."""
        end = column + len(cells)
        for edge in (column, end):
            if edge < len(self.cells) and self.cells[edge] == REST:
                self._blank_around(edge)
        self.cells[column:end] = cells
        self.styles[column:end] = styles
        self._spans = None

    def _blank_around(self, column: int) -> None:
        first = column
        while first > 0 and self.cells[first] == REST:
            first -= 1
        self.cells[first] = " "
        for place in range(first + 1, len(self.cells)):
            if self.cells[place] != REST:
                break
            self.cells[place] = " "

    def copy(self, other: _Row) -> None:
        """Become like another row of the same width."""
        self.cells[:] = other.cells
        self.styles[:] = other.styles
        self._spans = other.spans


class ScreenMemory:
    """A terminal's screen twice: as the frames want it, and as what was sent has made it.

    See ``parse_frame`` for what a frame is.
    """

    def __init__(self, width: int = 0, height: int = 0) -> None:
        self.resize(width, height)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height, in cells."""
        return self._width, self._height

    def resize(self, width: int, height: int) -> None:
        """Begin anew with a screen of another size, of which nothing is known."""
        self._width, self._height = width, height
        self._wanted = [_Row(width) for _ in range(height)]
        self._cursor: tuple[int, int] | None = None
        self.forget()

    def lose(self) -> None:
        """Forget what is wanted too: something unknown was drawn."""
        self.resize(self._width, self._height)

    def forget(self) -> None:
        """Forget what the terminal shows: the next changes are the whole screen."""
        self._shown = [_Row(self._width) for _ in range(self._height)]
        self._pen = Pen()
        self._touched = set(range(self._height))

    def take(self, frame: str) -> bool:
        """Take in a frame; False, and nothing taken, where there is something else in it."""
        pieces = parse_frame(frame, self._height)
        if pieces is None or not all(self._fits(piece) for piece in pieces):
            return False
        for row, column, cells, styles in pieces:
            if cells:
                self._wanted[row].put(column, cells, styles)
                self._touched.add(row)
        self._cursor = pieces[-1][:2]
        return True

    def _fits(self, piece: Piece) -> bool:
        return piece.row < self._height and piece.column + len(piece.cells) <= self._width

    def changes(self) -> str:
        """Return what makes the terminal show what is wanted, and count it as shown."""
        for row in sorted(self._touched):
            self._update(row)
        self._touched.clear()
        self._pen.rest()
        if self._cursor is not None:
            self._pen.move(*self._cursor)
        return self._pen.take()

    def _update(self, row: int) -> None:
        wanted, shown = self._wanted[row], self._shown[row]
        same_styles = wanted.styles == shown.styles
        if same_styles and wanted.cells == shown.cells:
            return
        different = bytearray(map(ne, wanted.cells, shown.cells))
        if not same_styles:
            styles = map(ne, wanted.styles, shown.styles)
            different = bytearray(map(or_, different, styles))
        if wanted.spans or shown.spans:
            _widen(different, united(wanted.spans, shown.spans))
        _keep_whole(different, wanted.cells)
        for start, end, doubt in wanted.spans:
            different[start:end] = different[start:end].translate(_MARKED[doubt])
        self._write(row, wanted, different)
        shown.copy(wanted)

    def _write(self, row: int, line: _Row, different: bytearray) -> None:
        """Write what differs, and never build on where a doubtful character ends."""
        pen, cells, styles = self._pen, line.cells, line.styles
        last = len(cells)
        for match in _PIECES.finditer(different):
            start, end = match.span()
            doubt = different[start] - 1
            if doubt == Doubt.WILD:
                _write_wild(pen, row, start, end, line)
            else:
                if 0 < start - last <= _CHEAP and _may_bridge(line, last, start):
                    start = last
                pen.move(row, start)
                for style, group in groupby(styles[start:end]):
                    count = len(list(group))
                    pen.wear(style)
                    pen.write("".join(cells[start : start + count]), count, sure=not doubt)
                    start += count
            last = end


def _write_wild(pen: Pen, row: int, start: int, end: int, line: _Row) -> None:
    """Write characters each at its place, on cells that have been blanked before."""
    firsts = [place for place in range(start, end) if line.cells[place] != REST]
    for place, next_place in pairwise([*firsts, end]):
        width = next_place - place
        pen.move(row, place)
        pen.wear(line.styles[place])
        pen.write(" " * width, width)
        pen.move(row, place)
        pen.write(line.cells[place], width, sure=False)


def _may_bridge(line: _Row, end: int, start: int) -> bool:
    """Tell whether a gap is best written over again: it is in a style at hand, and in ASCII."""
    style = line.styles[end]
    if line.styles[end:start].count(style) < start - end:
        return False
    if style not in (line.styles[end - 1], line.styles[start]):
        return False
    text = "".join(line.cells[end - 1 : start])
    return text.isascii() and text.isprintable()  # else it is longer, or a move is needed anyway


def _widen(different: bytearray, spans: list[Span]) -> None:
    """Have doubtful characters written whole, and again what they may have drawn over.

    Wherever a terminal puts them, the line then looks as if it had been written from its start.
    """
    for start, end, doubt in spans:
        if 1 in different[start:end]:
            if doubt is Doubt.WILD:
                first, reach = max(0, start - 1), len(different)
            else:
                first, reach = start, min(len(different), 2 * end - start)
            different[first:reach] = b"\x01" * (reach - first)


def _keep_whole(different: bytearray, cells: Cells) -> None:
    """Have wide characters written whole, and nothing where nothing is known to be wanted."""
    if REST in cells:
        for place in range(len(cells) - 1, 0, -1):
            if cells[place] == REST and different[place]:
                different[place - 1] = 1
        for place in range(1, len(cells)):
            if cells[place] == REST and different[place - 1]:
                different[place] = 1
    if UNKNOWN in cells:
        for place, cell in enumerate(cells):
            if cell == UNKNOWN:
                different[place] = 0
