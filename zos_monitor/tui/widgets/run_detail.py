"""The detail pane: one run in tabs, each of which keeps its own place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Self, cast

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widget import Widget

from zos_monitor.model.runs import RunDetail
from zos_monitor.model.text import one_line
from zos_monitor.tui.run_columns import Setting, state_words
from zos_monitor.tui.tab_view import Matter, Tab, TabView
from zos_monitor.tui.titled import Titled
from zos_monitor.tui.widgets.tab_line import TabLine


class RunDetailPane(Titled, Vertical):
    """Shows one run in the tab in view; a tab's widget is made when it is first shown.

    ``make`` makes the widget of a tab. What is shown stays shown until something else is known:
    tab, cursor and scroll are the reader's.
    """

    DEFAULT_CSS = """
    RunDetailPane { layout: vertical; }
    RunDetailPane > .detail--tab { height: 1fr; background: $surface; }
    """

    class Switched(Message):
        """Another tab came into view: what it shows may still have to be asked for."""

    def __init__(
        self, setting: Setting, make: Callable[[Tab, Setting], Widget], *, id: str | None = None
    ) -> None:
        super().__init__(id=id)
        self.setting = setting
        self.matter = Matter()
        self.tab = Tab.ERRORS
        self.tabs = TabLine(setting.glyphs)  # not looked up: on leaving it goes before the answers
        self._make = make
        self._views: dict[Tab, Widget] = {}

    def compose(self) -> ComposeResult:
        """Build the line of tabs and the first of them."""
        yield self.tabs
        yield self._new_view(self.tab)

    def on_mount(self) -> None:
        """Say what it is."""
        self._say_title()

    @property
    def shown(self) -> RunDetail | None:
        """The run that is shown."""
        return self.matter.run

    @property
    def view(self) -> Widget:
        """The widget of the tab in view."""
        return self._views[self.tab]

    @property
    def tab_view(self) -> TabView:
        """The same as what tabs have in common."""
        return cast(TabView, self.view)

    def show(self, matter: Matter) -> None:
        """Show a run, or that none is selected."""
        self.matter = matter
        self._say_title()
        self.tabs.counts = _counts(matter)
        self.tab_view.show(matter)

    def set_setting(self, setting: Setting) -> None:
        """Render by another time, zone or set of signs."""
        self.setting = setting
        self.tab_view.set_setting(setting)

    def switch(self, tab: Tab) -> None:
        """Bring a tab into view; the focus goes along where it was on the one before."""
        if tab is self.tab:
            return
        last, had_focus = self.view, self.view.has_focus
        if tab not in self._views:  # should it fail, the tab is left as it is
            self.mount(self._new_view(tab))
        self.tab = self.tabs.active = tab
        self.view.display = True
        self.tab_view.set_setting(self.setting)
        self.tab_view.show(self.matter)
        if had_focus:
            self.view.focus()
        last.display = False
        self.post_message(self.Switched())

    def focus(self, scroll_visible: bool = True) -> Self:
        """Give the focus to the tab in view."""
        self.view.focus(scroll_visible)
        return self

    def on_tab_line_chosen(self, event: TabLine.Chosen) -> None:
        """Bring a clicked tab into view, and use it."""
        event.stop()
        self.switch(event.tab)
        self.focus()

    def _new_view(self, tab: Tab) -> Widget:
        view = self._views[tab] = self._make(tab, self.setting)
        view.add_class("detail--tab")
        return view

    def _say_title(self) -> None:
        run = self.shown
        words = "Run"
        if run is not None:
            words = f"{one_line(run.layer_name)}  {state_words(run, self.setting.glyphs)}"
        self.set_titles(words)


def _counts(matter: Matter) -> dict[Tab, int]:
    run, workings = matter.run, matter.workings
    if run is None:
        return {}
    targets = len(workings.targets) if workings is not None else None
    if targets is None:
        targets = run.progress.done if run.progress is not None else run.targets_matched
    counts = {
        Tab.ERRORS: len(run.errors or run.early_errors),
        Tab.TARGETS: targets,
        Tab.CALLS: run.usage.calls,
        Tab.INSIGHTS: run.insights_stored,
    }
    return {tab: count for tab, count in counts.items() if count}
