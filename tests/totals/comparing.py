"""Comparing kept totals with those that a service sums up from the start."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from tests.conftest import NOW
from tests.waiting import soon
from zos_monitor.model.filters import parse_filter
from zos_monitor.model.stats import RunTotals, Totals
from zos_monitor.service import RunService


class Clock:
    """The present, which the tests move."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


def exact(totals: RunTotals) -> RunTotals:
    return replace(totals, cost_usd=None, stored_cost_usd=None, open_cost_usd=0.0, seconds=0.0)


def assert_equal(kept: Totals, fresh: Totals, what: str) -> None:
    assert (kept.since, kept.until) == (fresh.since, fresh.until), what
    ours, others = (kept.overall, *kept.by_layer), (fresh.overall, *fresh.by_layer)
    assert [exact(part) for part in ours] == [exact(part) for part in others], what
    for one, other in zip(ours, others, strict=True):
        assert one.cost_usd == pytest.approx(other.cost_usd, rel=1e-9, abs=1e-9), what
        stored = pytest.approx(other.stored_cost_usd, rel=1e-9, abs=1e-9)
        assert one.stored_cost_usd == stored, what
        assert one.open_cost_usd == pytest.approx(other.open_cost_usd, rel=1e-9, abs=1e-9), what
        assert one.seconds == pytest.approx(other.seconds, rel=1e-9, abs=1e-9), what


async def compare(service: RunService, text: str, window: str | None, what: str = "") -> Totals:
    flt = parse_filter(text)
    kept = await soon(service.totals(flt, window=window))
    fresh = RunService(service.path, clock=service.clock)
    assert_equal(kept, await soon(fresh.totals(flt, window=window)), f"{text!r} {window} {what}")
    return kept
