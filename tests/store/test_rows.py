"""Rows to models: whatever zos's columns hold, something honest comes out."""

from __future__ import annotations

import json
import math
import sqlite3
from collections.abc import Mapping
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from tests.conftest import NOW, error, service_on
from zos_monitor.demo.writer import ZosWriter
from zos_monitor.model.errors import RunError
from zos_monitor.model.filters import RunFilter
from zos_monitor.model.runs import RunDetail, RunSummary, Source
from zos_monitor.model.states import RunState
from zos_monitor.store import rows
from zos_monitor.store.rows import Life
from zos_monitor.store.schema import RUN_COLUMNS

DAY = NOW - timedelta(days=2)
SUMMARY_AS_JSON = TypeAdapter(RunSummary)
DETAIL_AS_JSON = TypeAdapter(RunDetail)
ERROR_AS_JSON = TypeAdapter(RunError)


@pytest.fixture
async def summaries(history: Path) -> dict[str, RunSummary]:
    runs = await service_on(history).newest(RunFilter(), limit=1000)
    return {run.id: run for run in runs}


async def detail(database: Path, run_id: str) -> RunDetail:
    found = await service_on(database).run(run_id)
    assert found is not None
    return found


HONEST: list[tuple[str, dict[str, object]]] = [
    ("sql-null", {"errors": ()}),
    ("json-null", {"errors": ()}),
    ("blank", {"errors": ()}),
    (
        "surrogate",
        {
            "errors": (
                RunError(message="stream \ufffd closed", topic="user:\ufffd", node="reflect"),
            )
        },
    ),
    ("bytes", {"errors": (RunError(message="caf\ufffd"),)}),
    ("text", {"errors": (RunError(message="out of memory"),)}),
    ("number", {"errors": (RunError(message="429"),)}),
    ("object", {"errors": (RunError(message="alone", topic="solo", node="reflect"),)}),
    ("cut", {"errors": (RunError(message='[{"error": "cut o'),)}),
    ("deep", {"errors": (RunError(message="[" * 50_000),)}),
    ("counters", {"targets_matched": None, "insights_created": None, "targets_processed": 1}),
    ("fractions", {"targets_processed": None, "insights_created": None}),
    ("free", {"stored_cost_usd": None, "tokens_total": None}),
    ("endless", {"stored_cost_usd": None, "tokens_input": -1}),
    ("uncounted", {"tokens_input": None, "tokens_total": None, "model_name": None}),
    ("uncosted", {"stored_cost_usd": None}),
    ("yesterday", {"started_at": None, "completed_at": None, "duration": None}),
    ("year-two", {"started_at": None, "completed_at": None, "duration": None}),
    ("blob-date", {"started_at": None, "state": RunState.SUCCESS, "duration": None}),
    ("back-in-time", {"started_at": DAY, "duration": None, "state": RunState.SUCCESS}),
    ("iso", {"started_at": DAY, "duration": timedelta(0)}),
    ("first-of-all", {"started_at": datetime(1, 1, 1, tzinfo=UTC)}),
    ("paused", {"status": "paused", "state": RunState.UNKNOWN}),
    ("shouting", {"status": "SUCCESS", "state": RunState.UNKNOWN}),
    ("open-success", {"status": "success", "state": RunState.INTERRUPTED, "duration": None}),
    ("open-dry", {"status": "dry", "state": RunState.INTERRUPTED}),
    ("open-now", {"status": "success", "state": RunState.RUNNING}),
    ("silent", {"status": "dry", "state": RunState.STALLED}),
    ("name-1", {"layer_name": "broken \ufffd name", "model_name": "\ufffd"}),
    ("name-2", {"layer_name": "broken \ufffd name", "layer_hash": "\ufffd"}),
]


@pytest.mark.parametrize(("run_id", "facts"), HONEST, ids=[run_id for run_id, _ in HONEST])
async def test_odd_columns_say_something_honest(
    history: Path, summaries: Mapping[str, RunSummary], run_id: str, facts: dict[str, Any]
) -> None:
    found = await detail(history, run_id)
    assert {name: getattr(found, name) for name in facts} == facts
    listed = summaries[run_id]
    shared = {field.name: getattr(found, field.name) for field in fields(RunSummary)}
    assert listed == RunSummary(**shared)
    assert listed.error_count == len(found.errors)


@pytest.mark.parametrize(
    ("run_id", "usage"),
    [
        # calls, failed calls, tokens, their source, cost, its source
        ("json-null", (0, 0, 3200, Source.ROW, 0.012, Source.ROW)),
        ("text", (3, 1, 9600, Source.CALLS, 0.25, Source.CALLS)),
        ("cut", (1, 0, 3200, Source.CALLS, 2.0, Source.CALLS)),
        ("uncosted", (1, 0, 3200, Source.CALLS, None, Source.NONE)),
        ("number", (1, 0, 3200, Source.ROW, 0.012, Source.ROW)),
        ("free", (0, 0, None, Source.NONE, None, Source.NONE)),
        ("endless", (0, 0, 3200, Source.ROW, None, Source.NONE)),
        ("dev_manual", (0, 0, None, Source.NONE, None, Source.NONE)),
    ],
)
async def test_usage_is_from_calls_else_from_the_row(
    history: Path, run_id: str, usage: tuple[object, ...]
) -> None:
    found = (await detail(history, run_id)).usage
    assert (
        *(found.calls, found.failed_calls, found.tokens_total, found.tokens_source),
        *(found.cost_usd, found.cost_source),
    ) == usage


async def test_every_run_has_a_summary_and_a_detail_that_can_be_encoded(
    history: Path, summaries: Mapping[str, RunSummary]
) -> None:
    service = service_on(history)
    assert len(summaries) > 200
    for run in summaries.values():
        SUMMARY_AS_JSON.dump_json(run, exclude={"key"})
        found = await service.run(run.id)
        if run.id == "broken \ufffd id":  # its true id can't be written
            assert found is None
        else:
            assert found is not None
            assert found.key == run.key
            DETAIL_AS_JSON.dump_json(found, exclude={"key"})


async def test_long_tracebacks_are_kept_whole(zos: ZosWriter, path: Path) -> None:
    text = "Traceback:\n" + "\tFile [bold]x[/bold] \x1b[31m…\r\n" * 250
    run = zos.raw_run(errors=json.dumps([error(text, "server:1:user:2")] * 3))
    found = await detail(path, run)
    assert [one.message for one in found.errors] == [text] * 3
    assert found.error_count == 3


async def test_insights_created_and_insights_stored_are_two_figures(
    zos: ZosWriter, path: Path
) -> None:
    run = zos.raw_run(insights_created=5)
    for n in range(3):
        zos.insight(run, f"server:1:user:{n}", created_at=NOW)
    zos.insight(zos.raw_run(), "self:zos", created_at=NOW)
    found = await detail(path, run)
    assert (found.insights_created, found.insights_stored) == (5, 3)


@pytest.mark.parametrize("run_id", ["", "nobody", "DEV_MANUAL", "dev_manua_", "%", "\udcff", "é\0"])
async def test_an_unknown_run_is_none(history: Path, run_id: str) -> None:
    assert await service_on(history).run(run_id) is None


# Anything that a row can be, by whatever hand.
values = (
    st.none()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats()
    | st.text(st.characters(), max_size=30)
    | st.binary(max_size=30)
    | st.sampled_from(["null", "[]", "2026-11-01 03:00:00.000000", "success", "NaN", "1e999"])
)
wild_rows = st.fixed_dictionaries(dict.fromkeys(RUN_COLUMNS, values))
wild_calls = st.none() | st.fixed_dictionaries(
    dict.fromkeys(
        ("calls", "failed_calls", "tokens_input", "tokens_output", "tokens_total", "cost_usd"),
        st.none() | st.integers(0, 2**53) | st.floats(),
    )
)


@given(wild_rows, wild_calls)
def test_no_row_is_too_wild(row: dict[str, Any], sums: dict[str, Any] | None) -> None:
    # The rows of sqlite3 can't be made by hand; those of a dictionary read the same.
    run, calls = (
        cast(sqlite3.Row, row | {"rowid": 1, "open_state": "stalled"}),
        cast(sqlite3.Row | None, sums),
    )
    listed = rows.summary(run, calls, Life())
    whole = rows.detail(run, calls, Life(), insights_stored=None)
    for text in (listed.id, listed.layer_name, listed.status, whole.layer_hash):
        text.encode()
    for found in whole.errors:
        ERROR_AS_JSON.dump_json(found)
    assert listed.open is (row["completed_at"] is None)
    assert listed.duration is None or listed.duration >= timedelta(0)
    for figure in (listed.usage.cost_usd, whole.stored_cost_usd):
        assert figure is None or math.isfinite(figure)
    assert (listed.usage.cost_usd is None) is (listed.usage.cost_source is Source.NONE)
    assert (listed.usage.tokens_total is None) is (listed.usage.tokens_source is Source.NONE)
