"""The errors of a run: grouped by cause and node, each group open for its errors."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from itertools import takewhile
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType

from zos_monitor.model.errors import RunError
from zos_monitor.model.runs import RunDetail
from zos_monitor.model.states import RunState
from zos_monitor.tui.error_lines import head
from zos_monitor.tui.error_rows import Item, group_identity, items_of, rows_of
from zos_monitor.tui.error_text import copied_error, copied_errors
from zos_monitor.tui.item_table import ItemTable, Row, fixed_row
from zos_monitor.tui.line_view import Cell, Line
from zos_monitor.tui.run_columns import Setting
from zos_monitor.tui.run_text import facts
from zos_monitor.tui.tab_view import Copied, Matter, TextWanted
from zos_monitor.tui.wrapping import Paragraph, lines_within

if TYPE_CHECKING:
    from zos_monitor.model.error_groups import ErrorGroup

_MOST_LINES = 20  # of a fact, for there may be a book in any column; the tab of the run has it all


class ErrorsTab(ItemTable):
    """Groups that open, under one line about the run; without errors, the run's facts.

    An error or a group may take several lines: the cursor is on all of them.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "enter", "open", "open", id="errors.open", tooltip="Open a group, or read an error"
        ),
        Binding("right", "unfold", "Show the errors of a group", id="errors.unfold", show=False),
        Binding("left", "fold", "Hide the errors of a group", id="errors.fold", show=False),
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "text--muted",
        "text--accent",
        "text--strong",
        "text--empty",
        *(f"run--{state}" for state in RunState),
    }
    DEFAULT_CSS = """
    ErrorsTab {
        & > .text--muted { color: $foreground-muted; }
        & > .text--accent { color: $text-accent; }
        & > .text--strong { text-style: bold; }
        & > .text--empty { text-style: italic; color: $foreground-muted; }
    }
    """

    def __init__(self, setting: Setting, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.setting = setting
        self._run: RunDetail | None = None
        self._errors: Sequence[RunError] = ()
        self._groups: Sequence[ErrorGroup] = ()
        self._opened: set[Hashable] = set()
        self._items: list[Item] = []
        self._facts: list[Paragraph] = []
        self._refused = ""

    @property
    def selected(self) -> Item | None:
        """The group or the error under the cursor."""
        return self._items[self._cursor] if self._items else None

    def show(self, matter: Matter) -> None:
        """Show the errors of a run; those of the same run keep cursor, scroll and what is open."""
        last, run = self._run, matter.run
        self._run, refused = run, matter.refused.get("run", "")
        news, self._refused = refused != self._refused, refused
        same = run is not None and last is not None and run.id == last.id
        errors = (run.errors or run.early_errors) if run is not None else ()
        if not same:
            self._opened.clear()
        if not same or news or errors != self._errors:
            self._errors, self._groups = errors, _groups_of(errors) if errors else ()
            self._tell_facts()
            self._replace(same)
        elif run != last:
            self._retell()

    def set_setting(self, setting: Setting) -> None:
        """Render by another time, zone or set of signs."""
        last, self.setting = self.setting, setting
        if setting.glyphs is not last.glyphs:
            self.remake_rows()
        self._retell()

    def _retell(self) -> None:
        """Have all said anew: that time has passed, or a figure grown, moves nothing."""
        told = self._facts
        self._tell_facts()
        if self._facts != told:
            self.remake_rows()
        self.sync()

    def _tell_facts(self) -> None:
        run = self._run
        if run is None or self._groups:
            words = Paragraph((Cell(self._refused, "text--muted"),))
            self._facts = [words] if self._refused else []
            return
        self._facts = [Paragraph(()), *facts(run, self.setting)]

    def _replace(self, same: bool) -> None:
        """Show the groups as they are now, with cursor and view where they were.

        The selected line stays where it is seen; where it is out of view, the topmost one.
        """
        old, first = self.selected, self.first_row if same else 0
        anchor = self._anchor() if same else None
        self._items = items_of(self._groups, self._opened)
        self._cursor = self._item_now(old) if same and old is not None else 0
        self.remake_rows()
        if anchor is not None and self._items:
            item, line, y = anchor
            first = max(0, self.row_of(self._item_now(item), line) - y)
        self.scroll_to_row(min(first, self.max_scroll_y))
        self.sync()

    def _anchor(self) -> tuple[Item, int, int] | None:
        """Return the item that the view hangs on, which of its lines, and where that is seen."""
        row, first = self.cursor_row, self.first_row
        if row is None or not first <= row < first + self.rows_seen:
            row = first
        place = self.place_of(row)
        return None if place is None else (self._items[place[0]], place[1], row - first)

    def _item_now(self, old: Item) -> int:
        """Return where an item is now; where an error is gone, its group, else what is there."""
        places = {item.identity: n for n, item in enumerate(self._items)}
        for identity in (old.identity, group_identity(old.group)):
            if identity in places:
                return places[identity]
        return max(0, min(self._cursor, len(self._items) - 1))

    # What a table says

    @property
    def item_count(self) -> int:
        """How many groups and errors there are to select."""
        return len(self._items)

    def make_rows(self, width: int) -> list[Row]:
        """Return the lines of the groups, or those of the facts."""
        if self._groups:
            return rows_of(self._items, self._opened, self.setting.glyphs, width)
        more = self.setting.glyphs.ellipsis
        wrapped = (lines_within((part,), width, _MOST_LINES, more) for part in self._facts)
        return [fixed_row(-1, line) for lines in wrapped for line in lines]

    def head_line(self, index: int) -> Line:
        """Return what the run with its errors came to, or that it has none."""
        if self._run is None:
            return ()
        if not self._groups:
            return (Cell("No errors so far" if self._run.open else "No errors", "text--strong"),)
        return head(self._run, self._groups, self.setting, self.line_width)

    # Keys

    def action_open(self) -> None:
        """Open a group or close it; have an error read, also that of a group of one."""
        item = self.selected
        if item is None:
            return
        if item.error is not None or len(item.group.members) == 1:
            self.post_message(TextWanted(item.error or item.group.members[0]))
        else:
            self._set_open(item, item.identity not in self._opened)

    def action_unfold(self) -> None:
        """Show the errors of the selected group."""
        if (item := self.selected) is not None:
            self._set_open(item, True)

    def action_fold(self) -> None:
        """Hide the errors of the selected group, or of that of the selected error."""
        if (item := self.selected) is not None:
            self._set_open(item, False)

    def _set_open(self, item: Item, is_open: bool) -> None:
        identity = group_identity(item.group)
        if (identity in self._opened) == is_open:
            return
        self._opened ^= {identity}
        self._replace(True)
        self.select_item(self._cursor)

    def step(self, by: int) -> RunError | None:
        """Put the cursor on the next (1) or the previous (-1) error, in a group that opens for it.

        A group of one error is that error, and stays as it is.
        """
        errors = [(group, n) for group in self._groups for n in range(len(group.members))]
        place = self._error_place() + by
        if not self._items or not 0 <= place < len(errors):
            return None
        group, n = errors[place]
        if len(group.members) > 1 and group_identity(group) not in self._opened:
            self._opened.add(group_identity(group))
            self._replace(True)
        at = next(i for i, item in enumerate(self._items) if item.group is group)
        self.select_item(at if len(group.members) == 1 else at + 1 + n)
        return group.members[n]

    def _error_place(self) -> int:
        """Return which of all errors is selected; of a group, the first."""
        item = self.selected
        if item is None:
            return 0
        groups = takewhile(lambda group: group is not item.group, self._groups)
        before = sum(len(group.members) for group in groups)
        first = self._cursor
        while self._items[first].error is not None:
            first -= 1
        return before + max(0, self._cursor - first - 1)

    def copied(self) -> Copied | None:
        """Return the selected error, or all of the selected group, each whole."""
        item = self.selected
        if item is None:
            return None
        if item.error is not None or len(item.group.members) == 1:
            return copied_error(item.error or item.group.members[0])
        return copied_errors(item.group.cause, item.group.members)


def _groups_of(errors: Sequence[RunError]) -> Sequence[ErrorGroup]:
    """Return errors by their cause; the patterns that find it are made for the first of them."""
    from zos_monitor.model.error_groups import group_errors

    return group_errors(errors)
