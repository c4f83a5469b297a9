"""A run's workings that are made up, for tests of what is said of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from zos_monitor.model.calls import Call, Insight
from zos_monitor.model.targets import targets_of
from zos_monitor.model.workings import CallSpan, Target, TargetOutcome, Workings

BEGAN = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)

_CALL = Call(
    id="call",
    topic="server:1:user:2",
    topic_name="@ada",
    kind="reflection",
    model_profile="moderate",
    model_provider="anthropic",
    model_name="claude-sonnet-4-6",
    tokens_input=1200,
    tokens_output=34,
    tokens_total=1234,
    cost_usd=0.0123,
    latency=timedelta(seconds=4),
    succeeded=True,
    error="",
    ended_at=BEGAN + timedelta(seconds=4),
)
_INSIGHT = Insight(
    id="insight",
    topic="server:1:user:2",
    topic_name="@ada",
    category="user_reflection",
    strength=5.2118,
    confidence=0.5,
    importance=None,
    created_at=BEGAN + timedelta(seconds=4),
    gist="They returned\nto it.",
)


def made_call(number: int = 1, *, at: float = 4, **columns: object) -> Call:
    """Return a call that ended so many seconds after the run began."""
    call = replace(_CALL, id=f"call-{number}", ended_at=BEGAN + timedelta(seconds=at))
    return replace(call, **columns)  # type: ignore[arg-type]


def made_insight(number: int = 1, **columns: object) -> Insight:
    return replace(_INSIGHT, id=f"insight-{number}", **columns)  # type: ignore[arg-type]


def span(began: float, ended: float, succeeded: bool | None = True) -> CallSpan:
    """Return a call's span in seconds after the run began."""
    return CallSpan(BEGAN + timedelta(seconds=began), BEGAN + timedelta(seconds=ended), succeeded)


def made_target(*spans: CallSpan, topic: str | None = "server:1:user:2") -> Target:
    return Target(
        topic=topic,
        topic_name=None,
        outcome=TargetOutcome.INSIGHT,
        calls=len(spans),
        failed_calls=0,
        insights=1,
        errors=0,
        tokens=None,
        cost_usd=None,
        began_at=min((one.began_at for one in spans), default=None),
        ended_at=max((one.ended_at for one in spans), default=None),
        spans=spans,
    )


def made_workings(
    *calls: Call, insights: tuple[Insight, ...] = (), lasted: float = 60, **fields: object
) -> Workings:
    """Return the workings of a run that lasted so many seconds."""
    targets = targets_of(
        calls, insights, (), open_run=False, calls_per_target=None, started_at=BEGAN
    )
    found = Workings(
        run_id="run",
        calls=calls,
        call_count=len(calls),
        insights=insights,
        insight_count=len(insights),
        targets=targets,
        began_at=BEGAN,
        ended_at=BEGAN + timedelta(seconds=lasted),
    )
    return replace(found, **fields)  # type: ignore[arg-type]
