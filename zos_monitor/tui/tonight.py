"""The screen of the nights: what was to start when, what became of it, and the weeks before."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType

from zos_monitor.model.nights import Night, Nights
from zos_monitor.tui.arrangement import LEAST
from zos_monitor.tui.bindings import bound
from zos_monitor.tui.night_columns import about
from zos_monitor.tui.over import FullScreen
from zos_monitor.tui.run_columns import Setting
from zos_monitor.tui.tonight_text import night_title
from zos_monitor.tui.widgets.night_foot import NightFoot
from zos_monitor.tui.widgets.night_grid import NightGrid
from zos_monitor.tui.widgets.night_table import NightTable

_BORDERS, _HEAD = 2, 1
_LEAST_TABLE = 7  # lines, its border included
_LEAST_GRID = 6
_TABLE_SHARE = 0.55  # of the height, where both want more than there is
_WIDE = 100

TONIGHT_KEYS: list[BindingType] = [
    bound("left_square_bracket", "night(1)", "tonight.earlier", "", "The night before"),
    bound("right_square_bracket", "night(-1)", "tonight.later", "", "The night after"),
    bound("escape,T,q", "leave", "tonight.close", "", "Back to the runs"),
]
"""The keys of this screen; those of its table are the same as in every list."""


class TonightScreen(FullScreen[str | None]):
    """Returns the id of a run to be opened, None where it was left.

    ``show`` and ``set_setting`` bring what is new; the night in view, the cursor and the scroll
    stay where they are. ``refused`` says why no nights are told.
    """

    AUTO_FOCUS = "#night"
    BINDINGS: ClassVar[list[BindingType]] = TONIGHT_KEYS

    def __init__(
        self, setting: Setting, nights: Nights | None = None, *, refused: str = ""
    ) -> None:
        super().__init__()
        self._setting = setting
        self._nights = nights
        # Not looked up: on leaving they go before the messages that tell of them.
        self.table = NightTable(setting, id="night", refused=refused)
        self.grid = NightGrid(setting, id="nights")
        self.foot = NightFoot(setting.glyphs.ellipsis, id="night-foot")
        self._date: date | None = None
        self._built = False

    def compose(self) -> ComposeResult:
        """Build the screen."""
        yield from (self.table, self.grid, self.foot)

    def on_mount(self) -> None:
        """Show what is known by now."""
        self._built = True
        self._render_all()

    def on_resize(self, event: events.Resize) -> None:
        """Give each part the lines that it needs, as far as there are."""
        self._arrange(event.size.width)

    def show(self, nights: Nights) -> None:
        """Show fresh data, in the night that is in view."""
        if nights != self._nights:
            self._nights = nights
            self._render_all()

    def set_setting(self, setting: Setting) -> None:
        """Render by another time, zone or set of signs."""
        self._setting = setting
        if self._built:
            self.table.set_setting(setting)
            self.grid.set_setting(setting)
            self._say_titles()
            self._say_remark()

    @property
    def night(self) -> Night | None:
        """The night in view; None while none is known."""
        index = self._index()
        return self._nights.nights[index] if self._nights is not None and index >= 0 else None

    def _index(self) -> int:
        """Return which night is in view, counted back from the present one; -1 for none."""
        nights = self._nights.nights if self._nights is not None else ()
        if self._date is None:
            return 0 if nights else -1
        days = [night.date for night in nights]
        # One that is too old to be known any more gives way to the oldest.
        return next((n for n, day in enumerate(days) if day <= self._date), len(days) - 1)

    def _render_all(self) -> None:
        if not self._built:
            return
        nights, night = self._nights, self.night
        if nights is not None:
            self._date = night.date if night is not None else None
            self.table.show_night(nights, night)
            self.grid.show_nights(nights, self._date)
        self.fit()
        self._say_titles()

    def fit(self) -> None:
        """Give each part the lines that it needs, as far as there are."""
        self._arrange(self.app.size.width)

    def _arrange(self, width: int) -> None:
        """Give the grid what the table leaves; where that is next to nothing, do without it."""
        nights = self._nights
        layers = len(nights.layers) if nights is not None and nights.nights else 0
        one = width >= _WIDE or self.lines_free < LEAST[1]
        remark_lines = min(1 if one else 2, len(self.table.rows))
        self.foot.show_faults(nights.faults if nights is not None else (), remark_lines)
        foot = self.foot.lines_wanted(remark_lines)
        room = self.lines_free - foot
        wanted = len(self.table.rows) + _BORDERS + _HEAD
        table = min(wanted, max(_LEAST_TABLE, int(room * _TABLE_SHARE)))
        whole = layers + _BORDERS + _HEAD
        grid = min(whole, room - table)
        self.grid.display = layers > 0 and grid >= min(whole, _LEAST_GRID)
        self.grid.styles.height = max(grid, 1)
        self.foot.display = foot > 0
        self.foot.styles.height = max(foot, 1)

    def _say_titles(self) -> None:
        index = self._index()
        keys = "[ earlier  ] later  enter opens the run  esc closes"
        if self._nights is None or index < 0:
            self.table.set_titles("Tonight", "esc closes")
        else:
            self.table.set_titles(night_title(self._nights, index, self._setting.zone), keys)

    @on(NightTable.Moved)
    def _say_remark(self) -> None:
        row, context = self.table.selected, self.table.context
        self.grid.select_layer(row.layer_name if row is not None else None)
        if row is not None and context is not None:
            self.foot.show_remark(about(row, context))
        else:
            self.foot.show_remark(())

    @on(NightTable.Run)
    def _open_run(self, event: NightTable.Run) -> None:
        self.dismiss(event.run_id)

    @on(NightGrid.Picked)
    def _picked(self, event: NightGrid.Picked) -> None:
        self._go_to(event.night)
        self.table.select_layer(event.layer_name)

    def action_night(self, back: int) -> None:
        """Show the night so many before the one in view, or after it."""
        nights = self._nights.nights if self._nights is not None else ()
        if nights:
            self._go_to(nights[min(max(0, self._index() + back), len(nights) - 1)].date)

    def _go_to(self, day: date) -> None:
        if day != self._date:
            self._date = day
            self._render_all()

    def action_leave(self) -> None:
        """Go back to the dashboard."""
        self.dismiss(None)
