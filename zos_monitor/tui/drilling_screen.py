"""From a run to its cause: the detail's tabs, texts read whole, the next failure, comparisons.

What lies over the dashboard for that is opened here too, and kept fed: failures by cause,
the full statistics, the texts.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, cast

from textual import on
from textual.getters import query_one

from zos_monitor.model.changes import Changed
from zos_monitor.model.filters import FilterKey, literal, values_of
from zos_monitor.model.windows import has_time, window_words
from zos_monitor.tui.arrangement import Pane
from zos_monitor.tui.feed import Feed
from zos_monitor.tui.outlook_screen import OutlookScreen
from zos_monitor.tui.run_columns import Setting
from zos_monitor.tui.tab_view import Copied, Tab, TextWanted
from zos_monitor.tui.widgets.filter_bar import FilterBar
from zos_monitor.tui.widgets.key_line import KeyLine
from zos_monitor.tui.widgets.run_detail import RunDetailPane

if TYPE_CHECKING:  # they are imported when they are needed
    from zos_monitor.tui.growing_screen import GrowingScreen
    from zos_monitor.tui.widgets.calls_tab import CallsTab
    from zos_monitor.tui.widgets.targets_tab import TargetsTab


_NOTICEABLE = 0.3  # seconds of searching from which on the footer says so


class DrillingScreen(OutlookScreen):
    """A screen whose detail pane leads on: to texts, to other runs, and to all failures."""

    feed: Feed
    filter_bar = query_one(FilterBar)
    detail = query_one(RunDetailPane)
    keys = query_one(KeyLine)

    _over: GrowingScreen[Any] | None = None

    def edit_filter(self, key: FilterKey, values: tuple[str, ...]) -> None:
        """Have these literal values for a key in the filter's text; none means any."""
        from zos_monitor.tui.filter_menus import edited

        self.filter_bar.text = edited(self.filter_bar.text, key, values)

    def action_menu(self, key: str) -> None:
        """Choose a filter's values from a menu."""
        from zos_monitor.tui.filter_menus import open_menu

        bar = self.filter_bar
        open_menu(self.app, FilterKey(key), bar.text, bar.known_layers, take=self.edit_filter)

    def set_setting(self, setting: Setting) -> None:
        """Render by another time, zone, or known past."""
        super().set_setting(setting)
        if self._over is not None:
            self._over.set_setting(setting)

    # Tabs

    @on(RunDetailPane.Switched)
    def _tab_switched(self) -> None:
        self.begin("part", self.feed.complete_detail)

    def action_tab(self, by: int) -> None:
        """Bring the next or the previous tab into view."""
        tabs = list(Tab)
        self.action_show_tab(tabs[(tabs.index(self.detail.tab) + by) % len(tabs)])

    def action_show_tab(self, tab: str) -> None:
        """Bring a tab into view; where the detail has no room beside the list, in its place."""
        self.detail.switch(Tab(tab))
        if not self.detail.display:
            self.go_to(Pane.DETAIL)

    async def on_targets_tab_chosen(self, event: TargetsTab.Chosen) -> None:
        """Show the calls about a target."""
        self.detail.switch(Tab.CALLS)
        calls = self.detail.view
        await self.feed.complete_detail()
        if self.detail.view is calls:
            cast("CallsTab", calls).go_to_topic(event.topic)

    def action_compare(self) -> None:
        """Show the run beside the last success of its layer, or beside the marked run."""
        self.action_show_tab(Tab.COMPARE)

    def action_mark(self) -> None:
        """Mark the selected run to compare others with it, or take the mark away."""
        run, details = self.runs.selected, self.feed.details
        if run is None:
            return
        details.marked = None if details.marked == run.id else run.id
        self.set_setting(self._setting._replace(marked=details.marked))
        self.begin("part", self.feed.complete_detail)
        unmarked = "Unmarked: runs are compared with the last success of their layer"
        self.keys.say("Marked: d compares another run with it" if details.marked else unmarked)

    # Texts

    @on(TextWanted)
    def _open_text(self, event: TextWanted) -> None:
        from zos_monitor.tui.reading import Reading

        Reading(self, event.subject).open()

    def copy(self, copied: Copied) -> str:
        """Take a text along to the clipboard of the reader's terminal; return what to say of it."""
        from zos_monitor.tui.clipboard import copy

        return copy(self.app, copied, os.environ)

    def action_copy_id(self) -> None:
        """Copy the id of the selected run."""
        run = self.runs.selected
        if run is not None:
            self.keys.say(self.copy(Copied("the run's id", run.id)))

    def action_copy_details(self) -> None:
        """Copy the details of what is selected in the tab in view."""
        copied = self.detail.tab_view.copied()
        self.keys.say(self.copy(copied) if copied is not None else "There is nothing to copy")

    # Other runs

    def tell_refusal(self, words: str) -> None:
        """Say in the line of the keys that what was just asked for is not offered."""
        self.keys.say(words)

    def action_failure(self, way: str) -> None:
        """Go to the next run of the list that went wrong: the next ``older`` one, or ``newer``."""
        down = self.feed.oldest_first
        self.begin("jump", self._go_to_failure, (way == "newer") != down)

    async def _go_to_failure(self, newer: bool) -> None:
        where = "newer" if newer else "older"
        words = f"Searching for the next {where} run that went wrong"
        slow = self.set_timer(_NOTICEABLE, lambda: self.keys.say(words))
        try:
            there = await self.feed.go_to_failure(newer=newer)
        finally:
            slow.stop()
        if there:
            self.keys.be_silent()
        else:
            self.keys.say(f"No {where} run that went wrong among these")

    # What lies over the dashboard

    def ask_over(self) -> None:
        """Have asked again what lies over the dashboard."""
        if self._over is not None:
            self._over.ask_again()

    def refresh_outlook(self, changed: Changed) -> None:
        """Have asked again what may have changed, also over the dashboard."""
        super().refresh_outlook(changed)
        self.ask_over()

    def show_nights(self) -> None:
        """Show the nights in the full statistics."""
        if self._over is not None:
            self._over.set_nights(self.nights)

    def _choose_window(self) -> None:
        self.action_menu(FilterKey.SINCE)

    def action_failures(self) -> None:
        """Show the failures of the runs that the filter matches, by cause."""
        from zos_monitor.questions import FAILURES_WINDOW
        from zos_monitor.tui.failures_screen import FailuresScreen

        def go_on(cause: str | None) -> None:
            self._over = None
            if cause is not None:
                self._filter_by_cause(cause, FAILURES_WINDOW)

        self._over = FailuresScreen(
            self._setting,
            ask=lambda: self.service.failures(self.feed.filter),
            span=lambda: window_words(self.feed.filter, FAILURES_WINDOW),
            choose_window=self._choose_window,
        )
        self.app.push_screen(self._over, go_on)

    def _filter_by_cause(self, cause: str, window: str) -> None:
        """Have the list show the runs of a group, those of the window that they were counted in."""
        from zos_monitor.model.filter_words import write_value
        from zos_monitor.tui.filter_menus import edited

        text = self.filter_bar.text
        if not has_time(self.feed.filter):
            text = edited(text, FilterKey.SINCE, (window,))
        pattern = literal(cause)
        chosen = values_of(self.feed.filter, FilterKey.CAUSE)
        if chosen and pattern not in chosen:  # the group's runs have both
            text = f"{text} {FilterKey.CAUSE}:{write_value(pattern, bare=False)}"
        else:
            text = edited(text, FilterKey.CAUSE, (cause,))
        self.filter_bar.text = text
        self.go_to(Pane.RUNS)

    def action_figures(self) -> None:
        """Show the full statistics of the runs that the filter matches, by layer and by model."""
        from zos_monitor.model.windows import DEFAULT_WINDOW
        from zos_monitor.tui.figures_screen import FiguresScreen

        def go_on(layer_name: str | None) -> None:
            self._over = None
            if layer_name is not None:
                self.edit_filter(FilterKey.LAYER, (layer_name,))
                self.go_to(Pane.RUNS)

        self._over = FiguresScreen(
            self._setting,
            ask=lambda: self.service.breakdown(self.feed.filter, window=DEFAULT_WINDOW),
            span=lambda: window_words(self.feed.filter),
            nights=self.nights,
            choose_window=self._choose_window,
        )
        self.app.push_screen(self._over, go_on)

    def action_export(self) -> None:
        """Export the runs that the filter matches to a file."""
        from pathlib import Path

        from zos_monitor.tui.export_screen import ExportScreen

        def go_on(words: str | None) -> None:
            if words is not None:
                self.keys.say(words)

        count, flt, now = self.filter_bar.count, self.feed.filter, self.service.clock()
        matched = count.matched if count is not None else 0
        self.app.push_screen(
            ExportScreen(
                folder=Path.cwd(),
                stamp=now,
                words=flt.text,
                total=matched,
                pages=lambda: self.service.details(flt, now=now),
            ),
            go_on,
        )
