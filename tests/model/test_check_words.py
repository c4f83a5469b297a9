"""The line that plugins print, and its performance data."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.model.check_facts import (
    ALL,
    BAD,
    DAY,
    HOUR,
    OK,
    SUCCESS,
    facts,
    layer,
)
from zos_monitor.model.check_rules import judge, span_words
from zos_monitor.model.check_words import Metric, metrics, plugin_line, summary
from zos_monitor.model.checks import (
    Facts,
    Level,
    Limits,
    NightFacts,
)
from zos_monitor.model.nights import Outcome


def test_where_all_is_well_the_line_says_what_was_looked_at() -> None:
    starts = {Outcome.SUCCESS: 3, Outcome.DRY: 1, Outcome.PARTIAL: 1, Outcome.TO_COME: 9}
    night = NightFacts(date=date(2026, 11, 21), starts=starts)
    known = facts(counts={SUCCESS: 4}, layers=(layer(),), night=night, cost_usd=0.5, uncosted=1)
    assert judge(known, Limits()) == ()
    assert summary(known, ()) == "1 layer, night of 2026-11-21 4 of 5 well, 4 runs in 24h, $0.50+"
    assert summary(facts(), ()) == "0 runs in 24h"


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (HOUR, "1h"),
        (48 * HOUR, "48h"),
        (3 * DAY, "3d"),
        (90 * HOUR / 60, "90m"),
        (HOUR / 80, "45s"),
    ],
)
def test_spans_in_words(span: timedelta, words: str) -> None:
    assert span_words(span) == words


METRIC = re.compile(r"'[a-z_]+'=-?\d+(\.\d+)?%?(;-?[\d.]*){0,4}", re.ASCII)


def data(known: Facts, limits: Limits) -> dict[str, str]:
    words = plugin_line(OK, "words", metrics(known, limits)).partition(" | ")[2].split(" ")
    assert all(METRIC.fullmatch(word) for word in words), words
    return {word.partition("=")[0].strip("'"): word.partition("=")[2] for word in words}


def test_performance_data() -> None:
    assert data(BAD, ALL) == {
        "runs": "21;;;0",
        "failed_share": "45%;10;50;0;100",
        "partial_share": "55%;50;;0;100",
        "open": "0;;;0",
        "stalled": "1;0;2;0",
        "missed": "1;0;2;0",
        "cost_usd": "9.5;1;;0",
        "tokens": "1200;;;0",
        "oldest_success_hours": "2376;31.2;55.2;0",
    }


def test_what_is_not_known_is_no_performance_data() -> None:
    assert set(data(facts(), Limits())) == {"runs", "open", "stalled"}


def test_the_oldest_success_is_that_of_the_layer_that_is_latest_by_its_schedule() -> None:
    weekly, nightly = layer(5 * DAY, period=7 * DAY), layer(2 * DAY)
    assert data(facts(layers=(weekly, nightly)), Limits())["oldest_success_hours"] == (
        "48;31.2;55.2;0"
    )


@given(st.text(st.characters(codec=None), max_size=600), st.sampled_from(list(Level)))
def test_no_text_gets_out_of_its_line(text: str, level: Level) -> None:
    known = facts(layers=(layer(99 * DAY, text),), counts={SUCCESS: 1})
    findings = judge(known, Limits())
    line = plugin_line(level, summary(known, findings), metrics(known, Limits()))
    assert len(line.splitlines()) == 1
    assert line.startswith(f"ZOS {level.name} - ")
    assert line.count("|") == 1
    line.encode()
    assert len(findings[0].message) < 200


@given(st.floats(allow_nan=False, allow_infinity=False, min_value=-1e12, max_value=1e12))
def test_numbers_of_performance_data_are_plain(number: float) -> None:
    line = plugin_line(OK, "", [Metric(label="cost_usd", value=number, warning=number)])
    assert METRIC.fullmatch(line.partition(" | ")[2])
