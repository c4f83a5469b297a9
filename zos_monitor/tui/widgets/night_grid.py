"""The grid of the last nights by layer, a sign each: what has happened for two weeks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import ClassVar, NamedTuple

from rich.cells import cell_len
from textual import events
from textual.message import Message

from zos_monitor.model.nights import Night, Nights, Outcome, ScheduledLayer
from zos_monitor.model.text import one_line
from zos_monitor.tui.cells import GAP, Column, choose_columns, fit
from zos_monitor.tui.line_table import LineTable
from zos_monitor.tui.line_view import Cell, Line
from zos_monitor.tui.night_columns import (
    DRY_NIGHTS,
    OUTCOME_STYLES,
    WARNING,
    outcome_style,
    schedule,
)
from zos_monitor.tui.run_columns import Setting
from zos_monitor.tui.tonight_text import legend, time_of_day

_MOST_NIGHTS = 14
_DAY_WIDTH, _MONTH_WIDTH = 3, 4
_LAYER_WIDTHS = 16, 32
_SCHEDULE_WIDTHS = 8, 24


class _Day(NamedTuple):
    """A column of the grid: a night, or None for the name of the month that follows."""

    night: Night | None
    title: str


class NightGrid(LineTable, can_focus=False):
    """A row for each scheduled layer, a column for each night, the newest at the right.

    Its cursor is on the layer that is selected elsewhere. A click on a sign asks for that night.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {WARNING, "night--in-view", *OUTCOME_STYLES}

    class Picked(Message):
        """A night of a layer was clicked."""

        def __init__(self, night: date, layer_name: str) -> None:
            super().__init__()
            self.night = night
            self.layer_name = layer_name

    def __init__(self, setting: Setting, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.setting = setting
        self._nights: Nights | None = None
        self._in_view: date | None = None
        self._layer: str | None = None
        self._cells: list[dict[date, Outcome]] = []

    def show_nights(self, nights: Nights, in_view: date | None) -> None:
        """Show the last nights, with one of them marked."""
        self._nights, self._in_view = nights, in_view
        found: dict[str, dict[date, Outcome]] = {}
        for night in nights.nights:
            for layer in night.layers:
                if layer.outcome is not None:
                    found.setdefault(layer.layer_name, {})[night.date] = layer.outcome
        self._cells = [found.get(layer.layer_name, {}) for layer in nights.layers]
        self.reshape()
        self._say_titles()
        self.sync()

    def select_layer(self, layer_name: str | None) -> None:
        """Mark the row of a layer, and have it in view."""
        self._layer = layer_name
        row = self.cursor_row
        if row is not None:
            self.show_row(row)
        self.look()

    def set_setting(self, setting: Setting) -> None:
        """Render by another time, zone or set of signs."""
        self.setting = setting
        self.sync()

    def on_resize(self) -> None:
        """Show as many nights as fit."""
        super().on_resize()
        self._say_titles()

    def _say_titles(self) -> None:
        shown = [day.night for day in self._days(self._nights_room()) if day.night is not None]
        outcomes = (outcome for cells in self._cells for outcome in cells.values())
        title = f"Last {len(shown)} nights" if len(shown) != 1 else "This night"
        self.set_titles(title, legend(outcomes, self.setting.glyphs, self.size.width - 4))

    # What a table says

    @property
    def _layers(self) -> tuple[ScheduledLayer, ...]:
        return self._nights.layers if self._nights is not None else ()

    @property
    def row_count(self) -> int:
        """How many layers there are."""
        return len(self._layers)

    @property
    def cursor_row(self) -> int | None:
        """The row of the selected layer."""
        names = [layer.layer_name for layer in self._layers]
        return names.index(self._layer) if self._layer in names else None

    def select_row(self, row: int) -> None:
        """Leave it: what is selected is told from elsewhere."""

    def head_line(self, index: int) -> Line:
        """Return the days of the nights by their numbers, with the names of the months."""
        line: list[Cell] = []
        for column, room in self._chosen_columns():
            line += [Cell(" ")] if line else []
            if column.name == "nights":
                line += self._days_line(room)
            else:
                line.append(Cell(fit(column.title, room, align=column.align), "table--head"))
        return tuple(line)

    def row_line(self, row: int) -> Line:
        """Return a layer's signs, and when it starts."""
        line: list[Cell] = []
        for column, room in self._chosen_columns():
            line += [Cell(" ")] if line else []
            if column.name == "nights":
                line += self._signs(self._cells[row], room)
            else:
                text, style = self._text(column.name, self._layers[row])
                more = self.setting.glyphs.ellipsis
                line.append(Cell(fit(text, room, align=column.align, ellipsis=more), style))
        return tuple(line)

    def _text(self, column: str, layer: ScheduledLayer) -> tuple[str, str]:
        setting = self.setting
        if column == "layer":
            return one_line(layer.layer_name), ""
        if column == "schedule":
            return schedule(layer), "table--dim"
        if column == "dry":
            style = WARNING if layer.dry_streak >= DRY_NIGHTS else "table--dim"
            return str(layer.dry_streak or ""), style
        if layer.next_at is None:
            return "none", "table--dim"
        today = setting.now.astimezone(setting.zone).date()
        return time_of_day(layer.next_at, setting.zone, today), "table--dim"

    # The nights

    def _chosen_columns(self) -> list[tuple[Column, int]]:
        names = [cell_len(one_line(layer.layer_name)) for layer in self._layers]
        crons = [cell_len(schedule(layer)) for layer in self._layers]
        nexts = [cell_len(self._text("next", layer)[0]) for layer in self._layers]
        least, most = _LAYER_WIDTHS
        days = sum(_width(day) for day in self._days(self.line_width - least - GAP)) + 1
        # Whole names matter more than what else there is room for beside the nights.
        layer = min(most, max([least, *names]), max(least, self.line_width - days - GAP))
        least_cron, most_cron = _SCHEDULE_WIDTHS
        columns = [
            Column("layer", "LAYER", layer, rank=0),
            Column("nights", "", days, rank=1),
            Column("dry", "DRY", 3, rank=3, align="right"),
            Column("next", "NEXT", max([4, *nexts]), rank=2),
            Column("schedule", "SCHEDULE", min(most_cron, max([least_cron, *crons])), rank=4),
        ]
        if not any(layer.dry_streak for layer in self._layers):
            columns = [column for column in columns if column.name != "dry"]
        return choose_columns(columns, self.line_width)

    def _nights_room(self) -> int:
        return next((room for column, room in self._chosen_columns() if column.name == "nights"), 0)

    def _days(self, room: int) -> list[_Day]:
        """Return the columns that fit: the newest nights, and in any case the one in view."""
        newest_first = self._nights.nights[:_MOST_NIGHTS] if self._nights is not None else ()
        for skipped in range(len(newest_first)):
            days = _fitting(newest_first[skipped:], room - 1)
            if not days or self._in_view in {day.night.date for day in days if day.night}:
                return days
        return _fitting(newest_first, room - 1)

    def _days_line(self, room: int) -> list[Cell]:
        cells: list[Cell] = []
        closing = " "
        for day in self._days(room):
            if day.night is not None and day.night.date == self._in_view:
                cells.append(Cell(f"[{day.title.strip():>2}", "night--in-view"))
                closing = "]"
                continue
            style = "night--in-view" if closing == "]" else "table--head"
            cells += [Cell(closing, style), Cell(day.title[1:], "table--head")]
            closing = " "
        cells.append(Cell(closing, "night--in-view" if closing == "]" else ""))
        return _padded(cells, room)

    def _signs(self, outcomes: dict[date, Outcome], room: int) -> list[Cell]:
        cells: list[Cell] = []
        for day in self._days(room):
            outcome = outcomes.get(day.night.date) if day.night is not None else None
            if outcome is None:
                cells.append(Cell(" " * _width(day)))
            else:
                sign = self.setting.glyphs.sign(outcome)
                cells.append(Cell(f"  {sign}", outcome_style(outcome)))
        return _padded([*cells, Cell(" ")], room)

    def on_click(self, event: events.Click) -> None:
        """Ask for the night of the sign that was clicked, and for its layer."""
        offset = event.get_content_offset(self)
        if offset is None:
            return
        x = offset.x
        for column, room in self._chosen_columns():
            if column.name == "nights":
                break
            x -= room + GAP
        row = self.first_row + max(0, offset.y - self.head_height)
        for day in self._days(self._nights_room()):
            if 0 <= x < _width(day) and day.night is not None and row < self.row_count:
                self.post_message(self.Picked(day.night.date, self._layers[row].layer_name))
            x -= _width(day)


def _fitting(newest_first: Sequence[Night], room: int) -> list[_Day]:
    """Return as many nights as fit, from the oldest on, each month named before its first."""
    days: list[_Day] = []
    for night in newest_first:
        # A night's date is that of its morning.
        month = _Day(None, f" {night.date:%b}")
        later = days[1:] if days and _month_of(days[1]) == _month(night.date) else days
        longer = [month, _Day(night, f" {night.date.day:>2}"), *later]
        if sum(_width(day) for day in longer) > room:
            break
        days = longer
    return days


def _month(day: date) -> tuple[int, int]:
    return day.year, day.month


def _month_of(day: _Day) -> tuple[int, int] | None:
    return _month(day.night.date) if day.night is not None else None


def _width(day: _Day) -> int:
    return _DAY_WIDTH if day.night is not None else _MONTH_WIDTH


def _padded(cells: list[Cell], room: int) -> list[Cell]:
    missing = room - sum(len(cell.text) for cell in cells)
    return [*cells, Cell(" " * missing)] if missing > 0 else cells
