"""States: what is derived from the stored status."""

from __future__ import annotations

import pytest

from zos_monitor.model.states import RunState, derive_state


@pytest.mark.parametrize("status", ["success", "partial", "failed", "dry"])
def test_a_finished_run_is_what_its_status_says(status: str) -> None:
    assert derive_state(status, open_=False) == status


@pytest.mark.parametrize("status", ["dry", "success", "weird", "running"])
def test_an_open_run_is_running_whatever_its_status_says(status: str) -> None:
    assert derive_state(status, open_=True) is RunState.RUNNING


@pytest.mark.parametrize("status", ["", "weird", "running", "Success", "unknown"])
def test_other_statuses_are_unknown(status: str) -> None:
    assert derive_state(status, open_=False) is RunState.UNKNOWN
