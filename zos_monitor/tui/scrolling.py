"""What scrolls, without laying the whole screen out anew for each line that comes or goes."""

from __future__ import annotations

from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.widget import Widget


def set_virtual_size(view: ScrollView, size: Size) -> None:
    """Set the size that a view scrolls over, and show its scroll bar accordingly.

    Assigning ``virtual_size`` has the screen laid out and sent again as a whole. That is needed
    only where the view's own height follows it, or where the scroll bar comes or goes.
    """
    if size == view.virtual_size:
        return
    overflows = size.height > view.scrollable_content_region.height
    if view.styles.is_auto_height or overflows != view.show_vertical_scrollbar:
        view.virtual_size = size
        return
    view.set_reactive(Widget.virtual_size, size)
    if overflows:
        view.vertical_scrollbar.window_virtual_size = size.height
