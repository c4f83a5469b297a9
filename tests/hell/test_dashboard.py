"""Whatever rows hold, the dashboard survives a walk through them, and its lines stay straight."""

from __future__ import annotations

from tests.hell.cases import NAMED
from tests.hell.properties import Opened


def test_named_rows(dashboard: Opened) -> None:
    dashboard.go(NAMED, [7])
