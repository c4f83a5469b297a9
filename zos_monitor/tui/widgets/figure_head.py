"""The line above the figures: which views there are, and what all runs come to."""

from __future__ import annotations

from rich.cells import cell_len
from textual import events
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from zos_monitor.tui.figure_rows import View

_GAP = 3


class FigureHead(Widget):
    """The names of the views, each to click, and some words at the right where there is room."""

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    FigureHead { height: 1; padding: 0 1; }
    """

    class Chosen(Message):
        """A view was clicked."""

        def __init__(self, view: View) -> None:
            super().__init__()
            self.view = view

    view: reactive[View] = reactive(View.LAYERS)
    words: reactive[str] = reactive("")

    def render(self) -> Content:
        """Return the line."""
        styles = {True: "bold underline $text-primary", False: ""}
        names = [Content.styled(view, styles[view is self.view]) for view in View]
        line = Content(" " * _GAP).join(names)
        room = self.size.width - line.cell_length - cell_len(self.words)
        if room < _GAP:
            return line
        return Content.assemble(line, " " * room, self.words)

    def on_click(self, event: events.Click) -> None:
        """Ask for the view that was clicked."""
        offset = event.get_content_offset(self)
        x = -1 if offset is None else offset.x
        for view in View:
            if 0 <= x < cell_len(view):
                self.post_message(self.Chosen(view))
            x -= cell_len(view) + _GAP
