"""What scrolls, without laying the whole screen out anew for each line that comes or goes."""

from __future__ import annotations

from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.scrollbar import ScrollBar
from textual.widget import Widget

_PARTS = 8  # a scroll bar's ends are drawn to the eighth of a cell


def set_virtual_size(view: ScrollView, size: Size) -> None:
    """Set the size that a view scrolls over; its scroll bar has a place of its own.

    Assigning ``virtual_size`` has the screen laid out and sent again as a whole. That is needed
    only where the view's own height follows it.
    """
    if size.height == view.virtual_size.height:  # nothing scrolls sideways
        view.set_reactive(Widget.virtual_size, size)
        return
    if view.styles.is_auto_height or not view.show_vertical_scrollbar:
        view.virtual_size = size
        return
    view.set_reactive(Widget.virtual_size, size)
    bar = view.vertical_scrollbar
    before = _thumb(bar)
    bar.set_reactive(ScrollBar.window_virtual_size, size.height)
    _redraw(bar, before)


def set_scroll_position(view: ScrollView, position: float) -> None:
    """Move a view's scroll bar, and repaint it only where that can be seen."""
    if not view.show_vertical_scrollbar:
        return
    bar = view.vertical_scrollbar
    before = _thumb(bar)
    bar.set_reactive(ScrollBar.position, bar.validate_position(position))
    _redraw(bar, before)


def _redraw(bar: ScrollBar, before: tuple[int, int]) -> None:
    if _thumb(bar) != before:
        bar.refresh()


def _thumb(bar: ScrollBar) -> tuple[int, int]:
    """Return where a scroll bar's thumb begins and how long it is, as far as it can be drawn."""
    height, window, total = bar.size.height, bar.window_size, bar.window_virtual_size
    if not height or not 0 < window < total or height == total:
        return 0, 0
    # Reckoned step by step as Textual does: else the two may round to different parts of a cell.
    thumb = max(1.0, window / (total / height))
    start = (height - thumb) * (bar.position / (total - window))
    return int(start * _PARTS), -int(-thumb * _PARTS // 1)
