"""A page of runs leaves the program as JSON, with the runs as they are."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from zos_monitor.model.pages import RunPage
from zos_monitor.model.runs import RunKey, RunSummary, Source, Usage
from zos_monitor.model.states import RunState

THREE = datetime(2026, 11, 1, 3, tzinfo=UTC)
RUN = RunSummary(
    key=RunKey("2026-11-01 03:00:00.000000", 7),
    id="run-7",
    layer_name="nightly",
    status="dry",
    state=RunState.RUNNING,
    started_at=THREE,
    completed_at=None,
    targets_matched=3,
    targets_processed=1,
    targets_skipped=None,
    insights_created=0,
    error_count=0,
    usage=Usage(calls=2, cost_usd=0.5, cost_source=Source.CALLS),
)


def test_a_page_holds_the_runs_as_they_were_read() -> None:
    page = RunPage(runs=(RUN,), total=1, next_after=None)
    assert page.runs[0] is RUN
    with pytest.raises(ValidationError):
        page.total = 2  # type: ignore[misc]


def test_a_page_as_json_names_every_field() -> None:
    page = RunPage(runs=(RUN,), total=9, next_after=RUN.key)
    written = json.loads(page.model_dump_json())
    assert written["total"] == 9
    assert written["next_after"] == ["2026-11-01 03:00:00.000000", 7]
    [run] = written["runs"]
    assert set(run) == set(RunSummary.__dataclass_fields__)
    assert (run["state"], run["started_at"]) == ("running", "2026-11-01T03:00:00Z")
    assert run["usage"]["cost_source"] == "calls"
    assert RunPage.model_validate_json(page.model_dump_json()) == page
