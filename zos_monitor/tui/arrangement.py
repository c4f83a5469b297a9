"""Which panes a terminal of a given size has room for."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

WIDE = 100
"""Columns from which list and detail stand side by side."""
TALL = 30
"""Lines from which the layers stand below the runs."""
LEAST = (60, 15)
"""Columns and lines below which nothing useful can be shown."""
NEEDED = "zos-monitor needs {} columns and {} lines".format(*LEAST)
"""What is shown below that."""


class Pane(StrEnum):
    """The three panes, by the widget ids that they have."""

    RUNS = "runs"
    DETAIL = "detail"
    LAYERS = "layers"


class Arrangement(NamedTuple):
    """The panes shown, and whether a line of totals stands in for the layers."""

    panes: frozenset[Pane]
    totals_line: bool = False
    too_small: bool = False


def too_small(width: int, height: int) -> bool:
    """Tell whether a terminal has too little room for anything but saying so."""
    return width < LEAST[0] or height < LEAST[1]


def arrange(width: int, height: int, *, pane: Pane, zoomed: bool) -> Arrangement:
    """Return what a terminal of ``width`` by ``height`` cells shows with ``pane`` in use."""
    if too_small(width, height):
        return Arrangement(frozenset(), too_small=True)
    wide, tall = width >= WIDE, height >= TALL
    if zoomed or (pane is Pane.LAYERS and not tall) or (pane is Pane.DETAIL and not wide):
        return Arrangement(frozenset({pane}), totals_line=not tall and pane is Pane.RUNS)
    panes = {Pane.RUNS}
    if wide:
        panes.add(Pane.DETAIL)
    if tall:
        panes.add(Pane.LAYERS)
    return Arrangement(frozenset(panes), totals_line=not tall)
