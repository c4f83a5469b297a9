"""Lets go of widgets that are gone: Textual would keep what was drawn of the last thousand.

It remembers two colours by the widget's own memory of lines, and so keeps that memory, tens of
kilobytes of each help or menu that was ever open. Here they are remembered by the colours alone.

This leans on a private part of Textual. Where that is otherwise, Textual does as it did.
"""

from __future__ import annotations

from functools import lru_cache, partial
from typing import Any

from textual.color import Color

_NAME = "get_inner_outer"
_BLACK = Color(0, 0, 0)


def keep_no_lines() -> None:
    """Have the lines of widgets that are gone forgotten, from now on in this process."""
    try:
        from textual._styles_cache import StylesCache

        stock: Any = getattr(StylesCache, _NAME).__wrapped__
        stock(StylesCache, _BLACK, _BLACK)
    except (ImportError, AttributeError, TypeError):  # it is otherwise, or was done before
        return
    by_colours = lru_cache(maxsize=256)(partial(stock, StylesCache))

    def colours(cache: StylesCache, base_background: Color, background: Color) -> object:
        return by_colours(base_background, background)

    setattr(StylesCache, _NAME, colours)
