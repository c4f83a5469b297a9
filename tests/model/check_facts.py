"""Facts for checks."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from tests.conftest import NOW
from zos_monitor.model.checks import (
    Bounds,
    Facts,
    LayerFacts,
    Level,
    Limits,
    NightFacts,
)
from zos_monitor.model.nights import Outcome
from zos_monitor.model.states import RunState

OK, WARNING, CRITICAL = list(Level)[:3]
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
TICK = timedelta.resolution
SUCCESS, PARTIAL, FAILED, DRY = (
    *(RunState.SUCCESS, RunState.PARTIAL),
    *(RunState.FAILED, RunState.DRY),
)


def layer(age: timedelta | None = HOUR, name: str = "nightly", **facts: Any) -> LayerFacts:  # noqa: ANN401
    last = NOW - age if age is not None else None
    return replace(LayerFacts(layer_name=name, period=DAY, last_good=last), **facts)


def facts(**known: Any) -> Facts:  # noqa: ANN401
    return Facts(now=NOW, window=DAY, **known)


BAD = facts(
    counts={FAILED: 9, PARTIAL: 11, RunState.INTERRUPTED: 1},
    layers=(layer(99 * DAY), layer(HOUR, "dry", dry_streak=9)),
    night=NightFacts(date=date(2026, 11, 21), starts={Outcome.MISSED: 1}, missed=("m",)),
    cost_usd=9.5,
    tokens=1200,
)
ALL = Limits(cost=Bounds(warning=1.0))
