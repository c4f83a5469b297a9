"""Whatever rows hold, the dashboard survives a walk through them, and its lines stay straight."""

from __future__ import annotations

from tests.hell.cases import NAMED
from tests.hell.properties import Opened
from tests.tui.driving import WIDE


def test_named_rows(dashboard: Opened) -> None:
    """The wide one goes through a run, the narrow one through what lies over the list."""
    wide = dashboard.walk.driver.app.size.width == WIDE[0]
    dashboard.go(NAMED, [7] if wide else [], over=not wide)
