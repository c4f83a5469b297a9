"""Text in which characters are joined, cut where one of these ends.

Where one thing is drawn over another, Textual cuts lines by Rich's ``Segment.split_cells``, and
that counts the cells of single characters. Of emoji that are joined to one it may leave half, and
the line is then a cell too long: what stands behind moves, and the last cell wraps.
"""

from __future__ import annotations

import re

from rich.cells import cell_len
from rich.segment import Segment

from zos_monitor.tui.screen_cells import clusters

_JOINER = re.compile("[\u200d\ufe0f]")
_split_by_characters = Segment.split_cells


def mend_cuts() -> None:
    """Have all segments cut between what is joined, and nowhere else; once is enough."""
    Segment.split_cells = _split_cells  # type: ignore[method-assign,assignment]


def _split_cells(segment: Segment, cut: int) -> tuple[Segment, Segment]:
    """Return what is before a cell and what is from there on; a blank is half of what is cut."""
    text, style, control = segment
    if text.isascii() or not _JOINER.search(text):
        return _split_by_characters(segment, cut)
    at = cells = 0
    for cluster in clusters(text):
        width = cell_len(cluster)
        if cells + width > cut:
            break
        at, cells = at + len(cluster), cells + width
    else:
        return segment, Segment("", style, control)
    before, after = text[:at], text[at:]
    if cells < cut:
        before += " " * (cut - cells)
        after = " " * (cells + width - cut) + after[len(cluster) :]
    return Segment(before, style, control), Segment(after, style, control)
