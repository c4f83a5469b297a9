"""The dashboard's screen: it owns the filter and the selection, and answers the keys."""

from __future__ import annotations

import time
from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.getters import query_one
from textual.widget import Widget
from textual.widgets import Static

from zos_monitor.model.changes import Change, Changed
from zos_monitor.model.filter_times import Moment
from zos_monitor.model.filters import FilterError, FilterKey, RunFilter, parse_filter, values_of
from zos_monitor.questions import Service
from zos_monitor.tui.arrangement import LEAST, Pane, too_small
from zos_monitor.tui.driver_choice import redraw
from zos_monitor.tui.feed import Feed, Panes
from zos_monitor.tui.first_rows import FirstAnswer
from zos_monitor.tui.glyphs import Glyphs
from zos_monitor.tui.keys import DASHBOARD_KEYS, footer_bindings
from zos_monitor.tui.line_table import LineTable
from zos_monitor.tui.pacing import seconds_between
from zos_monitor.tui.run_columns import Setting, elapsed_turns_at
from zos_monitor.tui.tabs import make_tab
from zos_monitor.tui.trouble_screen import TroubleScreen
from zos_monitor.tui.widgets.filter_bar import FilterBar
from zos_monitor.tui.widgets.key_line import KeyLine
from zos_monitor.tui.widgets.layers_panel import LayersPanel
from zos_monitor.tui.widgets.notice import Notice
from zos_monitor.tui.widgets.open_strip import OpenStrip
from zos_monitor.tui.widgets.run_detail import RunDetailPane
from zos_monitor.tui.widgets.run_list import RunList
from zos_monitor.tui.widgets.status_line import StatusLine
from zos_monitor.tui.widgets.totals_line import TotalsLine

_OPENING = {
    *("menu", "help", "edit_filter", "jump", "tonight", "attend"),
    *("failures", "figures", "export"),
}


class DashboardScreen(TroubleScreen):
    """Runs, one run's detail, and totals by layer, always those of one filter."""

    AUTO_FOCUS = f"#{Pane.RUNS}"  # not the first that can be: that is the filter line
    BINDINGS: ClassVar[list[BindingType]] = DASHBOARD_KEYS

    status = query_one(StatusLine)
    runs = query_one(RunList)
    layers_panel = query_one(LayersPanel)
    totals_line = query_one(TotalsLine)

    def __init__(
        self,
        service: Service,
        *,
        filter_text: str,
        glyphs: Glyphs,
        first: FirstAnswer | None = None,
        bell: bool = False,
    ) -> None:
        super().__init__(service, glyphs, bell=bell)
        self._first = first
        self._filter_text = filter_text
        self._looks_apart = service.poll.interval

    def compose(self) -> ComposeResult:
        """Build the screen."""
        yield StatusLine(self.service.place, self._setting)
        yield Notice(id="notice")
        yield OpenStrip(self._setting)
        yield FilterBar(self._filter_text)
        with Vertical(id="body"):
            with Horizontal(id="upper"):
                yield RunList(self._setting, id=Pane.RUNS)
                yield RunDetailPane(self._setting, make_tab, id=Pane.DETAIL)
            yield LayersPanel(self._setting, id=Pane.LAYERS)
        yield TotalsLine(self._setting.glyphs, id="totals")
        yield KeyLine()
        yield Static("zos-monitor needs {} columns and {} lines".format(*LEAST), id="too-small")

    def on_mount(self) -> None:
        """Begin to watch the database."""
        panes = Panes(self.filter_bar, self.runs, self.detail, self.layers_panel, self.totals_line)
        self.feed = Feed(
            self.service,
            panes,
            parse_filter(self._filter_text),
            on_trouble=self.note_trouble,
            in_background=self.begin,
            mishaps=self.mishaps,
        )
        self.bindings_updated_signal.subscribe(self, lambda _: self._show_keys())
        self.arrange_panes()
        # Textual hides its toasts after the first frame, and lays all out anew for that.
        self.query("ToastRack").set(display=False)
        if self._first is not None:
            self.feed.begin(self._first)
        self.schedule_tick()
        self.begin("poll", self.follow_poll, self._take)

    async def _take(self, change: Change) -> None:
        self.turn_clock()
        last, self.status.health = self.status.health, change.health
        if last is not None and last.fault is not None and change.health.fault is None:
            self.ask_refused_again()
        self.status.committed_at = change.committed_at
        self.tell_notice()
        if change.changed:
            began = time.monotonic()
            await self.take_up(change.changed)
            took = time.monotonic() - began
            self.service.poll.interval = seconds_between(self._looks_apart, took)

    async def ask_again(self, changed: Changed) -> None:
        """Ask everything again; what surrounds the list where it may have changed."""
        await self.feed.refresh()
        self.refresh_outlook(changed)
        self.schedule_tick()

    # What the panes tell

    @on(FilterBar.Changed)
    def _filter_changed(self, event: FilterBar.Changed) -> None:
        self.begin("filter", self._show_filtered, event.flt)

    async def _show_filtered(self, flt: RunFilter) -> None:
        await self.feed.filtered(flt)
        self.ask_over()

    @on(FilterBar.Left)
    def _filter_left(self) -> None:
        self.go_to(Pane.RUNS)

    def lines_around(self) -> list[Widget]:
        """Return the lines above and below the panes."""
        return [self.status, self.filter_bar, self.keys]

    @on(RunList.Selected)
    def _run_selected(self, event: RunList.Selected) -> None:
        run_id = event.run.id if event.run is not None else None
        self.see_run(run_id)
        self.follow_up(self.feed.detail, run_id)

    @on(RunList.Wanted)
    def _runs_wanted(self, event: RunList.Wanted) -> None:
        self.run_worker(self.feed.add_runs(event.first, event.limit), group="runs")

    @on(RunList.Moved)
    def _runs_moved(self) -> None:
        self.schedule_tick()

    @on(LineTable.Opened, "#runs")
    def _run_opened(self) -> None:
        self.go_to(Pane.DETAIL)

    @on(LayersPanel.Chosen)
    def _layer_chosen(self, event: LayersPanel.Chosen) -> None:
        self.edit_filter(FilterKey.LAYER, (event.layer_name,))
        self.go_to(Pane.RUNS)

    # Time

    def turns(self) -> Iterable[datetime | None]:
        """Return when what is shown reads otherwise."""
        now = self.service.clock()
        yield from super().turns()
        yield from (elapsed_turns_at(run, now) for run in self.runs.runs_in_view)

    def questions_turn_at(self) -> Iterable[datetime | None]:
        """Return when the answers become others by themselves."""
        yield from super().questions_turn_at()
        yield self.feed.turns_at

    def set_setting(self, setting: Setting) -> None:
        """Render everything by another time, zone, or known past."""
        super().set_setting(setting)
        self.status.set_setting(setting)
        self.tell_notice()
        self.runs.set_setting(setting)
        self.detail.set_setting(setting)
        self.layers_panel.set_setting(setting)

    # Keys

    def _show_keys(self) -> None:
        line = self.filter_bar.line
        active, only = self.active_bindings.values(), line if line.has_focus else None
        in_detail = self.detail.has_focus_within
        self.keys.show_bindings(footer_bindings(active, only=only, in_detail=in_detail))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Open nothing where there is no room for it, and do nothing more when leaving."""
        if self.app.return_code is not None:
            return False  # keys that come right behind the one that quits
        return action not in _OPENING or not too_small(*self.app.size)

    def action_edit_filter(self) -> None:
        """Put the cursor into the filter line."""
        self.filter_bar.edit()

    def action_kind(self) -> None:
        """Show only the layers that start by a schedule, or all again."""
        try:  # what is written already counts, for the key may be pressed again before it is shown
            flt = parse_filter(self.filter_bar.text)
        except FilterError:
            flt = self.feed.filter
        chosen = values_of(flt, FilterKey.KIND)
        self.edit_filter(FilterKey.KIND, () if chosen else ("scheduled",))

    async def show_run(self, run_id: str) -> None:
        """Go to a run and open it; where the filter leaves it out, the filter gives way."""
        from zos_monitor.model.filter_words import quote

        self.go_to(Pane.RUNS)
        if not await self.feed.go_to_run(run_id):
            self.filter_bar.text = f"id:{quote(run_id)}"
        self.go_to(Pane.DETAIL)

    def action_clear_filter(self) -> None:
        """Show all runs."""
        self.filter_bar.text = ""
        self.filter_bar.refuse(None)

    def action_follow(self) -> None:
        """Have the cursor go along to each newer run, or stop that."""
        self.runs.following = not self.runs.following

    def action_sort(self, way: str) -> None:
        """Sort the list by the ``next`` figure, or show it ``turned``, from its other end."""
        sort = self.feed.sort.next if way == "next" else self.feed.sort.turned
        self.feed.sort = sort  # at once, for the key may be pressed again before the work begins
        self.begin("filter", self.feed.sorted, sort)

    def action_jump(self) -> None:
        """Ask for a time and go to the newest run that started by then."""
        from zos_monitor.tui.jump import JumpScreen

        self.app.push_screen(JumpScreen(), self._jump)

    def _jump(self, moment: Moment | None) -> None:
        if moment is not None:
            self.go_to(Pane.RUNS)
            self.begin("jump", self.feed.jump, moment)

    def action_pause(self) -> None:
        """Stop looking for changes, or begin again."""
        poll = self.service.poll
        if poll.paused:
            poll.resume()
        else:
            poll.pause()
        self.status.paused = poll.paused

    def action_refresh(self) -> None:
        """Ask everything again, also while paused, and send the whole screen again."""
        self.ask_refused_again()
        self.service.poll.look_now()
        redraw(self)

    def action_help(self) -> None:
        """Show every key and the filter language."""
        from zos_monitor.tui.help import HelpScreen, key_groups

        self.app.push_screen(HelpScreen(key_groups()))

    def action_back(self) -> None:
        """Leave what is open, one thing at a time: zoom, pane, filter."""
        if not self.go_back():
            self.action_clear_filter()
