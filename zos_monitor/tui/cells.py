"""Text cut and padded to an exact number of terminal cells, and rows made of such cells."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

from rich.cells import cell_len, set_cell_size

Align = Literal["left", "right"]

MOST_CHARACTERS = 20
"""Characters in a cell, at most, of text that is made safe to show: those of an emoji fill two."""


def fit(text: str, width: int, *, align: Align = "left", ellipsis: str = "…") -> str:
    """Return text of exactly ``width`` cells: padded, or cut with an ellipsis at its end."""
    read = MOST_CHARACTERS * (width + 1)
    length = cell_len(text) if len(text) <= read else width + 1  # for it may be a book
    if length == width:
        return text
    if length > width:
        return set_cell_size(text[:read], width - 1) + ellipsis if width > 0 else ""
    padding = " " * (width - length)
    return text + padding if align == "left" else padding + text


class Column(NamedTuple):
    """A column of a table: its title, and how it shares the width.

    ``width`` is in cells. Columns of a low ``rank`` stay longest when room is short; one column
    with ``grow`` takes what is left, up to ``most``.
    """

    name: str
    title: str
    width: int
    rank: int
    align: Align = "left"
    grow: bool = False
    most: int = 0


GAP = 1
"""Cells between two columns."""


def choose_columns(columns: Sequence[Column], width: int) -> list[tuple[Column, int]]:
    """Return the columns that fit into ``width`` cells, in their order, each with its width."""
    chosen: list[Column] = []
    room = width + GAP
    for column in sorted(columns, key=lambda column: column.rank):
        if column.width + GAP > room:
            break
        chosen.append(column)
        room -= column.width + GAP
    widths = [
        (column, column.width + _growth(column, room)) for column in columns if column in chosen
    ]
    return widths


def _growth(column: Column, room: int) -> int:
    return max(0, min(room, column.most - column.width)) if column.grow else 0
