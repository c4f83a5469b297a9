"""Lets go of widgets that are gone: Textual would keep what was drawn of the last thousand.

It remembers two colours by the widget's own memory of lines, and so keeps that memory, tens of
kilobytes of each help or menu that was ever open. Here they are remembered by the colours alone.

This leans on a private part of Textual. Where that is otherwise, Textual does as it did.
"""

from __future__ import annotations

from functools import lru_cache

from textual._styles_cache import StylesCache
from textual.color import Color
from textual.style import Style

_NAME = "get_inner_outer"


def keep_no_lines() -> None:
    """Have the lines of widgets that are gone forgotten, from now on in this process."""
    stock = getattr(getattr(StylesCache, _NAME, None), "__wrapped__", None)
    if stock is None:
        return

    @lru_cache(maxsize=256)
    def by_colours(base_background: Color, background: Color) -> tuple[Style, Style]:
        found: tuple[Style, Style] = stock(StylesCache, base_background, background)
        return found

    def colours(
        cache: StylesCache, base_background: Color, background: Color
    ) -> tuple[Style, Style]:
        return by_colours(base_background, background)

    setattr(StylesCache, _NAME, colours)
