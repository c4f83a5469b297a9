"""The table of one night: what was to start when, and what became of it."""

from __future__ import annotations

from typing import ClassVar

from textual.message import Message

from zos_monitor.model.nights import Night, Nights
from zos_monitor.tui.cells import Column, choose_columns, fit
from zos_monitor.tui.line_table import LineTable, spaced
from zos_monitor.tui.line_view import Cell, Line, Reading
from zos_monitor.tui.night_columns import (
    OUTCOME_STYLES,
    WARNING,
    NightContext,
    night_columns,
    row_line,
)
from zos_monitor.tui.night_rows import NightRow, RowKind, rows_of
from zos_monitor.tui.run_columns import Setting
from zos_monitor.tui.tonight_text import all_inferred
from zos_monitor.tui.wrapping import Paragraph

_NO_SCHEDULES = (
    "No layer is known to start by a schedule.",
    "Name the folder of zos with --zos-dir: its layers' files tell when they start. Without it, "
    "a layer is taken for scheduled once it has started about the same time of the day, or of "
    "the week, at least 5 times.",
)
_NO_STARTS = ("No layer was to start in this night.",)
_WAITING = ("Waiting for the database",)


class NightTable(LineTable):
    """Rows in the order of time; the cursor stays on its row whatever comes in between."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {WARNING, *OUTCOME_STYLES}

    class Moved(Message):
        """The cursor may be on another row, or its row may read otherwise."""

    class Run(Message):
        """A row with a run was opened."""

        def __init__(self, run_id: str) -> None:
            super().__init__()
            self.run_id = run_id

    def __init__(self, setting: Setting, *, id: str | None = None, refused: str = "") -> None:
        super().__init__(id=id)
        self.setting = setting
        self._refused = refused
        self.context: NightContext | None = None
        """What the rows are read by; None until there is a night."""
        self._nights: Nights | None = None
        self._night: Night | None = None
        self._rows: list[NightRow] = []
        self._cursor = 0
        self._unfolded: set[str] = set()
        self._columns: list[Column] = []
        self._columns_for: int | None = None  # the width that they were chosen for

    @property
    def rows(self) -> list[NightRow]:
        """The rows of the night in view."""
        return self._rows

    @property
    def selected(self) -> NightRow | None:
        """The row under the cursor."""
        return self._rows[self._cursor] if self._rows else None

    def show_night(self, nights: Nights, night: Night | None) -> None:
        """Show a night; the cursor stays on its row, or in another night on its layer.

        Where neither is there it stays on its line. In the same night the view stays as well.
        """
        same = self._night is not None and night is not None and night.date == self._night.date
        self._nights, self._night = nights, night
        self._make_context()
        self._replace_rows(same)

    def set_setting(self, setting: Setting) -> None:
        """Render by another time, zone or set of signs."""
        self.setting = setting
        self._make_context()
        self.sync()

    def select_layer(self, layer_name: str) -> None:
        """Put the cursor on the first row of a layer, where it has one."""
        found = (n for n, row in enumerate(self._rows) if row.layer_name == layer_name)
        row = next(found, None)
        if row is not None:
            self.move_to(row)

    def _make_context(self) -> None:
        nights, night = self._nights, self._night
        if nights is None or night is None:
            self.context = None
            return
        self.context = NightContext(
            setting=self.setting,
            day=night.date,
            layers={layer.layer_name: layer for layer in nights.layers},
            present=night is nights.nights[0],
            say_inferred=not all_inferred(nights),
        )

    def _replace_rows(self, same: bool) -> None:
        old, first = self.selected, self.first_row
        top = self._rows[first].identity if same and first < len(self._rows) else None
        self._rows = rows_of(self._night, self._unfolded) if self._night is not None else []
        self._cursor = self._place_of(old) if old is not None else 0
        self.reshape()
        if top is not None and self.first_row:
            places = [n for n, row in enumerate(self._rows) if row.identity == top]
            self.scroll_to_row(min(places[0] if places else first, self.max_scroll_y))
        if self._rows and not same:
            self.show_row(self._cursor)
        self.sync()
        self.post_message(self.Moved())

    def _place_of(self, old: NightRow) -> int:
        """Return the row that a row is now: the same one, that of its run, or one of its layer."""
        likeness = [
            (
                row.identity == old.identity,
                old.run is not None and row.run is not None and row.run.id == old.run.id,
                row.layer_name == old.layer_name,
            )
            for row in self._rows
        ]
        best = max(likeness, default=(False, False, False))
        if any(best):
            return likeness.index(best)
        return max(0, min(self._cursor, len(self._rows) - 1))

    # What a table says

    @property
    def row_count(self) -> int:
        """How many rows there are."""
        return len(self._rows)

    @property
    def cursor_row(self) -> int | None:
        """The selected row."""
        return self._cursor if self._rows else None

    def select_row(self, row: int) -> None:
        """Put the cursor on a row."""
        self._cursor = row
        self.post_message(self.Moved())

    def head_line(self, index: int) -> Line:
        """Return the column titles."""
        return spaced(
            Cell(fit(column.title, room, align=column.align), "table--head")
            for column, room in choose_columns(self._chosen_columns(), self.line_width)
        )

    def row_line(self, row: int) -> Line:
        """Return a row's line."""
        if self.context is None:
            return ()
        columns = self._chosen_columns()
        return tuple(row_line(columns, self.line_width, self._rows[row], self.context))

    def _chosen_columns(self) -> list[Column]:
        if self._columns_for != self.line_width and self.context is not None:
            self._columns = night_columns(self._rows, self.context, self.line_width)
            self._columns_for = self.line_width
        return self._columns

    def sync(self) -> None:
        """Repaint the lines in view that read otherwise, by columns as wide as they need now."""
        self._columns_for = None
        super().sync()

    def readings(self, height: int) -> list[Reading]:
        """Return what the lines read; where there are no rows, why, and what to do."""
        if self._rows:
            return super().readings(height)
        words = _NO_STARTS if self._nights is not None and self._nights.layers else _NO_SCHEDULES
        if self._nights is None:
            words = (self._refused,) if self._refused else _WAITING
        lines = [
            Reading(line)
            for part in ("", *words)
            for line in Paragraph((Cell(part, "table--dim"),)).lines(max(1, self.line_width))
        ]
        return (lines + [Reading()] * height)[:height]

    def action_open(self) -> None:
        """Open the row's run, or have the starts that it stands for follow it."""
        row = self.selected
        if row is None:
            return
        if row.kind is RowKind.FOLD:
            self._unfolded ^= {row.layer_name}
            self._replace_rows(True)
        elif row.run is not None:
            self.post_message(self.Run(row.run.id))
