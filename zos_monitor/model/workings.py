"""How a run went about its work: its targets, its calls and its insights."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from zos_monitor.model.calls import Call, Insight


class TargetOutcome(StrEnum):
    """What became of a target, as far as the database tells."""

    INSIGHT = "insight"
    ERROR = "error"
    NO_RESULT = "called without result"
    IN_FLIGHT = "in flight"


class CallSpan(NamedTuple):
    """The time that a call took, from its sending to its end (aware, UTC)."""

    began_at: datetime
    ended_at: datetime
    succeeded: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One topic that a run has worked on, with what is recorded of that.

    ``tokens`` and ``cost_usd`` sum its calls, None where nothing is recorded. ``began_at`` and
    ``ended_at`` are the ends of the span of its calls and insights. ``spans`` has those of its
    calls whose end is known, in the order of their beginning; none begins before the run, and where
    no latency is recorded the end is all there is. ``topic`` is None for what names no topic:
    errors before there was one, calls outside of any.
    """

    topic: str | None
    topic_name: str | None
    outcome: TargetOutcome
    calls: int
    failed_calls: int
    insights: int
    errors: int
    tokens: int | None
    cost_usd: float | None
    began_at: datetime | None
    ended_at: datetime | None
    spans: tuple[CallSpan, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Workings:
    """What is recorded of a run's work.

    ``calls`` and ``insights`` are in the order in which zos wrote them, a call at its end;
    ``targets`` in that of their first trace. ``call_count`` and ``insight_count`` tell how many
    there are of them altogether: more than the tuples hold where there are very many, of which the
    newest are there and make up the targets; None where the database has no such table.
    ``began_at`` and ``ended_at`` are what the waterfall spans: from the run's start to its end, or
    to the last trace of an open one.
    """

    run_id: str
    calls: tuple[Call, ...]
    call_count: int | None
    insights: tuple[Insight, ...]
    insight_count: int | None
    targets: tuple[Target, ...]
    began_at: datetime | None
    ended_at: datetime | None


class StoredValue(NamedTuple):
    """One column of a run's row: its name, what is stored as text, and SQLite's type for that.

    Of a very long one ``text`` is the beginning, and ``left_out`` how many bytes follow.
    """

    column: str
    text: str
    type: str
    left_out: int = 0
