"""The runs that zos's own API tells of, as ours: what it says of them, and what it leaves out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import NamedTuple

from zos_monitor.model.columns import as_float, as_int, as_optional_text, as_text
from zos_monitor.model.errors import RunError, parse_errors
from zos_monitor.model.faults import DatabaseFault, FaultKind
from zos_monitor.model.runs import RunDetail, RunKey, RunSummary, Source, Usage
from zos_monitor.model.states import Activity, RunState, derive_state
from zos_monitor.model.times import format_stored, parse_stored

Row = Mapping[str, object]
"""What the API says of a run, by its names."""

STALLED_AFTER = timedelta(hours=3)
"""From this long after its start an open run is taken as stalled: nothing tells its last activity.

A night's runs take minutes, the longest about an hour; and zos may pause on a rate limit.
"""


class Page(NamedTuple):
    """Some rows of a list, newest first, and how many it has."""

    rows: tuple[Row, ...]
    total: int


def read_page(place: str, told: object) -> Page:
    """Return the page that ``GET /runs`` answers with. Raises DatabaseFault for anything else."""
    if isinstance(told, dict):
        rows, total = told.get("runs"), as_int(told.get("total"))
        if isinstance(rows, list) and total is not None:
            return Page(tuple(read_row(place, row) for row in rows), total)
    raise strange(place)


def read_row(place: str, told: object) -> Row:
    """Return a row. Raises DatabaseFault for what is none."""
    if isinstance(told, dict) and isinstance(told.get("id"), str) and started(told) is not None:
        return told
    raise strange(place)


def strange(place: str) -> DatabaseFault:
    """Return the fault of a server that answers otherwise than zos does."""
    message = f"{place} does not answer as zos's API does; mind the address and the port"
    return DatabaseFault(FaultKind.UNREACHABLE, message)


def started(row: Row) -> datetime | None:
    """Return when a run started. What comes without a zone is UTC."""
    return parse_stored(row.get("started_at"))


def is_open(row: Row) -> bool:
    """Tell whether a run has no end."""
    return row.get("completed_at") is None


def key_of(row: Row) -> RunKey:
    """Return a run's key: its start as zos stores it, and a number that is made of its id.

    Row numbers are not told; runs that start at the same instant are told apart by the number.
    """
    start = started(row)
    digest = blake2b(as_text(row.get("id")).encode(), digest_size=7).digest()
    return RunKey(format_stored(start) if start else None, int.from_bytes(digest))


def judge(row: Row, *, restarted: bool, now: datetime) -> Activity:
    """Return what an open run is, by the time since its start alone.

    ``restarted`` says whether its layer has started again since. Its last activity is not known.
    """
    start = started(row)
    if start is not None and now - start < STALLED_AFTER:
        return Activity(RunState.RUNNING, None, start + STALLED_AFTER)
    return Activity(RunState.INTERRUPTED if restarted else RunState.STALLED, None)


def usage_of(row: Row) -> Usage:
    """Return a run's usage, which the API sums over the run's calls.

    Where there are none it answers 0.0 for the cost, and the row's own tokens. So a cost of nought
    beside tokens, or beside none recorded, is taken as not recorded; without tokens it is nought.
    """
    tokens, cost = as_int(row.get("tokens_total")), as_float(row.get("estimated_cost_usd"))
    known = bool(cost) or tokens == 0
    source = Source.CALLS if known else Source.ROW
    return Usage(
        calls=None,
        failed_calls=None,
        tokens_input=as_int(row.get("tokens_input")),
        tokens_output=as_int(row.get("tokens_output")),
        tokens_total=tokens,
        tokens_source=source if tokens is not None else Source.NONE,
        cost_usd=cost if known else None,
        cost_source=Source.CALLS if known and cost is not None else Source.NONE,
    )


def errors_of(row: Row) -> tuple[RunError, ...]:
    """Return a run's errors, in the words that they are stored in."""
    errors = row.get("errors")
    return parse_errors(json.dumps(errors)) if errors is not None else ()


def summary(row: Row, activity: Activity | None) -> RunSummary:
    """Return the short form of a run; ``activity`` is that of an open one."""
    status = as_text(row.get("status"))
    errors = errors_of(row) if "errors" in row else None
    return RunSummary(
        key=key_of(row),
        id=as_text(row.get("id")),
        layer_name=as_text(row.get("layer_name")),
        status=status,
        state=derive_state(status, activity.state if activity is not None else None),
        started_at=started(row),
        completed_at=parse_stored(row.get("completed_at")),
        targets_matched=as_int(row.get("targets_matched")),
        targets_processed=as_int(row.get("targets_processed")),
        targets_skipped=as_int(row.get("targets_skipped")),
        insights_created=as_int(row.get("insights_created")),
        error_count=len(errors) if errors is not None else None,
        usage=usage_of(row),
        activity=activity,
    )


def detail(row: Row, activity: Activity | None) -> RunDetail:
    """Return the long form of a run, from what ``GET /runs/{id}`` says of it.

    The row's own tokens are not told where there are calls; those that are told stand for them.
    """
    short = summary(row, activity)
    return RunDetail(
        **{field.name: getattr(short, field.name) for field in fields(short)},
        layer_hash=as_text(row.get("layer_hash")),
        model_profile=as_optional_text(row.get("model_profile")),
        model_provider=as_optional_text(row.get("model_provider")),
        model_name=as_optional_text(row.get("model_name")),
        tokens_input=short.usage.tokens_input,
        tokens_output=short.usage.tokens_output,
        tokens_total=short.usage.tokens_total,
        errors=errors_of(row),
        insights_stored=None,
    )
