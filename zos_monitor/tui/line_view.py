"""A pane drawn line by line: each line is made once, and only what reads otherwise is repainted.

Textual's own way from a line to the screen makes every line anew whenever it moves, and asks its
style sheet for every border cell of it. Here a finished line, borders and all, is kept for as long
as the pane looks the same, so that a list that scrolls by one line makes one line.
"""

from __future__ import annotations

from itertools import groupby
from operator import attrgetter
from typing import NamedTuple, Self

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.color import Color
from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from zos_monitor.tui.scrolling import set_scroll_position
from zos_monitor.tui.titled import Titled

_MOST_KEPT = 128  # finished lines, of some thousand bytes each


class Cell(NamedTuple):
    """A piece of a line: its text, and the component class that styles it (none for plain)."""

    text: str
    style: str = ""


Line = tuple[Cell, ...]


class Reading(NamedTuple):
    """What a line of a pane reads, and the component class of its ground (none for plain)."""

    line: Line = ()
    ground: str = ""


class _Sides(NamedTuple):
    left: list[Segment]
    right: list[Segment]
    background: Color


class LineView(Titled, ScrollView, can_focus=True):
    """Shows lines of styled text; a subclass says what each of them reads.

    Its scroll bar always has its place and is blank while there is nothing to scroll: a bar that
    came and went would have the whole screen laid out and sent again.
    """

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    LineView {
        scrollbar-size: 0 1;
        overflow-x: hidden;
        overflow-y: scroll;
    }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._seen: list[Reading] = []
        self._seen_in = Size(0, 0)
        self._drawn: dict[int, Strip] = {}  # by line of the widget, its border included
        self._drawn_in = Size(0, 0)
        self._made: dict[Reading, Strip] = {}
        self._grounds: dict[str, Style] = {}
        self._styles: dict[tuple[str, str], Style] = {}
        self._sides: _Sides | None = None

    def readings(self, height: int) -> list[Reading]:
        """Return what the lines of the pane read, all of them, ``height`` by number."""
        raise NotImplementedError

    def on_key(self, event: events.Key) -> None:
        """Hand a key to the app at once, whose bindings answer it: nothing on the way does."""
        event.stop()
        self.app.post_message(event)

    # What is seen

    def look(self) -> None:
        """Read all lines, and repaint those that are not what they were."""
        size, old = self.size, self._seen
        self._seen = self.readings(size.height)
        if self._seen_in != size:
            self._seen_in = size
            self.refresh()
        elif changed := [y for y, new in enumerate(self._seen) if new != old[y]]:
            self.refresh(*(Region(0, y, size.width, 1) for y in changed))

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Repaint for the lines now in view."""
        set_scroll_position(self, new_value)
        if round(old_value) != round(new_value):
            self.look()

    # Drawing

    def repaint(
        self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False
    ) -> Self:
        """Repaint lines of the pane, or all of it."""
        if not regions:
            self._forget()
        top = self.styles.gutter.top
        for region in regions:
            for y in region.line_range:
                self._drawn.pop(top + y, None)
        return super().repaint(*regions, repaint=repaint, layout=layout, recompose=recompose)

    def _forget(self) -> None:
        for kept in (self._drawn, self._made, self._grounds, self._styles):
            kept.clear()
        self._sides = None

    def render_lines(self, crop: Region) -> list[Strip]:
        """Return the strips of a region of the widget, its border included."""
        width, height = size = self.outer_size
        if crop.column_span != (0, width):
            return super().render_lines(crop)
        if self._drawn_in != size:
            self._forget()
            self._drawn_in = size
        drawn, wanted = self._drawn, crop.line_range
        if missing := [y for y in wanted if y not in drawn]:
            gutter = self.styles.gutter
            inside = range(gutter.top, height - gutter.bottom)
            for y in missing:
                if y not in inside:
                    (drawn[y],) = super().render_lines(Region(0, y, width, 1))
            seen = self._seen_now()
            for y in missing:
                if y in inside:
                    drawn[y] = self._whole_line(seen[y - gutter.top], y - gutter.top)
        return [drawn[y] for y in wanted]

    def _seen_now(self) -> list[Reading]:
        return self._seen if self._seen_in == self.size else self.readings(self.size.height)

    def _whole_line(self, reading: Reading, y: int) -> Strip:
        """Return a line between its left and its right border."""
        strip = self._made.get(reading)
        if strip is None:
            if len(self._made) >= _MOST_KEPT:
                self._made.clear()
            left, right, background = self._sides or self._find_sides(y)
            segments = list(self.render_line(y))
            for line_filter in self.get_line_filters():
                segments = line_filter.apply(segments, background)
            strip = Strip([*left, *segments, *right], self.outer_size.width)
            self._made[reading] = strip
        return strip

    def _find_sides(self, y: int) -> _Sides:
        """Return what stands left and right of every line, as Textual draws it."""
        gutter, width = self.styles.gutter, self.outer_size.width
        (strip,) = super().render_lines(Region(0, y + gutter.top, width, 1))
        left, right = strip.crop(0, gutter.left), strip.crop(width - gutter.right, width)
        self._sides = _Sides(list(left), list(right), self.background_colors[1])
        return self._sides

    def render_line(self, y: int) -> Strip:
        """Return the strip at a line of the pane."""
        line, ground_name = self._seen_now()[y]
        ground = self._ground(ground_name)
        segments = [
            Segment(
                "".join(cell.text for cell in cells),
                self._style(style, ground_name) if style else ground,
            )
            for style, cells in groupby(line, key=attrgetter("style"))
        ]
        return Strip(segments).adjust_cell_length(self.size.width, ground)

    def _ground(self, name: str) -> Style:
        style = self._grounds.get(name)
        if style is None:
            plain = self.visual_style.rich_style
            style = self.get_component_rich_style(name) if name else plain
            self._grounds[name] = style
        return style

    def _style(self, name: str, ground_name: str) -> Style:
        key = name, ground_name
        style = self._styles.get(key)
        if style is None:
            ground = self._ground(ground_name)
            over = Style(bgcolor=ground.bgcolor, bold=ground.bold)
            style = self._styles[key] = self.get_component_rich_style(name) + over
        return style
