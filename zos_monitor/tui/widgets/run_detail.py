"""The detail pane: one run in tabs, each of which keeps its own place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Self, cast

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.geometry import Region
from textual.message import Message
from textual.widget import Widget

from zos_monitor.model.runs import RunDetail
from zos_monitor.model.text import one_line
from zos_monitor.tui.run_columns import Setting, state_words
from zos_monitor.tui.tab_view import Matter, Tab, TabView
from zos_monitor.tui.widgets.tab_line import TabLine


class RunDetailPane(Vertical):
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
        self._title = ""
        self._retitling = False

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
        self.tab = self.tabs.active = tab
        if tab not in self._views:
            self.mount(self._new_view(tab))
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
        if words != self._title:  # a title that is set is drawn, also an equal one
            self._title = words
            self._retitling = True
            try:
                self.border_title = Content(words)
            finally:
                self._retitling = False

    def refresh(
        self,
        *regions: Region,
        repaint: bool = True,
        layout: bool = False,
        recompose: bool = False,
    ) -> Self:
        """Repaint the pane with all in it; for a new title only the line that it stands in."""
        if self._retitling and self.outer_size:
            gutter = self.styles.gutter
            regions = (Region(-gutter.left, -gutter.top, self.outer_size.width, 1),)
        return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)


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
