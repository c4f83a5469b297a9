"""A table drawn line by line: only what is seen is made, only what changed is repainted."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import ClassVar

from rich.cells import cell_len
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.widget import Widget

from zos_monitor.tui.cells import GAP, fit
from zos_monitor.tui.line_view import Cell, Line, LineView, Reading
from zos_monitor.tui.scrolling import set_virtual_size
from zos_monitor.tui.wrapping import Paragraph

_MOST_LINES_KEPT = 256

MOVE_BINDINGS: list[BindingType] = [
    Binding("down,j", "move(1)", "Down", id="move.down", show=False),
    Binding("up,k", "move(-1)", "Up", id="move.up", show=False),
    Binding("pagedown,ctrl+f", "page(1)", "Page down", id="move.page_down", show=False),
    Binding("pageup,ctrl+b", "page(-1)", "Page up", id="move.page_up", show=False),
    Binding("home,g", "edge(-1)", "To the top", id="move.top", show=False),
    Binding("end,G", "edge(1)", "To the end", id="move.end", show=False),
]
"""The keys that move, the same in every pane."""


class LineTable(LineView, can_focus=True):
    """Rows under a fixed head, with a cursor.

    A subclass says what a head line or a row reads, and calls ``sync`` when that may have changed.
    This class keeps cursor and scroll, and asks for a row again only when it comes into view.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        *MOVE_BINDINGS,
        Binding("enter", "open", "open", id="table.open", tooltip="Open the selected line"),
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "table--head",
        "table--cursor",
        "table--dim",
        "table--total",
    }
    DEFAULT_CSS = """
    LineTable {
        & > .table--head { text-style: bold; color: $text-muted; }
        & > .table--dim { color: $text-muted; }
        & > .table--total { text-style: bold; }
        & > .table--cursor { background: $surface-lighten-2; }
        &:focus > .table--cursor { background: $primary 60%; text-style: bold; }
    }
    """
    head_height: ClassVar[int] = 1

    class Opened(Message):
        """The row under the cursor was opened, by key or by a double click."""

        def __init__(self, table: LineTable) -> None:
            super().__init__()
            self.table = table

        @property
        def control(self) -> LineTable:
            """The table whose row it was."""
            return self.table

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        # A height that follows the lines is right from the first layout on.
        self.set_reactive(Widget.virtual_size, Size(0, self.head_height))
        self._lines: dict[int, Line] = {}  # of rows, and of the head, since the last sync
        self._lines_width = 0

    # What a subclass says

    @property
    def row_count(self) -> int:
        """How many rows there are."""
        raise NotImplementedError

    @property
    def cursor_row(self) -> int | None:
        """The selected row, None where there is none."""
        raise NotImplementedError

    def head_line(self, index: int) -> Line:
        """Return a line of the fixed head."""
        raise NotImplementedError

    def row_line(self, row: int) -> Line:
        """Return the line of a row."""
        raise NotImplementedError

    def empty_words(self) -> str:
        """Return what is said where there are no rows."""
        return ""

    def select_row(self, row: int) -> None:
        """Put the cursor on a row; called for moves by key and mouse, with a row that exists."""
        raise NotImplementedError

    # Drawing

    @property
    def line_width(self) -> int:
        """The cells that a line may fill, beside the scroll bar."""
        return self.scrollable_content_region.width

    @property
    def rows_seen(self) -> int:
        """How many rows the pane has room for."""
        return max(0, self.scrollable_content_region.height - self.head_height)

    @property
    def first_row(self) -> int:
        """The topmost row in view."""
        return self.scroll_offset.y

    def readings(self, height: int) -> list[Reading]:
        """Return what the lines of the pane read: the head stands, the rows scroll."""
        first, count, cursor = self.first_row, self.row_count, self.cursor_row
        width, head = self.line_width, min(height, self.head_height)
        if self._lines_width != width or len(self._lines) > _MOST_LINES_KEPT:
            self._lines.clear()
            self._lines_width = width
        found = [Reading(self._kept_line(line - self.head_height)) for line in range(head)]
        for row in range(first, min(count, first + height - head)):
            found.append(Reading(self._kept_line(row), "table--cursor" if row == cursor else ""))
        if not count:
            found += self.said(self.empty_words(), height - head)
        return found + [Reading()] * (height - len(found))

    def said(self, words: str, height: int) -> list[Reading]:
        """Return words in lines of the pane's width, and empty ones up to so many."""
        lines = Paragraph((Cell(words, "table--dim"),)).lines(max(1, self.line_width))
        found = [Reading(line) for line in islice(lines, height)]
        return found + [Reading()] * (height - len(found))

    def _kept_line(self, row: int) -> Line:
        """Return the line of a row, or counted backwards from row 0, of the head."""
        line = self._lines.get(row)
        if line is None:
            line = self.row_line(row) if row >= 0 else self.head_line(row + self.head_height)
            self._lines[row] = line
        return line

    def sync(self) -> None:
        """Repaint the lines in view that read otherwise than when they were last looked at."""
        self._lines.clear()
        self.look()

    def reshape(self) -> None:
        """Fit the scrollable height to the number of rows."""
        size = Size(self.scrollable_content_region.width, self.row_count + self.head_height)
        set_virtual_size(self, size)

    def scroll_to_row(self, row: int) -> None:
        """Make a row the topmost one, as far as the end allows, at once."""
        if row != self.first_row:
            self.scroll_to(y=row, animate=False, immediate=True, force=True)

    def show_row(self, row: int) -> None:
        """Scroll as little as is needed to have a row in view."""
        first, room = self.first_row, max(1, self.rows_seen)
        if row < first:
            self.scroll_to_row(row)
        elif row >= first + room:
            self.scroll_to_row(row - room + 1)

    def on_resize(self) -> None:
        """Keep the cursor in view when the room for rows shrinks."""
        self.reshape()
        row = self.cursor_row
        if row is not None:
            self.show_row(row)
        self.sync()

    # Keys and mouse

    def move_to(self, row: int) -> None:
        """Select the row nearest to ``row`` that exists, and have it in view."""
        if self.row_count:
            row = min(max(row, 0), self.row_count - 1)
            self.select_row(row)
            self.show_row(row)
            self.look()

    def action_move(self, by: int) -> None:
        """Move the cursor by rows."""
        self.move_to((self.cursor_row or 0) + by)

    def action_page(self, by: int) -> None:
        """Move the cursor by pages; the cursor keeps its line where it can."""
        step = max(1, self.rows_seen - 1) * by
        self.scroll_to_row(min(max(0, self.first_row + step), self.max_scroll_y))
        self.move_to((self.cursor_row or 0) + step)

    def action_edge(self, direction: int) -> None:
        """Move the cursor to the first (-1) or last (1) row."""
        self.move_to(0 if direction < 0 else self.row_count - 1)

    def action_open(self) -> None:
        """Tell the screen to open the selected row."""
        if self.cursor_row is not None:
            self.post_message(self.Opened(self))

    def on_click(self, event: events.Click) -> None:
        """Select the clicked row; open it on the second click."""
        offset = event.get_content_offset(self)
        if offset is None or offset.y < self.head_height:
            return
        row = self.first_row + offset.y - self.head_height
        if row < self.row_count:
            self.move_to(row)
            if event.chain > 1:
                self.action_open()


def spaced(cells: Iterable[Cell]) -> Line:
    """Return a line of cells with a gap between each two."""
    gap = Cell(" " * GAP)
    line = [part for cell in cells for part in (gap, cell)]
    return tuple(line[1:])


def fit_cells(line: Line, width: int, *, align: str = "left", ellipsis: str) -> list[Cell]:
    """Return a line of exactly ``width`` cells: padded, or cut with an ellipsis at its end."""
    room = width - sum(cell_len(cell.text) for cell in line)
    if room >= 0:
        padding = Cell(" " * room)
        return [padding, *line] if align == "right" else [*line, padding]
    fitted: list[Cell] = []
    left = width
    for cell in line:
        length = cell_len(cell.text)
        if length >= left:  # more follows, or it is too long itself
            text = f"{cell.text} " if length == left else cell.text
            return [*fitted, Cell(fit(text, left, ellipsis=ellipsis), cell.style)]
        fitted.append(cell)
        left -= length
    return fitted
