"""What stands on the screen without colours: for terminals that have none at all."""

from __future__ import annotations

from functools import lru_cache

from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter

_NEAR = 0.035
"""Grounds whose brightness differs by less look the same, and are only there to please."""


class PlainFilter(LineFilter):
    """Leaves of the colours what they tell: what stands on another ground is shown in reverse."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Return the segments of a line with attributes alone."""
        return [
            Segment(text, _plain(style, background) if style is not None else None, control)
            for text, style, control in segments
        ]


@lru_cache(1024)
def _plain(style: Style, background: Color) -> Style:
    ground = style.bgcolor
    stands_out = (
        ground is not None
        and not ground.is_default
        and abs(Color.from_rich_color(ground).brightness - background.brightness) > _NEAR
    )
    return Style(
        bold=style.bold,
        underline=style.underline,
        reverse=bool(style.reverse) != stands_out,
        link=style.link,
    )
