"""The page of a run that a server tells less of."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.conftest import NOW
from zos_monitor.answers.one_run import CallsAnswer, RunDetailAnswer
from zos_monitor.printed.run_page import error_lines, run_page

RUN = RunDetailAnswer(
    id="x",
    layer_name="nightly",
    layer_hash="",
    status="success",
    state="success",
    success=True,
    started_at="2026-11-21T03:00:00Z",
    completed_at="2026-11-21T03:01:15.500000Z",
    duration_seconds=75.5,
    targets_matched=4,
    targets_processed=3,
    targets_skipped=1,
    error_count=0,
    insights_created=3,
    insights_stored=None,
    model_profile=None,
    model_provider=None,
    model_name=None,
    tokens_input=None,
    tokens_output=None,
    tokens_total=1200,
    estimated_cost_usd=0.5,
    cost_source="row",
    stored_cost_usd=0.5,
    errors=[],
    progress=None,
    calls=CallsAnswer(total=None, failed=None, tokens_total=None, cost_usd=None),
    dry_reason="",
)


def page(run: RunDetailAnswer) -> dict[str, str]:
    return dict(line.split("  ", 1) for line in run_page(run, now=NOW))


def test_what_is_not_told_is_said_to_be() -> None:
    told = {label: words.strip() for label, words in page(RUN).items()}
    assert told["Calls"] == "not told by this server"
    assert told["Cost"] == "$0.50  (by its row)"
    assert told["Model"] == told["Hash"] == "—"
    assert told["Tokens"] == "1,200"
    assert told["Insights"] == "3"
    assert told["Completed"] == "2026-11-21 03:01:15 UTC  (after 1m 15s)"


@pytest.mark.parametrize("state", ["running", "stalled", "interrupted"])
def test_an_open_run_without_progress(state: str) -> None:
    run = replace(RUN, state=state, status="dry", completed_at=None, duration_seconds=None)
    told = {label: words.strip() for label, words in page(run).items()}
    assert told["Activity"] == "none that is known"
    assert told["Targets"] == "4 matched; zos tells the rest when the run ends"
    assert told["Completed"] == ("never" if state == "interrupted" else "not yet")
    assert told["Cost"].startswith("$0.50 so far")
    assert "stored as dry, not completed" in told["State"]


def test_the_reason_why_a_run_is_dry_stands_by_its_state() -> None:
    run = replace(RUN, state="dry", dry_reason="no target")
    assert page(run)["State"].strip() == "dry  (no target)"


def test_no_errors_have_no_lines() -> None:
    assert [*error_lines([])] == []
