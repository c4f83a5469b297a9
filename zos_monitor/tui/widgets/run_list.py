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
from zos_monitor.tui.run_columns import COLUMNS, Setting, style_of, text_of

PAGE = 128
"""Runs asked for at a time."""

_PAGES_KEPT = 12


class Window(NamedTuple):
    """What to ask the service so that what is in view is fresh."""

    first: int | None
    limit: int
    anchor: RunKey | None


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
        self._matched = 0
        self._empty = ""
        self._runs: dict[int, RunSummary] = {}
        self._wanted: set[int] = set()
        self._cursor: int | None = None  # the rank of the selected run
        self._selected: RunSummary | None = None
        self._chosen: RunKey | None = None  # the run that keys or mouse selected last
        self.border_title = "Runs"
        self._newest_seen = -1  # the highest rank that has been in view

    # What the screen asks and tells

    @property
    def selected(self) -> RunSummary | None:
        """The run under the cursor; None where there is none, or it is still loading."""
        return self._selected

    @property
    def unseen(self) -> int:
        """How many runs have arrived above the view since its top was last in sight."""
        return max(0, self._matched - 1 - self._newest_seen)

    @property
    def runs_in_view(self) -> list[RunSummary]:
        """The loaded runs that are in view."""
        return [run for rank in self._ranks_in_view() if (run := self._runs.get(rank)) is not None]

    def window(self, *, anew: bool) -> Window:
        """Return what to ask for: for another question its newest runs, else what is in view.

        The anchor is the run to have under the cursor. For another question that is the one that
        the operator selected last, also where a question in between did not match it.
        """
        if anew:
            return Window(None, PAGE, self._chosen)
        anchor = self._selected.key if self._selected is not None else None
        if not self._matched or self.following:
            return Window(None, PAGE, anchor)
        ranks = self._ranks_needed()
        lowest, highest = min(ranks), max(ranks)
        first = lowest - lowest % PAGE
        return Window(first, min(highest - first + PAGE, 4 * PAGE), anchor)

    def restart(self, fresh: RunSlice) -> None:
        """Show the answer to another question; the chosen run is kept if it matches."""
        self._load(fresh)
        self._newest_seen = self._matched - 1
        self._cursor = self._top_rank() if fresh.anchor is None else fresh.anchor
        self.reshape()
        row = self.cursor_row
        self.scroll_to_row(0)
        if row is not None and row >= self.rows_seen:
            self.scroll_to_row(row - self.rows_seen // 2)
        self._settle()

    def renew(self, fresh: RunSlice) -> None:
        """Take over a fresh answer to the same question; what is in view and selected stays."""
        first_row, cursor_row = self.first_row, self.cursor_row
        top = self._matched - 1 - first_row
        shift = 0
        if self._cursor is not None and fresh.anchor is not None:
            shift = fresh.anchor - self._cursor
        self._load(fresh)
        if self.following or cursor_row is None or self._cursor is None:
            self._cursor = self._top_rank()
            self._view(0)
        elif fresh.anchor is None and self._selected is not None:  # the selected run is gone
            self._cursor = self._rank(min(cursor_row, self._matched - 1))
            self._view(first_row)
        else:
            self._cursor += shift
            row = self.cursor_row or 0
            at_top = first_row == 0 and row < self.rows_seen
            self._view(0 if at_top else self._matched - 1 - (top + shift))
        self._settle()

    def add(self, more: RunSlice) -> None:
        """Take in runs that were wanted; an answer to an older state of the list is dropped."""
        self._wanted.discard(more.first // PAGE)
        if more.matched == self._matched:
            self._keep(more)
            self._settle()

    def set_setting(self, setting: Setting) -> None:
        """Render by another time, zone or set of signs."""
        self.setting = setting
        self.sync()

    # Ranks and rows

    def _rank(self, row: int) -> int | None:
        rank = self._matched - 1 - row
        return rank if 0 <= rank < self._matched else None

    def _top_rank(self) -> int | None:
        return self._rank(0)

    def _ranks_in_view(self) -> range:
        top = self._matched - 1 - self.first_row
        return range(max(0, top - self.rows_seen + 1), max(0, top + 1))

    def _ranks_needed(self) -> set[int]:
        """Return the ranks in view and the cursor's, which may be out of view."""
        ranks = set(self._ranks_in_view())
        if self._cursor is not None:
            ranks.add(self._cursor)
        return ranks or {self._matched - 1}

    def _load(self, fresh: RunSlice) -> None:
        self._matched = fresh.matched
        self._empty = "No run matches the filter" if fresh.total else "No runs yet"
        self._runs.clear()
        self._wanted.clear()
        self._keep(fresh)

    def _keep(self, some: RunSlice) -> None:
        if len(self._runs) > PAGE * _PAGES_KEPT:
            near = self._ranks_in_view()
            self._runs = {
                rank: run
                for rank, run in self._runs.items()
                if near.start - PAGE <= rank < near.stop + PAGE
            }
        self._runs.update(enumerate(some.runs, start=some.first))

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
        run = self._runs.get(self._cursor) if self._cursor is not None else None
        if run is None and self._cursor is not None and self._matched:
            return  # still loading: the selection is told when it is there
        if run != self._selected:
            self._selected = run
            self.post_message(self.Selected(run))

    def _want_missing(self) -> None:
        if not self._matched:
            return
        for rank in sorted(self._ranks_needed()):
            page = rank // PAGE
            if rank not in self._runs and page not in self._wanted:
                self._wanted.add(page)
                self.post_message(self.Wanted(page * PAGE, PAGE))

    def _note_view(self) -> None:
        top = self._matched - 1 - self.first_row
        self._newest_seen = min(max(self._newest_seen, top), self._matched - 1)
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
        if following and self._matched:
            self.move_to(0)
        self._tell_view()

    # The table

    @property
    def row_count(self) -> int:
        """How many runs match."""
        return self._matched

    @property
    def cursor_row(self) -> int | None:
        """The row of the selected run."""
        return None if self._cursor is None else self._matched - 1 - self._cursor

    def select_row(self, row: int) -> None:
        """Select the run at a row; moving away from the newest ends following."""
        self._cursor = self._rank(row)
        if row != 0:
            self.following = False
        self._select_loaded()
        self._want_missing()
        run = self._runs.get(self._cursor) if self._cursor is not None else None
        self._chosen = run.key if run is not None else None

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
        rank = self._rank(row)
        run = self._runs.get(rank) if rank is not None else None
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
