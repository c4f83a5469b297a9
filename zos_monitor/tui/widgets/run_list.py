"""The run list: every run that the filter matches, newest first or sorted."""

from __future__ import annotations

from typing import ClassVar

from zos_monitor.model.runs import RunCount
from zos_monitor.model.sorting import BY_START, Sort, SortKey
from zos_monitor.model.states import RunState
from zos_monitor.tui.cells import Column
from zos_monitor.tui.line_table import spaced
from zos_monitor.tui.line_view import Cell, Line
from zos_monitor.tui.run_columns import COLUMNS, Setting, columns_for, pieces, titles
from zos_monitor.tui.run_window import RunWindow


class RunList(RunWindow):
    """Runs in columns; one that is not loaded yet is a row of dots."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"run--{state}" for state in RunState}

    def __init__(self, setting: Setting, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.setting = setting
        self.border_title = "Runs"
        self._empty = ""
        self._order = ""
        self._columns: tuple[Column, ...] = COLUMNS

    def set_setting(self, setting: Setting) -> None:
        """Render by another time, zone or set of signs."""
        self.setting = setting
        self.sync()

    def set_order(self, sort: Sort) -> None:
        """Say in the border and show in a column what the runs are sorted by."""
        self._columns = columns_for(sort.key)
        self.say_order(_order_words(sort))

    def say_order(self, words: str) -> None:
        """Say in the border what the order is, or is going to be."""
        if words != self._order:
            self._order = words
            self.tell_view()

    def say(self, words: str) -> None:
        """Say this where nothing has been loaded yet."""
        if not self.row_count and words != self._empty:
            self._empty = words
            self.sync()

    def tell_count(self, count: RunCount) -> None:
        """Say why there is nothing to see, where there is nothing."""
        if not count.counted:
            self._empty = f"Searching {count.total:,} runs"
        else:
            self._empty = "No run matches the filter" if count.total else "No runs yet"

    def tell_view(self) -> None:
        """Say in the border in what order, whether it follows, and what came in above the view."""
        glyphs = self.setting.glyphs
        words = ["Runs", self._order, "following" if self.following else ""]
        title = f" {glyphs.dot} ".join(word for word in words if word)
        self.set_titles(title, f"{glyphs.up} {self.unseen:,} newer" if self.unseen else "")

    def head_line(self, index: int) -> Line:
        """Return the column titles."""
        words = titles(self._columns, self.line_width)
        return spaced(Cell(word, "table--head") for word in words)

    def empty_words(self) -> str:
        """Say why there is nothing to see."""
        return self._empty

    def row_line(self, row: int) -> Line:
        """Return a run's line; a run that is not loaded yet is a row of dots."""
        run = self._runs.at(row)
        if run is None:
            return (Cell(self.setting.glyphs.dot * 3, "table--dim"),)
        said = pieces(self._columns, self.line_width, run, self.setting)
        return spaced(Cell(text, style) for text, style in said)


def _order_words(sort: Sort) -> str:
    if sort == BY_START:
        return ""
    if sort.key is SortKey.START:
        return "oldest first"
    return f"least {sort.key} first" if sort.reverse else f"by {sort.key}"
