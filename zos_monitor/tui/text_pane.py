"""A pane of styled text that wraps to its width and scrolls, repainting only what changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, NamedTuple

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.visual import Visual

from zos_monitor.tui.scrolling import set_virtual_size

SCROLL_BINDINGS: list[BindingType] = [
    Binding("down,j", "scroll_down", "Scroll down", id="move.down", show=False),
    Binding("up,k", "scroll_up", "Scroll up", id="move.up", show=False),
    Binding("pagedown,ctrl+f", "page_down", "Page down", id="move.page_down", show=False),
    Binding("pageup,ctrl+b", "page_up", "Page up", id="move.page_up", show=False),
    Binding("home,g", "scroll_home", "To the top", id="move.top", show=False),
    Binding("end,G", "scroll_end", "To the end", id="move.end", show=False),
]


_SMALL_INDENT = 4


class Paragraph(NamedTuple):
    """A stretch of text that wraps; the lines after its first stand ``indent`` cells in."""

    text: Content
    indent: int = 0

    def lines(self, width: int) -> list[Content]:
        """Return the text wrapped to ``width`` cells."""
        if not self.indent:
            return self.text.wrap(width)
        indent = self.indent if width > 2 * self.indent else _SMALL_INDENT
        label, text = self.text[:indent], self.text[indent:]
        first, *others = text.wrap(max(1, width - indent)) or [Content("")]
        return [label + first, *(Content(" " * indent) + line for line in others)]


class TextPane(ScrollView, can_focus=True):
    """Paragraphs, wrapped by word."""

    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = SCROLL_BINDINGS
    DEFAULT_CSS = """
    TextPane {
        scrollbar-size: 0 1;
        scrollbar-gutter: stable;
        overflow-x: hidden;
        overflow-y: auto;
    }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._paragraphs: Sequence[Paragraph] = ()
        self._lines: list[Content] = []
        self._width = 0

    def show_text(self, paragraphs: Sequence[Paragraph], *, from_top: bool) -> None:
        """Show other text: scrolled to its top, or where the old text was scrolled to."""
        self._paragraphs = paragraphs
        self._wrap()
        if from_top and self.scroll_offset.y:
            self.scroll_to(y=0, animate=False, immediate=True, force=True)

    def _wrap(self) -> None:
        old, self._width = self._lines, self.scrollable_content_region.width
        if self._width <= 0:
            return
        self._lines = [line for part in self._paragraphs for line in part.lines(self._width)]
        set_virtual_size(self, Size(self._width, len(self._lines)))
        top = self.scroll_offset.y
        for y in range(self.size.height):
            before = old[top + y] if top + y < len(old) else None
            after = self._lines[top + y] if top + y < len(self._lines) else None
            if not _same(before, after):
                self.refresh(Region(0, y, self.size.width, 1))

    def on_resize(self) -> None:
        """Wrap anew where the width is another."""
        if self.scrollable_content_region.width != self._width:
            self._wrap()
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """Return the strip at a line of the pane."""
        style = self.visual_style
        index = self.scroll_offset.y + y
        if index >= len(self._lines):
            return Strip.blank(self.size.width, style.rich_style)
        (strip, *_) = Visual.to_strips(self, self._lines[index], self.size.width, 1, style) or [
            Strip([])
        ]
        return strip.adjust_cell_length(self.size.width, style.rich_style)

    # The actions scroll at once: an animation would send many frames for one key.

    def action_scroll_down(self) -> None:
        """Scroll one line down."""
        self.scroll_relative(y=1, animate=False, immediate=True)

    def action_scroll_up(self) -> None:
        """Scroll one line up."""
        self.scroll_relative(y=-1, animate=False, immediate=True)

    def action_page_down(self) -> None:
        """Scroll one page down."""
        self.scroll_relative(y=max(1, self.size.height - 1), animate=False, immediate=True)

    def action_page_up(self) -> None:
        """Scroll one page up."""
        self.scroll_relative(y=-max(1, self.size.height - 1), animate=False, immediate=True)

    def action_scroll_home(self) -> None:
        """Scroll to the top."""
        self.scroll_to(y=0, animate=False, immediate=True)

    def action_scroll_end(self) -> None:
        """Scroll to the end."""
        self.scroll_to(y=self.max_scroll_y, animate=False, immediate=True)


def _same(one: Content | None, other: Content | None) -> bool:
    if one is None or other is None:
        return one is other
    return one.is_same(other)
