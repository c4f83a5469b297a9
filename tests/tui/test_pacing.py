"""How often a long question is asked again."""

from __future__ import annotations

import pytest

from zos_monitor.tui.pacing import Pace


def test_the_next_answer_waits_twenty_times_as_long_as_the_last_has_taken() -> None:
    pace = Pace()
    assert pace.wait(100.0) == 0.0
    pace.answered(began=100.0, ended=100.5)
    assert pace.wait(100.5) == pytest.approx(10.0)
    assert pace.wait(108.5) == pytest.approx(2.0)
    assert pace.wait(111.0) == 0.0
