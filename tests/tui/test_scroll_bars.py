"""Scroll bars: moved without a repaint as long as nobody would see it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

from hypothesis import example, given
from hypothesis import strategies as st
from rich.segment import Segments
from textual.geometry import Size
from textual.scrollbar import ScrollBar, ScrollBarRender

from zos_monitor.tui.scrolling import _thumb


def bar(height: int, window: int, total: int, position: float) -> ScrollBar:
    parts = {"window_size": window, "window_virtual_size": total, "position": position}
    return cast(ScrollBar, SimpleNamespace(size=Size(1, height), **parts))


def drawn(height: int, window: int, total: int, position: float) -> list[tuple[object, ...]]:
    """Return what Textual draws; what to do for a click there is left out."""
    shown = ScrollBarRender.render_bar(
        size=height,
        virtual_size=total,
        window_size=window if window < total else 0,  # as ScrollBar itself does
        position=position,
    )
    assert isinstance(shown, Segments)
    return [
        (text, style and (style.color, style.bgcolor, style.reverse))
        for text, style, _ in shown.segments
    ]


@example(height=10, window=1, total=131, where=1 / 3, moved=-1, grown=0)
@given(
    height=st.integers(1, 60),
    window=st.integers(1, 60),
    total=st.integers(1, 2_000_000),
    where=st.floats(0, 1),
    moved=st.integers(-2000, 2000),
    grown=st.integers(0, 2000),
)
def test_a_thumb_that_is_the_same_looks_the_same(
    height: int, window: int, total: int, where: float, moved: int, grown: int
) -> None:
    room = max(0, total - window)
    one = height, window, total, where * room
    room += grown
    other = height, window, total + grown, min(max(0.0, where * room + moved), room)
    if _thumb(bar(*one)) == _thumb(bar(*other)):
        assert drawn(*one) == drawn(*other)


def test_a_thumb_moves_over_its_whole_way() -> None:
    seen = {_thumb(bar(20, 20, 1000, position)) for position in range(981)}
    assert len(seen) == 19 * 8 + 1
    assert len({_thumb(bar(20, 20, 1_000_000, row)) for row in range(5000)}) == 1
