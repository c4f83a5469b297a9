"""A pane of styled text that wraps to its width and scrolls, repainting only what changed."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.timer import Timer

from zos_monitor.tui.line_view import LineView, Reading
from zos_monitor.tui.scrolling import set_virtual_size
from zos_monitor.tui.wrapping import Paragraph, WrappedText

SCROLL_BINDINGS: list[BindingType] = [
    Binding("down,j", "scroll_down", "Scroll down", id="move.down", show=False),
    Binding("up,k", "scroll_up", "Scroll up", id="move.up", show=False),
    Binding("pagedown,ctrl+f", "page_down", "Page down", id="move.page_down", show=False),
    Binding("pageup,ctrl+b", "page_up", "Page up", id="move.page_up", show=False),
    Binding("home,g", "scroll_home", "To the top", id="move.top", show=False),
    Binding("end,G", "scroll_end", "To the end", id="move.end", show=False),
]

_AT_ONCE = 100  # lines that are wrapped along with what is in view
_AHEAD = 5000  # lines beyond the view that are wrapped in the end; the others when scrolled to
_SLICE, _FEW = 500, 20
_SLICES_APART = 0.1  # seconds between two of them: they are in nobody's way
_PRESSING, _BREATH = 0.02, 0.002  # seconds of wrapping, and between, on the way to a far line


class TextPane(LineView, can_focus=True):
    """Paragraphs, wrapped by word.

    Text without end is wrapped bit by bit; until that is done the scroll bar tells of the part
    that is known. The way to a line far beyond that, such as the end, takes as long as wrapping all
    before it, and can be left by any other move.
    """

    BINDINGS: ClassVar[list[BindingType]] = SCROLL_BINDINGS
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "text--muted",
        "text--accent",
        "text--strong",
        "text--title",
        "text--error",
        "text--error-title",
        "text--empty",
    }
    DEFAULT_CSS = """
    TextPane {
        & > .text--muted { color: $foreground-muted; }
        & > .text--accent { color: $text-accent; }
        & > .text--strong { text-style: bold; }
        & > .text--title { text-style: bold; color: $text-primary; }
        & > .text--error { color: $text-error; }
        & > .text--error-title { text-style: bold; color: $text-error; }
        & > .text--empty { text-style: italic; color: $foreground-muted; }
    }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._paragraphs: Callable[[], Iterable[Paragraph]] = tuple
        self._text = WrappedText((), 0)
        self._width = 0
        self._more: Timer | None = None
        self._goal: float | None = None  # the line to scroll to once it is there
        self._waits_at = 0  # the line that was scrolled to meanwhile

    def show_text(self, paragraphs: Callable[[], Iterable[Paragraph]], *, from_top: bool) -> None:
        """Show other text: scrolled to its top, or where the old text was scrolled to.

        The paragraphs are asked for as they are needed, and again whenever the width changes.
        """
        self._paragraphs = paragraphs
        self._wrap(from_top=from_top)

    def _wrap(self, *, from_top: bool) -> None:
        top = 0 if from_top else self.scroll_offset.y
        goal = None if from_top else self._goal
        self._width = self.scrollable_content_region.width
        self._text = WrappedText(self._paragraphs(), self._width)
        if self._width > 0:
            self._text.need(self.size.height + _AT_ONCE)
            self._reach(top if goal is None else goal)
        self._fit()
        if self._width > 0:
            top = min(top, self.max_scroll_y)  # there may be less of it now
        if top != self.scroll_offset.y:
            self.scroll_to(y=top, animate=False, immediate=True, force=True)
        self._waits_at = self.scroll_offset.y
        self.look()

    def _fit(self) -> None:
        """Scroll over what has been wrapped, and have some more wrapped in the background."""
        if self._more is not None:
            self._more.stop()
            self._more = None
        if self._width <= 0:
            return  # out of sight
        set_virtual_size(self, Size(self._width, len(self._text.lines)))
        if self._goal is not None:
            self._more = self.set_timer(_BREATH, self._go_on)
        elif not self._text.whole and len(self._text.lines) < self.scroll_offset.y + _AHEAD:
            self._more = self.set_timer(_SLICES_APART, self._wrap_more)

    def _wrap_more(self) -> None:
        self._text.need(len(self._text.lines) + _SLICE)
        self._fit()

    def _reach(self, line: float) -> None:
        """Wrap on the way to a line for as long as nobody feels; what is left is done later."""
        self._goal = line
        until = line + self.size.height + _AT_ONCE
        began = time.monotonic()
        while not self._text.whole and len(self._text.lines) < until:
            self._text.need(len(self._text.lines) + _FEW)
            if time.monotonic() - began >= _PRESSING:
                return
        self._goal = None

    def _go_on(self) -> None:
        goal, waited_at = self._goal, self._waits_at
        if goal is None:
            return
        if self.scroll_offset.y == waited_at:
            self._reach(goal)
        else:  # by another move that way was left
            self._goal = None
        self._fit()
        if self._goal is None and self.scroll_offset.y == waited_at:  # all before it is there
            self.scroll_to(y=min(goal, self.max_scroll_y), animate=False, immediate=True)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Wrap what is scrolled to, and some more."""
        if self._width > 0 and not self._text.whole:
            self._text.need(round(new_value) + self.size.height + _AT_ONCE)
            self._fit()
        super().watch_scroll_y(old_value, new_value)

    def readings(self, height: int) -> list[Reading]:
        """Return what the lines of the pane read."""
        top = self.scroll_offset.y
        found = [Reading(line) for line in self._text.lines[top : top + height]]
        return found + [Reading()] * (height - len(found))

    def on_resize(self) -> None:
        """Wrap anew where the width is another."""
        if self.scrollable_content_region.width != self._width:
            self._wrap(from_top=False)
        else:
            self.look()

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
        """Scroll to the end, however far that is; until it is there, to what is known of it."""
        self._reach(math.inf)
        self._fit()
        self.scroll_to(y=self.max_scroll_y, animate=False, immediate=True)
        self._waits_at = self.scroll_offset.y
