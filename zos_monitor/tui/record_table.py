"""A table of records, each with an identity that the cursor keeps to."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import ClassVar, Generic, TypeVar

from zos_monitor.tui.cells import Column, choose_columns, fit
from zos_monitor.tui.line_table import LineTable, fit_cells, spaced
from zos_monitor.tui.line_view import Cell, Line, Reading
from zos_monitor.tui.run_columns import Setting

Record = TypeVar("Record")


class RecordTable(LineTable, Generic[Record]):
    """Shows records in columns.

    A subclass says who a record is, which columns there are and what they say. Given the same
    matter's records anew, the cursor stays on its record, and the view where it was.
    """

    head_height: ClassVar[int] = 1

    def __init__(self, setting: Setting, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.setting = setting
        self._records: Sequence[Record] = ()
        self._cursor = 0
        self._words = ""
        self._more = ""
        self._chosen: list[tuple[Column, int]] = []
        self._chosen_for: int | None = None  # the width that they were chosen for

    # What a subclass says

    def identity(self, record: Record) -> Hashable:
        """Return what tells a record from all others, whatever becomes of it."""
        raise NotImplementedError

    def columns(self, width: int) -> Sequence[Column]:
        """Return the columns that the records need, at most ``width`` cells of which are shown."""
        raise NotImplementedError

    def choose(self, width: int) -> list[tuple[Column, int]]:
        """Return those of the columns that fit into ``width`` cells, each with its width."""
        return choose_columns(self.columns(width), width)

    def cells(self, column: Column, record: Record, room: int) -> Line:
        """Return what a column says of a record, not yet cut to its ``room``."""
        raise NotImplementedError

    # What is shown

    @property
    def records(self) -> Sequence[Record]:
        """The records, in the order of their rows."""
        return self._records

    @property
    def selected(self) -> Record | None:
        """The record under the cursor."""
        return self._records[self._cursor] if self._records else None

    def set_records(
        self, records: Sequence[Record], *, same: bool, words: str = "", more: str = ""
    ) -> None:
        """Show records: those of the ``same`` matter as before, or of another one from its top.

        ``words`` are said where there are none, ``more`` is said below the last one.
        """
        first = self.first_row if same else 0
        top = self._records[first] if same and first < len(self._records) else None
        cursor = self._place(records, self._cursor, self.selected) if same else 0
        first = self._place(records, first, top) if first else 0
        self._records, self._words, self._more = records, words, more
        self._cursor = cursor
        self.reshape()
        self.scroll_to_row(min(first, self.max_scroll_y))
        self.sync()

    def _place(self, records: Sequence[Record], place: int, record: Record | None) -> int:
        """Return the row that a record has now; where it is gone, the row that it had."""
        if record is not None:
            identity = self.identity(record)
            if place < len(records) and self.identity(records[place]) == identity:
                return place
            for row, other in enumerate(records):
                if self.identity(other) == identity:
                    return row
        return max(0, min(place, len(records) - 1))

    def step_record(self, by: int) -> Record | None:
        """Put the cursor on the next (1) or the previous (-1) record; None where there is none."""
        row = self._cursor + by
        if not 0 <= row < len(self._records):
            return None
        self.move_to(row)
        return self.selected

    def set_setting(self, setting: Setting) -> None:
        """Render by another time, zone or set of signs."""
        self.setting = setting
        self.sync()

    # What a table says

    @property
    def row_count(self) -> int:
        """How many rows there are, the line about more records among them."""
        return len(self._records) + bool(self._more and self._records)

    @property
    def cursor_row(self) -> int | None:
        """The selected row."""
        return self._cursor if self._records else None

    def select_row(self, row: int) -> None:
        """Put the cursor on a record."""
        self._cursor = min(row, len(self._records) - 1)

    def chosen_columns(self) -> list[tuple[Column, int]]:
        """Return the columns that there is room for, each with its width."""
        width = self.line_width
        if self._chosen_for != width:
            self._chosen, self._chosen_for = self.choose(width), width
        return self._chosen

    def readings(self, height: int) -> list[Reading]:
        """Return what the lines read; where there are no records, why, in the head's place."""
        if self._records or not self._words:
            return super().readings(height)
        return self.said(self._words, height)

    def head_line(self, index: int) -> Line:
        """Return the column titles."""
        if not self._records:
            return ()
        return spaced(
            Cell(fit(self.title(column, room), room, align=column.align), "table--head")
            for column, room in self.chosen_columns()
        )

    def title(self, column: Column, room: int) -> str:
        """Return a column's title."""
        return column.title

    def row_line(self, row: int) -> Line:
        """Return a record's line."""
        if row >= len(self._records):
            return (Cell(self._more, "table--dim"),)
        record, more = self._records[row], self.setting.glyphs.ellipsis
        line: list[Cell] = []
        for column, room in self.chosen_columns():
            cells = self.cells(column, record, room)
            if line:
                line.append(Cell(" "))
            line += fit_cells(cells, room, align=column.align, ellipsis=more)
        return tuple(line)

    def sync(self) -> None:
        """Repaint the lines in view that read otherwise, by columns as wide as they need now."""
        self._chosen_for = None
        super().sync()


def need(words: Sequence[int], least: int, most: int) -> int:
    """Return how wide a column of words of these widths is to be, between two bounds."""
    return max(least, min(most, max(words, default=0)))
