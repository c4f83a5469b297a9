"""The run list: a window over every run that the filter matches, newest first.

Runs are known by rank, counted from the oldest (see ``RunSlice``): runs that arrive on top change
no rank, so what is loaded, seen and selected stays what it is.
"""

from __future__ import annotations

from typing import ClassVar, NamedTuple

from textual.message import Message
from textual.reactive import reactive

from zos_monitor.model.runs import RunKey, RunSlice, RunSummary
from zos_monitor.model.states import RunState
from zos_monitor.tui.cells import choose_columns, fit
from zos_monitor.tui.line_table import Cell, Line, LineTable, spaced
from zos_monitor.tui.ranked_runs import PAGE, RankedRuns
from zos_monitor.tui.run_columns import COLUMNS, Setting, style_of, text_of


class Window(NamedTuple):
    """What to ask the service for, so that what is in view is fresh.

    ``anchor`` is the run whose rank is asked along, ``rank`` the one that it had then.
    """

    first: int | None
    limit: int
    anchor: RunKey | None
    rank: int | None = None


class RunList(LineTable):
    """Runs, newest first; the cursor stays on its run whatever arrives around it."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"run--{state}" for state in RunState}

    following: reactive[bool] = reactive(False, repaint=False)
    """Whether the cursor goes along to each newer run."""

    class Selected(Message):
        """Another run is under the cursor, or none."""

        def __init__(self, run: RunSummary | None) -> None:
            super().__init__()
            self.run = run

    class Wanted(Message):
        """Runs came into view that are not loaded: those from rank ``first`` upwards."""

        def __init__(self, first: int, limit: int) -> None:
            super().__init__()
            self.first = first
            self.limit = limit

    class Moved(Message):
        """Other runs are in view, or may be."""

    def __init__(self, setting: Setting, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.setting = setting
        self.border_title = "Runs"
        self._runs = RankedRuns()
        self._empty = ""
        self._cursor: int | None = None  # the rank of the selected run
        self._selected: RunSummary | None = None
        self._choosing = False  # whether keys or mouse put the cursor where it is
        self._chosen: RunKey | None = None  # the run that they selected last
        self._newest_seen = -1  # the highest rank that has been in view

    # What the screen asks and tells

    @property
    def selected(self) -> RunSummary | None:
        """The run under the cursor; None where there is none, or it is still loading."""
        return self._selected

    @property
    def unseen(self) -> int:
        """How many runs have arrived above the view since its top was last in sight."""
        return max(0, self.row_count - 1 - self._newest_seen)

    @property
    def runs_in_view(self) -> list[RunSummary]:
        """The loaded runs that are in view."""
        return [run for rank in self._ranks_in_view() if (run := self._runs.at(rank)) is not None]

    def window(self, *, anew: bool) -> Window:
        """Return what to ask for: for another question its newest runs, else what is in view.

        The anchor is the run to have under the cursor. For another question that is the one that
        the operator selected last, also where a question in between did not match it.
        """
        if anew:
            return Window(None, PAGE, self._chosen)
        run = self._runs.at(self._cursor)
        anchor = run.key if run is not None else None
        if not self.row_count or self.following:
            return Window(None, PAGE, anchor, self._cursor)
        ranks = self._ranks_needed()
        first = min(ranks) - min(ranks) % PAGE
        limit = min(max(ranks) - first + PAGE, 4 * PAGE)
        return Window(first, limit, anchor, self._cursor)

    def restart(self, fresh: RunSlice) -> None:
        """Show the answer to another question; the chosen run is kept if it matches."""
        self._load(fresh)
        self._newest_seen = self.row_count - 1
        kept = None if self.following else fresh.anchor
        self._cursor = self._runs.rank(0) if kept is None else kept
        row = self.cursor_row or 0
        self._view(0 if row < self.rows_seen else row - self.rows_seen // 2)
        self._settle()

    def renew(self, fresh: RunSlice, asked: Window) -> None:
        """Take over a fresh answer to the same question; what is in view and selected stays.

        What was asked tells how far ranks have shifted since, for the cursor may have moved on.
        """
        first_row, cursor_row, cursor = self.first_row, self.cursor_row or 0, self._cursor
        top = self._runs.rank(first_row)
        shift = 0
        if asked.rank is not None and fresh.anchor is not None:
            shift = fresh.anchor - asked.rank
        gone = asked.anchor is not None and fresh.anchor is None and cursor == asked.rank
        self._load(fresh)
        if self.following or not self.row_count or cursor is None or top is None:
            self._cursor = self._runs.rank(0)
            self._view(0)
        elif gone:
            self._cursor = self._runs.rank(min(cursor_row, self.row_count - 1))
            self._view(first_row)
        else:
            self._newest_seen += shift
            self._cursor = min(max(cursor + shift, 0), self.row_count - 1)
            at_top = first_row == 0 and self._runs.row(self._cursor) < self.rows_seen
            self._view(0 if at_top else self._runs.row(top + shift))
        self._settle()

    def add(self, more: RunSlice) -> bool:
        """Take in runs that were wanted; tell whether they are of the state that is shown.

        Of another state they would stand at wrong ranks: then all in view is to be asked anew.
        """
        if more.matched != self.row_count:
            return False
        self._runs.add(more, near=self._ranks_in_view())
        self._settle()
        return True

    def say(self, words: str) -> None:
        """Say this where nothing has been loaded yet."""
        if not self.row_count and words != self._empty:
            self._empty = words
            self.sync()

    def set_setting(self, setting: Setting) -> None:
        """Render by another time, zone or set of signs."""
        self.setting = setting
        self.sync()

    # Ranks in view, and what follows from them

    def _ranks_in_view(self) -> range:
        top = self._runs.rank(self.first_row)
        return range(0) if top is None else range(max(0, top - self.rows_seen + 1), top + 1)

    def _ranks_needed(self) -> set[int]:
        """Return the ranks in view and the cursor's, which may be out of view."""
        ranks = set(self._ranks_in_view())
        if self._cursor is not None:
            ranks.add(self._cursor)
        return ranks

    def _load(self, fresh: RunSlice) -> None:
        self._runs.load(fresh)
        self._empty = "No run matches the filter" if fresh.total else "No runs yet"

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
        if self._choosing:
            self._chosen, self._choosing = (run.key if run is not None else None), False
        if run != self._selected:
            self._selected = run
            # Straight to the screen, so that it asks for the detail before the list is drawn.
            self.screen.post_message(self.Selected(run))

    def _want_missing(self) -> None:
        for first in self._runs.want(self._ranks_needed()):
            self.post_message(self.Wanted(first, PAGE))

    def _note_view(self) -> None:
        top = self._runs.rank(self.first_row)
        seen = self._newest_seen if top is None else max(self._newest_seen, top)
        self._newest_seen = min(seen, self.row_count - 1)
        self._tell_view()

    def _tell_view(self) -> None:
        """Say in the border whether the list follows, and how many runs came in above the view."""
        glyphs = self.setting.glyphs
        title = f"Runs {glyphs.dot} following" if self.following else "Runs"
        subtitle = f"{glyphs.up} {self.unseen:,} newer" if self.unseen else ""
        if (self.border_title, self.border_subtitle or "") != (title, subtitle):
            self.border_title, self.border_subtitle = title, subtitle
        self.post_message(self.Moved())

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Load what came into view."""
        super().watch_scroll_y(old_value, new_value)
        if round(old_value) != round(new_value):
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
        self._tell_view()

    # The table

    @property
    def row_count(self) -> int:
        """How many runs match."""
        return self._runs.matched

    @property
    def cursor_row(self) -> int | None:
        """The row of the selected run."""
        return None if self._cursor is None else self._runs.row(self._cursor)

    def select_row(self, row: int) -> None:
        """Select the run at a row; moving away from the newest ends following."""
        self._cursor = self._runs.rank(row)
        self._choosing = True
        if row != 0:
            self.following = False
        self._select_loaded()
        self._want_missing()

    def head_line(self, index: int) -> Line:
        """Return the column titles."""
        return spaced(
            Cell(fit(column.title, width, align=column.align), "table--head")
            for column, width in choose_columns(COLUMNS, self.line_width)
        )

    def empty_line(self) -> Line:
        """Say why there is nothing to see."""
        return (Cell(self._empty, "table--dim"),) if self._empty else ()

    def row_line(self, row: int) -> Line:
        """Return a run's line; a run that is not loaded yet is a row of dots."""
        run = self._runs.at(self._runs.rank(row))
        if run is None:
            return (Cell(self.setting.glyphs.dot * 3, "table--dim"),)
        more = self.setting.glyphs.ellipsis
        return spaced(
            Cell(
                fit(text_of(column, run, self.setting), width, align=column.align, ellipsis=more),
                style_of(column, run),
            )
            for column, width in choose_columns(COLUMNS, self.line_width)
        )
