"""The rules of a check at the edges of their bounds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from tests.conftest import NOW
from tests.model.check_facts import (
    ALL,
    BAD,
    CRITICAL,
    DAY,
    DRY,
    FAILED,
    HOUR,
    OK,
    PARTIAL,
    SUCCESS,
    TICK,
    WARNING,
    facts,
    layer,
)
from zos_monitor.model.check_rules import age_bounds, judge
from zos_monitor.model.check_words import summary
from zos_monitor.model.checks import (
    Bounds,
    Facts,
    Finding,
    LayerFacts,
    Level,
    Limits,
    NightFacts,
    OpenFacts,
    Rule,
    worst,
)
from zos_monitor.model.states import RunState


def levels(known: Facts, limits: Limits | None = None) -> Mapping[Rule, Level]:
    return {finding.rule: finding.level for finding in judge(known, limits or Limits())}


AGES = {
    "fresh": (layer(HOUR), {}, OK),
    "at 1.3 periods": (layer(1.3 * DAY), {}, OK),
    "above 1.3 periods": (layer(1.3 * DAY + TICK), {}, WARNING),
    "at 2.3 periods": (layer(2.3 * DAY), {}, WARNING),
    "above 2.3 periods": (layer(2.3 * DAY + TICK), {}, CRITICAL),
    "weekly": (layer(9 * DAY, period=7 * DAY), {}, OK),
    "weekly, old": (layer(9.2 * DAY, period=7 * DAY), {}, WARNING),
    "of the future": (layer(-DAY), {}, OK),
    "no period": (layer(99 * DAY, period=None), {}, OK),
    "no period, by hand": (
        layer(31 * HOUR, period=None),
        {"age": Bounds(warning=30 * 3600.0)},
        WARNING,
    ),
    "by hand": (layer(30 * HOUR), {"age": Bounds(warning=30 * 3600.0)}, OK),
    "above by hand": (layer(30 * HOUR + TICK), {"age": Bounds(warning=30 * 3600.0)}, WARNING),
    "critical by hand": (layer(2 * HOUR), {"age": Bounds(critical=3600.0)}, CRITICAL),
    "by hand for one level": (layer(2.4 * DAY), {"age": Bounds(warning=9e9)}, CRITICAL),
    "off": (layer(99 * DAY), {"age_periods": Bounds()}, OK),
    "no critical": (layer(99 * DAY), {"age_periods": Bounds(warning=1.3)}, WARNING),
    "only dry since": (layer(99 * DAY, dry_streak=1), {}, WARNING),
    "dry but young": (layer(HOUR, dry_streak=1), {}, OK),
    "never succeeded": (layer(None), {}, WARNING),
    "never succeeded, off": (layer(None), {"age_periods": Bounds()}, OK),
    "never ran": (layer(None, ran=False), {}, OK),
}


@pytest.mark.parametrize(("known", "limits", "level"), AGES.values(), ids=AGES.keys())
def test_the_age_of_the_last_success(
    known: LayerFacts, limits: dict[str, Any], level: Level
) -> None:
    assert worst(judge(facts(layers=(known,)), Limits(**limits))) is level


SHARES = {
    "none": ({SUCCESS: 10}, OK),
    "at the warning": ({SUCCESS: 9, FAILED: 1}, OK),
    "above the warning": ({SUCCESS: 8, FAILED: 1}, WARNING),
    "at the critical": ({SUCCESS: 5, FAILED: 5}, WARNING),
    "above the critical": ({SUCCESS: 4, FAILED: 5}, CRITICAL),
    "too few": ({FAILED: 4}, OK),
    "just enough": ({FAILED: 5}, CRITICAL),
    "dry ones do not count": ({FAILED: 4, DRY: 9}, OK),
    "nor do they dilute": ({SUCCESS: 8, FAILED: 1, DRY: 99}, WARNING),
    "open ones neither": ({SUCCESS: 8, FAILED: 1, RunState.RUNNING: 99}, WARNING),
    "partial ones do": ({PARTIAL: 1, SUCCESS: 8, FAILED: 1}, OK),
    "unknown ones do": ({RunState.UNKNOWN: 1, SUCCESS: 8, FAILED: 1}, OK),
}


@pytest.mark.parametrize(("counts", "level"), SHARES.values(), ids=SHARES.keys())
def test_the_share_of_failed_runs(counts: dict[RunState, int], level: Level) -> None:
    assert levels(facts(counts=counts)).get(Rule.FAILED, OK) is level


@pytest.mark.parametrize(
    ("partial", "bounds", "level"),
    [
        (5, Bounds(warning=0.5), OK),
        (6, Bounds(warning=0.5), WARNING),
        (10, Bounds(warning=0.5), WARNING),
        (9, Bounds(warning=0.5, critical=0.9), WARNING),
        (10, Bounds(warning=0.5, critical=0.9), CRITICAL),
        (10, Bounds(), OK),
    ],
)
def test_the_share_of_partial_runs(partial: int, bounds: Bounds, level: Level) -> None:
    known = facts(counts={PARTIAL: partial, SUCCESS: 10 - partial})
    assert levels(known, Limits(partial=bounds)).get(Rule.PARTIAL, OK) is level


def test_the_least_number_of_runs_can_be_set() -> None:
    known = facts(counts={FAILED: 1})
    assert levels(known, Limits(least_runs=2)) == {}
    assert levels(known, Limits(least_runs=1)) == {Rule.FAILED: CRITICAL}


def stalled(*names: str) -> tuple[OpenFacts, ...]:
    return tuple(
        OpenFacts(layer_name=name, state=RunState.STALLED, last=NOW - HOUR) for name in names
    )


RUNNING = OpenFacts(layer_name="a", state=RunState.RUNNING, last=NOW)


@pytest.mark.parametrize(
    ("open_runs", "interrupted", "level"),
    [
        ((RUNNING,), 0, OK),
        (stalled("a"), 0, WARNING),
        ((), 1, WARNING),
        (stalled("a"), 1, WARNING),
        (stalled("a", "b"), 1, CRITICAL),
        ((*stalled("a", "b", "c"), RUNNING), 0, CRITICAL),
    ],
)
def test_stalled_and_interrupted_runs(
    open_runs: tuple[OpenFacts, ...], interrupted: int, level: Level
) -> None:
    known = facts(open_runs=open_runs, counts={RunState.INTERRUPTED: interrupted})
    assert levels(known).get(Rule.STALLED, OK) is level


@pytest.mark.parametrize(
    ("missed", "level"),
    [(0, OK), (1, WARNING), (2, WARNING), (3, CRITICAL), (9, CRITICAL)],
)
def test_missed_layers(missed: int, level: Level) -> None:
    night = NightFacts(date=date(2026, 11, 21), starts={}, missed=tuple("abcdefghi"[:missed]))
    assert levels(facts(night=night)).get(Rule.MISSED, OK) is level
    assert levels(facts()) == {}


@pytest.mark.parametrize(
    ("streak", "bounds", "level"),
    [
        (2, Bounds(warning=3), OK),
        (3, Bounds(warning=3), WARNING),
        (99, Bounds(warning=3), WARNING),
        (4, Bounds(warning=3, critical=5), WARNING),
        (5, Bounds(warning=3, critical=5), CRITICAL),
        (99, Bounds(), OK),
    ],
)
def test_dry_nights(streak: int, bounds: Bounds, level: Level) -> None:
    known = facts(layers=(layer(dry_streak=streak),))
    assert levels(known, Limits(dry=bounds)).get(Rule.DRY, OK) is level


@pytest.mark.parametrize(
    ("cost", "bounds", "level"),
    [
        (99.0, Bounds(), OK),
        (5.0, Bounds(warning=5.0), OK),
        (5.01, Bounds(warning=5.0), WARNING),
        (10.0, Bounds(warning=5.0, critical=10.0), WARNING),
        (10.01, Bounds(warning=5.0, critical=10.0), CRITICAL),
        (10.01, Bounds(critical=10.0), CRITICAL),
        (None, Bounds(warning=0.0), OK),
    ],
)
def test_the_cost(cost: float | None, bounds: Bounds, level: Level) -> None:
    assert levels(facts(cost_usd=cost), Limits(cost=bounds)).get(Rule.COST, OK) is level


def test_every_rule_can_be_left_out() -> None:
    assert set(levels(BAD, ALL)) == set(Rule)
    for rule in Rule:
        assert set(levels(BAD, replace(ALL, rules=ALL.rules - {rule}))) == set(Rule) - {rule}


def test_the_worst_comes_first_and_decides() -> None:
    findings = judge(BAD, ALL)
    assert [finding.level for finding in findings] == [CRITICAL] + [WARNING] * 6
    assert [finding.rule for finding in findings][:3] == [Rule.AGE, Rule.STALLED, Rule.MISSED]
    assert worst(findings) is CRITICAL
    assert worst(()) is OK
    assert summary(BAD, findings) == (
        "nightly last succeeded 99d ago; 1 run interrupted in 24h; "
        "1 layer missed on 2026-11-21 (or nothing eligible): m; and 4 more"
    )


def test_bounds_by_hand_hold_beside_those_of_the_schedule() -> None:
    limits = Limits(age=Bounds(warning=60.0))
    assert age_bounds(layer(), limits) == Bounds(warning=60.0, critical=198720.0)


def test_a_finding_about_one_layer_names_it() -> None:
    [finding] = judge(facts(open_runs=stalled("a", "a")), Limits())
    assert (finding.layer_name, finding.value) == ("a", 2)
    assert isinstance(finding, Finding)
    assert finding.message == "2 runs stalled: a"
    [finding] = judge(facts(open_runs=stalled(*"abcde")), Limits())
    assert (finding.layer_name, finding.message) == (None, "5 runs stalled: a, b, c and 2 more")
