"""The line of tabs: which there are, how much is in each, and which one is in view."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from rich.cells import cell_len
from textual import events
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from zos_monitor.model import phrases
from zos_monitor.tui.glyphs import Glyphs
from zos_monitor.tui.tab_view import Tab

_SHORT = 4  # letters of a name where room is scarce


class TabLine(Widget):
    """The tabs' names with their counts; short of room it drops words, never a tab."""

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    TabLine { height: 1; color: $text-muted; }
    """

    class Chosen(Message):
        """A tab was clicked."""

        def __init__(self, tab: Tab) -> None:
            super().__init__()
            self.tab = tab

    active: reactive[Tab] = reactive(Tab.ERRORS)
    counts: reactive[Mapping[Tab, int]] = reactive(MappingProxyType({}))
    """How much is in a tab, as far as that is known and not nothing."""

    def __init__(self, glyphs: Glyphs, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._glyphs = glyphs

    def render(self) -> Content:
        """Return the line."""
        gap, titles = self._fitting()
        parts = []
        for tab, title in titles.items():
            style = "bold underline $text-primary" if tab is self.active else "$text-muted"
            if tab is Tab.ERRORS and self.counts.get(tab) and tab is not self.active:
                style = "$text-error"
            parts.append(Content.styled(title, style))
        return Content(gap).join(parts)

    def _fitting(self) -> tuple[str, dict[Tab, str]]:
        """Return the gap between the titles, and the titles, in the fullest form that fits."""
        wide, narrow = f" {self._glyphs.dot} ", "  "
        inactive = [tab for tab in Tab if tab is not self.active]
        full = {tab: self._title(tab, str(tab)) for tab in Tab}
        brief = {**full, **{tab: self._title(tab, str(tab)[:_SHORT]) for tab in inactive}}
        bare = {**full, **{tab: str(tab)[:_SHORT].capitalize() for tab in inactive}}
        forms = (
            (wide, full),
            (narrow, full),
            (" ", full),  # whole words are read sooner than gaps are missed
            (" ", {**full, Tab.COMPARE: brief[Tab.COMPARE]}),
            (" ", {**full, **{tab: brief[tab] for tab in (Tab.INSIGHTS, Tab.COMPARE)}}),
            (narrow, brief),
            (" ", brief),
            (" ", bare),
        )
        for gap, titles in forms:
            if cell_len(gap.join(titles.values())) <= self.size.width:
                break
        return gap, titles

    def _title(self, tab: Tab, name: str) -> str:
        count = self.counts.get(tab)
        return f"{name.capitalize()} {phrases.compact(count)}" if count else name.capitalize()

    def on_click(self, event: events.Click) -> None:
        """Ask for the tab that was clicked."""
        offset = event.get_content_offset(self)
        x = -1 if offset is None else offset.x
        gap, titles = self._fitting()
        for tab, title in titles.items():
            if 0 <= x < cell_len(title):
                self.post_message(self.Chosen(tab))
                return
            x -= cell_len(title) + cell_len(gap)
