"""Rows to models: whatever a row holds, something honest comes out, and nothing raises."""

from __future__ import annotations

import sqlite3
from dataclasses import fields
from typing import NamedTuple

from zos_monitor.model.columns import (
    as_float,
    as_int,
    as_optional_text,
    as_text,
    sum_as_float,
    sum_as_int,
)
from zos_monitor.model.errors import parse_errors
from zos_monitor.model.progress import Progress
from zos_monitor.model.runs import RunDetail, RunKey, RunSummary, Source, Usage
from zos_monitor.model.states import Activity, RunState, derive_state
from zos_monitor.model.times import parse_stored


class Life(NamedTuple):
    """What is known of an open run beyond its row."""

    activity: Activity | None = None
    progress: Progress | None = None


def usage(row: sqlite3.Row, calls: sqlite3.Row | None) -> Usage:
    """Return a run's usage from the sums over its calls; what they lack comes from its own row."""
    told = calls is not None and sum_as_int(calls["tokens_total"]) is not None
    tokens, number = (calls, sum_as_int) if calls is not None and told else (row, as_int)
    total = number(tokens["tokens_total"])
    call_cost = sum_as_float(calls["cost_usd"]) if calls is not None else None
    cost = as_float(row["estimated_cost_usd"]) if call_cost is None else call_cost
    return Usage(
        calls=(sum_as_int(calls["calls"]) or 0) if calls is not None else 0,
        failed_calls=(sum_as_int(calls["failed_calls"]) or 0) if calls is not None else 0,
        tokens_input=number(tokens["tokens_input"]),
        tokens_output=number(tokens["tokens_output"]),
        tokens_total=total,
        tokens_source=_source(total, from_calls=told),
        cost_usd=cost,
        cost_source=_source(cost, from_calls=call_cost is not None),
    )


def _source(figure: float | None, *, from_calls: bool) -> Source:
    if figure is None:
        return Source.NONE
    return Source.CALLS if from_calls else Source.ROW


def summary(row: sqlite3.Row, calls: sqlite3.Row | None, life: Life) -> RunSummary:
    """Return the list form of a row of ``layer_runs``, with the sums over its calls."""
    return _summary(row, usage(row, calls), life, error_count=len(parse_errors(row["errors"])))


def open_state(row: sqlite3.Row) -> RunState | None:
    """Return the state of a run that is open, from its row with ``open_state``; else None."""
    if row["completed_at"] is not None:
        return None
    return RunState(row["open_state"] or RunState.RUNNING)


def _summary(row: sqlite3.Row, used: Usage, life: Life, *, error_count: int) -> RunSummary:
    return RunSummary(
        key=RunKey(row["started_at"], row["rowid"]),
        id=as_text(row["id"]),
        layer_name=as_text(row["layer_name"]),
        status=as_text(row["status"]),
        state=derive_state(row["status"], open_state(row)),
        started_at=parse_stored(row["started_at"]),
        completed_at=parse_stored(row["completed_at"]),
        targets_matched=as_int(row["targets_matched"]),
        targets_processed=as_int(row["targets_processed"]),
        targets_skipped=as_int(row["targets_skipped"]),
        insights_created=as_int(row["insights_created"]),
        error_count=error_count,
        usage=used,
        stored_cost_usd=as_float(row["estimated_cost_usd"]),
        activity=life.activity,
        progress=life.progress,
    )


def detail(
    row: sqlite3.Row,
    calls: sqlite3.Row | None,
    life: Life,
    *,
    insights_stored: int | None,
    exact: bool = False,
) -> RunDetail:
    """Return the long form of a row of ``layer_runs``; its errors may be wanted ``exact``."""
    errors = parse_errors(row["errors"], exact=exact)
    short = _summary(row, usage(row, calls), life, error_count=len(errors))
    return RunDetail(
        **{field.name: getattr(short, field.name) for field in fields(short)},
        layer_hash=as_text(row["layer_hash"]),
        model_profile=as_optional_text(row["model_profile"]),
        model_provider=as_optional_text(row["model_provider"]),
        model_name=as_optional_text(row["model_name"]),
        tokens_input=as_int(row["tokens_input"]),
        tokens_output=as_int(row["tokens_output"]),
        tokens_total=as_int(row["tokens_total"]),
        errors=errors,
        insights_stored=insights_stored,
    )
