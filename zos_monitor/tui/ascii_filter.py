"""What stands on the screen, in ASCII: for terminals that can show nothing else."""

from __future__ import annotations

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

from zos_monitor.model.text import to_ascii


class AsciiFilter(LineFilter):
    """Replaces every other character, cell by cell, whoever drew it."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Return the segments of a line in ASCII, each as wide as before."""
        return [
            segment if segment.text.isascii() else Segment(_plain(segment.text), segment.style)
            for segment in segments
        ]


def _plain(text: str) -> str:
    return set_cell_size(to_ascii(text), cell_len(text))
