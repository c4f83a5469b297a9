"""A run, as far as it is recognised on the screen."""

from __future__ import annotations

import re
from typing import NamedTuple

_OPEN_STATES = ("running", "stalled", "interrupted")
_DAY, _CLOCK = re.compile(r"\b(?:\d{4}-)?\d\d-\d\d\b"), re.compile(r"\b\d\d:\d\d\b")
TOLD = 12
"""How much of a layer's name a list shows at least, in letters."""


class Run(NamedTuple):
    """A run as far as it is recognised on the screen; ``status`` is None for an open one."""

    id: str
    layer: str
    status: str | None
    started_at: str = ""

    def is_in(self, row: str) -> bool:
        """Tell whether a row of the list could be this run's."""
        states = _OPEN_STATES if self.status is None else (self.status,)
        if self.layer[:TOLD] not in row or not any(state in row for state in states):
            return False
        # Old runs are listed with their date, those of the last hours by their age.
        day, clock = _DAY.search(row), _CLOCK.search(row)
        return (day is None or day[0] in self.started_at) and (
            clock is None or clock[0] in self.started_at
        )
