"""Frames as Textual's compositor writes them, read back into cells."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from zos_monitor.tui.screen_cells import Cells, cells_of
from zos_monitor.tui.screen_styles import PLAIN, add_parameters, with_link

_MOVE = re.compile("\x1b\\[(\\d+);(\\d+)H")
_STYLE = re.compile("\x1b\\[([\\d;]*)m|\x1b\\]8;([^\x07\x1b]*)(?:\x07|\x1b\\\\)")
_RUN = re.compile("\x1b\\[([1-9][\\d;]*)m([^\0-\x1f\x7f-\x9f]+)\x1b\\[0m")
"""What all of a line's text mostly consists of: text in one style, seven characters around."""


class Piece(NamedTuple):
    """What a frame puts into a line from a cell on, and in which styles; both may be empty."""

    row: int
    column: int
    cells: Cells
    styles: list[str]


def parse_frame(frame: str, height: int) -> list[Piece] | None:
    """Return what a frame draws, in order; None where anything is not understood.

    A frame is moves to cells, each followed by text for that cell's line, with styles and links.
    It begins with a move and ends with one: to where the cursor is to stand. A line feed before a
    move is of no effect, save in the last of ``height`` lines, where it would scroll the screen.
    """
    before, *parts = _MOVE.split(frame)
    if before or not parts or parts[-1]:
        return None
    pieces: list[Piece] = []
    for place in range(0, len(parts), 3):
        row, column, text = int(parts[place]) - 1, int(parts[place + 1]) - 1, parts[place + 2]
        piece = _read(text.removesuffix("\n") if row < height - 1 else text)
        if piece is None:
            return None
        pieces.append(Piece(row, column, *piece))
    return pieces


@lru_cache(maxsize=256)
def _read(text: str) -> tuple[Cells, list[str]] | None:
    """Return what a line's text holds and in which styles; neither is to be changed."""
    runs = _RUN.findall(text)
    written = "".join([piece for _, piece in runs])
    if len(written) + sum([7 + len(parameters) for parameters, _ in runs]) == len(text):
        cells = cells_of(written)
        if cells is not None and len(cells) == len(written):
            styles: list[str] = []
            for parameters, piece in runs:
                styles += [parameters] * len(piece)
            return cells, styles
    return _read_slowly(text)


def _read_slowly(text: str) -> tuple[Cells, list[str]] | None:
    cells: Cells = []
    styles: list[str] = []
    style = PLAIN
    plain, *parts = _STYLE.split(text)
    pieces = [(plain, style)]
    for place in range(0, len(parts), 3):
        parameters, link, piece = parts[place : place + 3]
        style = with_link(style, link) if parameters is None else add_parameters(style, parameters)
        pieces.append((piece, style))
    for piece, style in pieces:
        found = cells_of(piece)
        if found is None:
            return None
        cells += found
        styles += [style] * len(found)
    return cells, styles
