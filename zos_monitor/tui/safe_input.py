"""A line to edit whose text may hold anything: what can't be shown has a sign in its place."""

from __future__ import annotations

from rich.cells import cell_len
from rich.segment import Segment
from rich.text import Text
from textual.strip import Strip
from textual.widgets import Input

from zos_monitor.model.text import in_place

MOST = 4096
"""Characters that a line takes; every key has all of it looked through and drawn anew."""


class SafeInput(Input):
    """Textual's line, which would send every character that it holds to the terminal.

    Names from the database come into it by menus and suggestions, and a terminal may paste
    anything. The value stays as it is; only what is drawn is another text of the same length.
    What is typed or pasted beyond a great length is left out.
    """

    def replace(self, text: str, start: int, end: int) -> None:
        """Replace a part of the text, by as much as there is room for."""
        room = max(0, MOST - len(self.value) + abs(end - start))
        if room or not text:
            super().replace(text[:room], start, end)

    def render_line(self, y: int) -> Strip:
        """Return the line without anything that a terminal would obey."""
        strip = super().render_line(y)
        if all(segment.text.isascii() and segment.text.isprintable() for segment in strip):
            return strip
        segments = [Segment(in_place(segment.text), segment.style) for segment in strip]
        return Strip(segments).adjust_cell_length(strip.cell_length, self.rich_style)

    # Where Textual finds the width of its text (private): without these two, only that is wrong.

    @property
    def _value(self) -> Text:
        return Text(in_place(self.value), no_wrap=True, overflow="ignore", end="")

    def _position_to_cell(self, position: int) -> int:
        return cell_len(in_place(self.value[:position]))
