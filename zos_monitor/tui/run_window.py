"""A window over a long list of runs: which rows are loaded, in view and under the cursor.

Only rows near the view are loaded, page by page; no key waits for a row that is still to come.
"""

from __future__ import annotations

from textual.message import Message
from textual.reactive import reactive

from zos_monitor.model.runs import RunCount, RunKey, RunSlice, RunSummary
from zos_monitor.tui.line_table import LineTable
from zos_monitor.tui.loaded_runs import PAGE, LoadedRuns, Window


class RunWindow(LineTable):
    """Rows of runs, newest first; the cursor stays on its run whatever arrives around it."""

    following: reactive[bool] = reactive(False, repaint=False)
    """Whether the cursor goes along to each newer run."""

    class Selected(Message, bubble=False):
        """Another run is under the cursor, or none."""

        def __init__(self, run: RunSummary | None) -> None:
            super().__init__()
            self.run = run

    class Wanted(Message, bubble=False):
        """Runs came into view that are not loaded: those in the rows from ``first`` on."""

        def __init__(self, first: int, limit: int) -> None:
            super().__init__()
            self.first = first
            self.limit = limit

    class Moved(Message, bubble=False):
        """Other runs are in view, or may be."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._runs = LoadedRuns()
        self._cursor: int | None = None  # the row of the selected run
        self._cursor_key: RunKey | None = None  # the run in it, as far as known
        self._selected: RunSummary | None = None
        self._choosing = False  # whether keys or mouse put the cursor where it is
        self._chosen: RunKey | None = None  # the run that they selected last
        self._unseen = 0
        self._ahead = 1  # the direction of travel: 1 to older runs, -1 to newer ones
        self._to_end = False  # whether the last run is wanted, as soon as it is known

    # What the screen asks and tells

    @property
    def selected(self) -> RunSummary | None:
        """The run under the cursor; None where there is none, or it is still loading."""
        return self._selected

    @property
    def unseen(self) -> int:
        """How many runs have arrived above the view since its top was last in sight."""
        return self._unseen

    @property
    def counted(self) -> bool:
        """Whether all runs of the list are found, so that its end is known."""
        return self._runs.count.counted

    @property
    def runs_in_view(self) -> list[RunSummary]:
        """The loaded runs that are in view."""
        return [run for row in self._rows_in_view() if (run := self._runs.at(row)) is not None]

    def window(self, *, anew: bool) -> Window:
        """Return what to ask for: for another question its newest runs, else what is in view.

        The anchor is the run to have under the cursor. For another question that is the one that
        the operator selected last, also where a question in between did not match it.
        """
        if anew:
            return Window(0, PAGE, self._chosen)
        if not self.row_count or self.following:
            return Window(0, PAGE, self._cursor_key, self._cursor)
        rows = self._rows_in_view()
        first = rows.start - rows.start % PAGE
        anchor, row = self._cursor_key, self._cursor
        if anchor is None:  # the cursor's run is not known yet: what is in view holds it in place
            loaded = ((run, row) for row in rows if (run := self._runs.at(row)) is not None)
            anchor, row = next(((run.key, row) for run, row in loaded), (None, row))
        return Window(first, rows.stop - first + PAGE, anchor, row)

    def restart(self, fresh: RunSlice) -> None:
        """Show the answer to another question; the chosen run is kept if it matches."""
        self._load(fresh)
        self._unseen = 0
        self._to_end = self._choosing = False
        self._cursor_key = None
        kept = None if self.following else fresh.anchor
        self._cursor = self._last_row(0 if kept is None else kept)
        row = self._cursor or 0
        self._view(0 if row < self.rows_seen else row - self.rows_seen // 2)
        self._settle()

    def renew(self, fresh: RunSlice, asked: Window) -> None:
        """Take over a fresh answer to the same question; what is in view and selected stays.

        What was asked tells how far rows have moved since, for the cursor may have moved on.
        """
        first_row, cursor = self.first_row, self._cursor
        to_end, shift = self._to_end, 0
        if asked.row is not None and fresh.anchor is not None:
            shift = fresh.anchor - asked.row
        self._load(fresh)
        if self.following or cursor is None:
            self._cursor = self._last_row(0)
            self._view(0)
        else:
            self._cursor = self._last_row(cursor + shift)
            at_top = first_row == 0 and cursor + shift < self.rows_seen
            self._unseen = max(0, self._unseen + shift)
            self._view(0 if at_top else first_row + shift)
        self._know_cursor(asked, fresh)
        if to_end and self.row_count:
            self.action_edge(1)
        self._settle()

    def _know_cursor(self, asked: Window, fresh: RunSlice) -> None:
        """Forget which run is under the cursor where that is not told by the answer."""
        if asked.anchor == self._cursor_key and fresh.anchor is not None:
            return
        self._cursor_key = None

    def add(self, more: RunSlice) -> bool:
        """Take in runs that were wanted; tell whether they are of the list that is shown.

        In another one they would stand in wrong rows: then all in view is to be asked anew.
        """
        if not self._runs.add(more, near=self._rows_in_view()):
            return False
        self._show_growth()
        return True

    def grow(self, count: RunCount) -> bool:
        """Show that further runs were found; tell whether they are of the list that is shown."""
        if not self._runs.grow(count):
            return False
        self._show_growth()
        return True

    def wants(self, first: int) -> bool:
        """Tell whether a page is still near the view; else it is not asked for any more."""
        near = any(first - PAGE <= row < first + 2 * PAGE for row in self._rows_needed())
        if not near:
            self._runs.unwant(first)
        return near

    def jump(self, row: int) -> None:
        """Select a row, with as much above it in view as below."""
        if self.row_count:
            row = min(max(row, 0), self.row_count - 1)
            self.scroll_to_row(min(max(0, row - self.rows_seen // 2), self.max_scroll_y))
            self.move_to(row)

    # Rows in view, and what follows from them

    def _rows_in_view(self) -> range:
        first = min(self.first_row, max(0, self.row_count - 1))
        return range(first, min(first + max(1, self.rows_seen), self.row_count))

    def _rows_needed(self) -> set[int]:
        """Return the rows in view, the cursor's, and one a page ahead as the view travels."""
        rows = self._rows_in_view()
        if not rows:
            return set()
        ahead = rows[-1] + PAGE if self._ahead > 0 else rows[0] - PAGE
        needed = {*rows, min(max(0, ahead), self.row_count - 1)}
        return needed if self._cursor is None else {*needed, self._cursor}

    def _last_row(self, row: int) -> int | None:
        """Return the row, or the nearest to it that there is."""
        return min(max(0, row), self.row_count - 1) if self.row_count else None

    def _load(self, fresh: RunSlice) -> None:
        self._runs.load(fresh)
        self.tell_count(fresh)

    def _show_growth(self) -> None:
        self.tell_count(self._runs.count)
        if self._cursor is None:
            self._cursor = self._last_row(0)
        self.reshape()
        if self._to_end and self.row_count:
            self.action_edge(1)
        self._settle()

    def _view(self, row: int) -> None:
        self.reshape()
        self.scroll_to_row(max(0, min(row, self.max_scroll_y)))

    def _settle(self) -> None:
        """Bring selection, wants and screen in line with the state."""
        self._select_loaded()
        self._want_missing()
        self._note_view()
        self.sync()

    def _select_loaded(self) -> None:
        run = self._runs.at(self._cursor)
        if run is None and self._cursor is not None:
            return  # still loading: the selection is told when it is there
        self._cursor_key = run.key if run is not None else None
        if self._choosing:
            self._chosen, self._choosing = (run.key if run is not None else None), False
        if run != self._selected:
            self._selected = run
            self._tell(self.Selected(run))

    def _tell(self, message: Message) -> None:
        """Tell the screen at once, so that it asks for the detail before the list is drawn."""
        self.screen.post_message(message)

    def _want_missing(self) -> None:
        for first in self._runs.want(self._rows_needed()):
            self._tell(self.Wanted(first, PAGE))

    def _note_view(self) -> None:
        self._unseen = min(self._unseen, self.first_row)
        self.tell_view()
        self._tell(self.Moved())

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Load what came into view."""
        super().watch_scroll_y(old_value, new_value)
        if round(old_value) != round(new_value):
            self._ahead = 1 if new_value > old_value else -1
            self._want_missing()
            self._note_view()

    def on_resize(self) -> None:
        """Load what a taller pane shows."""
        super().on_resize()
        self._want_missing()

    def watch_following(self, following: bool) -> None:
        """Go to the newest run when following begins."""
        if following and self.row_count:
            self.move_to(0)
        self.tell_view()

    # What a subclass says

    def tell_count(self, count: RunCount) -> None:
        """Say how many runs have been found."""

    def tell_view(self) -> None:
        """Say which part of the list is in view."""

    # The table

    @property
    def row_count(self) -> int:
        """How many runs match, as far as they are found."""
        return self._runs.count.matched

    @property
    def cursor_row(self) -> int | None:
        """The row of the selected run."""
        return self._cursor

    def select_row(self, row: int) -> None:
        """Select the run at a row; moving away from the newest ends following."""
        if row != self._cursor:
            self._cursor, self._cursor_key = row, None
        self._choosing = True
        self._to_end = False
        if row != 0:
            self.following = False
        self._select_loaded()
        self._want_missing()

    def action_edge(self, direction: int) -> None:
        """Move the cursor to the first (-1) or last (1) row, also where that is not known yet."""
        super().action_edge(direction)
        self._to_end = direction > 0 and not self.counted
