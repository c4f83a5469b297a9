"""A table of items that may take several lines each: the cursor is on all lines of one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple

from zos_monitor.tui.line_table import LineTable
from zos_monitor.tui.line_view import Line, Reading

_LIKELY_WIDTH = 60  # cells, before there is any room


class Row(NamedTuple):
    """A line of an item, which is named by its place; it is made when it comes into view.

    ``line`` takes the width in cells. Rows of one item stand together, the items in their order.
    """

    item: int
    line: Callable[[int], Line]


def fixed_row(item: int, line: Line) -> Row:
    """Return a row whose line is made already."""
    return Row(item, partial(_as_it_is, line))


def _as_it_is(line: Line, width: int) -> Line:
    return line


class ItemTable(LineTable):
    """Rows of items, or where there are no items, rows that only scroll.

    A subclass makes the rows, says how many items there are, and what the head reads.
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._cursor = 0  # an item
        self._rows: Sequence[Row] = ()
        self._first_rows: list[int] = []  # of each item
        self._rows_width = _LIKELY_WIDTH  # the width that the rows were made for

    # What a subclass says

    @property
    def item_count(self) -> int:
        """How many items there are; each has a row at least."""
        raise NotImplementedError

    def make_rows(self, width: int) -> Sequence[Row]:
        """Return all rows; those that wrap fit into ``width`` cells."""
        raise NotImplementedError

    # What it asks for

    def remake_rows(self) -> None:
        """Have the rows made anew."""
        # Without any room, as while another tab is in view, each word would be wrapped to letters.
        width = self._rows_width = self.line_width or self._rows_width
        rows = self._rows = self.make_rows(width)
        if self.item_count:
            self._first_rows = [
                n for n, row in enumerate(rows) if not n or row.item != rows[n - 1].item
            ]
        else:
            self._first_rows = []
        self.reshape()

    def select_item(self, item: int) -> None:
        """Put the cursor on an item, and have it in view."""
        self.move_to(self._first_rows[item])

    def place_of(self, row: int) -> tuple[int, int] | None:
        """Return which item has a row, and which of its lines that is; None for no item's."""
        if not self.item_count or not 0 <= row < len(self._rows):
            return None
        item = self._rows[row].item
        return item, row - self._first_rows[item]

    def row_of(self, item: int, line: int) -> int:
        """Return the row of a line of an item, or of the last that it still has."""
        return min(self._first_rows[item] + line, self._last_row(item))

    def _last_row(self, item: int) -> int:
        later = item + 1
        return (self._first_rows[later] if later < self.item_count else len(self._rows)) - 1

    # What a table says

    @property
    def row_count(self) -> int:
        """How many lines there are."""
        return len(self._rows)

    @property
    def cursor_row(self) -> int | None:
        """The first line of the selected item."""
        return self._first_rows[self._cursor] if self.item_count else None

    def select_row(self, row: int) -> None:
        """Put the cursor on the item that has this line."""
        if self.item_count:
            self._cursor = self._rows[row].item

    def show_row(self, row: int) -> None:
        """Have all lines of an item in view, its first one in any case."""
        place = self.place_of(row)
        if place is not None:
            super().show_row(self._last_row(place[0]))
            row -= place[1]
        super().show_row(row)

    def row_line(self, row: int) -> Line:
        """Return a line of an item."""
        return self._rows[row].line(self.line_width)

    def readings(self, height: int) -> list[Reading]:
        """Return what the lines read; all lines of the selected item have the cursor's ground."""
        if self._rows_width != self.line_width > 0:
            self.remake_rows()
        found = super().readings(height)
        if self.item_count:
            start = self.head_height - self.first_row
            lines = range(self._first_rows[self._cursor], self._last_row(self._cursor) + 1)
            for y in (row + start for row in lines):
                if self.head_height <= y < height:
                    found[y] = found[y]._replace(ground="table--cursor")
        return found

    # Keys

    def action_move(self, by: int) -> None:
        """Move the cursor by items; without any, scroll."""
        if self.item_count:
            self.select_item(min(max(self._cursor + by, 0), self.item_count - 1))
        else:
            self._scroll_by(by)

    def action_page(self, by: int) -> None:
        """Move the cursor by pages; without items, scroll."""
        if self.item_count:
            super().action_page(by)
        else:
            self._scroll_by(max(1, self.rows_seen - 1) * by)

    def action_edge(self, direction: int) -> None:
        """Move the cursor to the first (-1) or last (1) item; without any, scroll."""
        if self.item_count:
            super().action_edge(direction)
        else:
            self._scroll_by(len(self._rows) * direction)

    def _scroll_by(self, rows: int) -> None:
        self.scroll_to_row(min(max(0, self.first_row + rows), self.max_scroll_y))
