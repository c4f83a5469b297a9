"""The answers worked out plainly, over every row of every table."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from zos_monitor.answers.encoding import to_json
from zos_monitor.model.errors import parse_errors
from zos_monitor.model.times import format_stored, parse_stored

STATES = ("success", "partial", "failed", "dry")
OPEN = ("running_runs", "stalled_runs", "interrupted_runs")
Row = dict[str, Any]


def strict(answer: object) -> Any:  # noqa: ANN401
    """Return an answer as a reader of its JSON gets it, one that takes nothing that JSON is not."""

    def refused(constant: str) -> None:
        raise AssertionError(f"{constant} is no JSON")

    read = json.loads(to_json(answer), parse_constant=refused)
    json.dumps(read, ensure_ascii=False).encode()  # raises for a lone surrogate
    return read


def rows(path: Path, table: str, order: str = "rowid") -> list[Row]:
    """Return all rows of a table, each with its number; none where there is no such table."""
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as connection:
        connection.text_factory = lambda raw: raw.decode("utf-8", "replace")
        connection.row_factory = sqlite3.Row
        if not connection.execute(
            "SELECT 1 FROM sqlite_master WHERE name = ?", (table,)
        ).fetchone():
            return []
        found = connection.execute(f"SELECT rowid AS number, * FROM {table} ORDER BY {order}")
        return [dict(row) for row in found]


def text(value: object) -> str:
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return "" if value is None else str(value)


def amount(value: object) -> float | None:
    """Return what can be a cost."""
    sound = isinstance(value, int | float) and abs(value) <= 1e308
    return float(value) if sound else None  # type: ignore[arg-type]


def whole(value: object) -> int | None:
    return value if isinstance(value, int) else None


@dataclass
class Plain:
    """A run as its rows tell of it."""

    row: Row
    calls: list[Row] = field(default_factory=list)
    insights: int = 0

    @property
    def id(self) -> str:
        return text(self.row["id"])

    @property
    def layer(self) -> str:
        return text(self.row["layer_name"])

    @property
    def open(self) -> bool:
        return self.row["completed_at"] is None

    @property
    def state(self) -> str:
        """The state, ``open`` for all that are."""
        status = text(self.row["status"])
        return "open" if self.open else status if status in STATES else "unknown"

    @property
    def started(self) -> datetime | None:
        return parse_stored(self.row["started_at"])

    @property
    def seconds(self) -> float | None:
        ended = parse_stored(self.row["completed_at"])
        if self.started is None or ended is None or ended < self.started:
            return None
        return (ended - self.started).total_seconds()

    @property
    def cost(self) -> tuple[float | None, str]:
        """The cost, and where it is from."""
        costs = [amount(call["estimated_cost_usd"]) for call in self.calls]
        known = [cost for cost in costs if cost is not None]
        if known:
            return sum(known), "calls"
        own = amount(self.row["estimated_cost_usd"])
        return own, "none" if own is None else "row"

    @property
    def tokens(self) -> int | None:
        found = [whole(call["tokens_total"]) for call in self.calls]
        known = [tokens for tokens in found if tokens is not None]
        return sum(known) if known else whole(self.row["tokens_total"])

    @property
    def errors(self) -> list[str]:
        return [one.message for one in parse_errors(self.row["errors"])]

    def since(self, bound: datetime | None) -> bool:
        """Tell whether it began since an instant, in the order that SQLite has."""
        at = self.row["started_at"]
        if bound is None or isinstance(at, bytes):
            return True
        return isinstance(at, str) and at >= format_stored(bound)


def runs_of(path: Path) -> list[Plain]:
    """Return all runs, newest first."""
    order = "started_at DESC, rowid DESC"
    found = [Plain(row) for row in rows(path, "layer_runs", order)]
    calls = defaultdict(list)
    for call in rows(path, "llm_calls"):
        calls[call["layer_run_id"]].append(call)
    stored = Counter(insight["layer_run_id"] for insight in rows(path, "insights"))
    for run in found:
        run.calls, run.insights = calls[run.row["id"]], stored[run.row["id"]]
    return found


def figures(runs: Iterable[Plain]) -> dict[str, Any]:
    """Return what statistics say of some runs; those that are open are counted as ``open``."""
    runs = list(runs)
    counts = Counter(run.state for run in runs)
    decided = len(runs) - counts["open"] - counts["dry"]
    costs = [run.cost[0] for run in runs]
    timed = [run.seconds for run in runs if run.seconds is not None]
    failures = counts["failed"] + counts["partial"]
    return {
        "runs": len(runs),
        "insights": sum(whole(run.row["insights_created"]) or 0 for run in runs),
        "successful_runs": counts["success"],
        "partial_runs": counts["partial"],
        "failed_runs": counts["failed"],
        "dry_runs": counts["dry"],
        "unknown_runs": counts["unknown"],
        "open": counts["open"],
        "total_tokens": sum(run.tokens or 0 for run in runs),
        "total_cost_usd": sum(cost for cost in costs if cost is not None),
        "runs_without_cost": sum(not run.open and run.cost[0] is None for run in runs),
        "success_rate": counts["success"] / decided if decided else None,
        "failure_rate": failures / decided if decided else None,
        "avg_duration_seconds": sum(timed) / len(timed) if timed else None,
        "last_run": last(runs),
    }


def last(runs: Iterable[Plain], *states: str) -> str | None:
    """Return the start of the first of these runs, in one of the states, that has one."""
    starts = (run.started for run in runs if not states or run.state in states)
    return next((iso(start) for start in starts if start is not None), None)


def iso(at: datetime | None) -> str | None:
    return None if at is None else f"{at:%Y-%m-%dT%H:%M:%S}{_fraction(at)}Z".rjust(20, "0")


def _fraction(at: datetime) -> str:
    return f".{at.microsecond:06}" if at.microsecond else ""


def days_before(now: datetime, days: int | None) -> datetime | None:
    return None if days is None else now - timedelta(days=days)
