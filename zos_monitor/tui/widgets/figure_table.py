"""The table of the full statistics: a line of all, then a row for each layer or model."""

from __future__ import annotations

from typing import ClassVar

from textual.message import Message

from zos_monitor.model.breakdown import Breakdown
from zos_monitor.model.nights import Nights
from zos_monitor.model.states import RunState
from zos_monitor.tui.cells import Column, choose_columns
from zos_monitor.tui.figure_columns import SORTED, figure_columns, head_cells, row_cells
from zos_monitor.tui.figure_rows import (
    FIRST_SORT,
    FigureContext,
    FigureRow,
    Sort,
    View,
    context_of,
    rows_of,
)
from zos_monitor.tui.line_table import LineTable, spaced
from zos_monitor.tui.line_view import Line
from zos_monitor.tui.night_columns import OUTCOME_STYLES
from zos_monitor.tui.run_columns import Setting


class FigureTable(LineTable):
    """The cursor stays on its layer or model, whatever its figures become; each view has its own.

    An opened row is told by ``LineTable.Opened``.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        SORTED,
        *OUTCOME_STYLES,
        *(f"run--{state}" for state in RunState),
    }

    class Moved(Message):
        """The cursor may be on another row, or its row may read otherwise."""

    def __init__(self, setting: Setting, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.breakdown: Breakdown | None = None
        """What is shown; None until it is known."""
        self.view = View.LAYERS
        self._setting = setting
        self._nights: Nights | None = None
        self._read_by = context_of(setting, None)
        self._sorts = dict(FIRST_SORT)
        self._cursors: dict[View, tuple[object, ...]] = {}
        self._rows: list[FigureRow] = []
        self._columns: list[tuple[Column, int]] = []
        self._columns_for: int | None = None  # the width that they were chosen for
        self._empty = ""

    @property
    def context(self) -> FigureContext:
        """What the rows are read by, besides themselves."""
        return self._read_by

    @property
    def sort(self) -> Sort:
        """The order of the view."""
        return self._sorts[self.view]

    @property
    def rows(self) -> list[FigureRow]:
        """The rows of the view, in their order."""
        return self._rows

    @property
    def selected(self) -> FigureRow | None:
        """The row under the cursor."""
        row = self.cursor_row
        return self._rows[row] if row is not None else None

    def show_breakdown(self, breakdown: Breakdown) -> None:
        """Show other figures; cursor and scroll stay where they are."""
        self.breakdown = breakdown
        self._replace_rows()

    def show_nights(self, nights: Nights | None) -> None:
        """Show other nights in the strips, and the starts that come next."""
        self._nights = nights
        self._read_by = context_of(self._setting, nights)
        self._replace_rows()

    def set_setting(self, setting: Setting) -> None:
        """Render by another time, zone or set of signs."""
        self._setting = setting
        self.show_nights(self._nights)

    def set_view(self, view: View) -> None:
        """Show the figures by layer or by model."""
        if view is not self.view:
            self.view = view
            self._replace_rows()
            self.show_row(self.cursor_row or 0)

    def set_sort(self, sort: Sort) -> None:
        """Put the view in another order, its selected row in view."""
        self._sorts[self.view] = sort
        self._replace_rows()
        self.show_row(self.cursor_row or 0)

    def say_nothing(self, words: str) -> None:
        """Say this where there are no rows."""
        if words != self._empty:
            self._empty = words
            self.sync()

    def _replace_rows(self) -> None:
        if self.breakdown is not None:
            self._rows = rows_of(self.view, self.breakdown, self.sort, self._read_by)
        self.reshape()
        self.sync()
        self.post_message(self.Moved())

    # What a table says

    @property
    def row_count(self) -> int:
        """How many rows there are."""
        return len(self._rows)

    @property
    def cursor_row(self) -> int | None:
        """The selected row; the line of all where the selected one is gone."""
        wanted = self._cursors.get(self.view)
        found = (n for n, row in enumerate(self._rows) if row.identity == wanted)
        return next(found, 0) if self._rows else None

    def select_row(self, row: int) -> None:
        """Put the cursor on a row."""
        self._cursors[self.view] = self._rows[row].identity
        self.post_message(self.Moved())

    def head_line(self, index: int) -> Line:
        """Return the column titles."""
        return spaced(head_cells(self._chosen(), self.sort))

    def row_line(self, row: int) -> Line:
        """Return a row's line."""
        return tuple(row_cells(self._chosen(), self._rows[row], self._read_by))

    def empty_words(self) -> str:
        """Return why there are no rows."""
        return self._empty

    def _chosen(self) -> list[tuple[Column, int]]:
        if not self._rows:
            return []
        if self._columns_for != self.line_width:
            self._columns_for = width = self.line_width
            columns = figure_columns(self.view, self._rows, self.sort, self._read_by, width)
            self._columns = choose_columns(columns, width)
        return self._columns

    def sync(self) -> None:
        """Repaint the lines in view that read otherwise, by the columns that there are now."""
        self._columns_for = None
        super().sync()
