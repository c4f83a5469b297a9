"""What is said of failure groups: new or quiet, their order, their nights and their words."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from tests.tui.made_failures import GROUPS, LAST_NIGHT, NOW, SAMPLE, failures, group
from zos_monitor.model.failures import Failures
from zos_monitor.tui.failure_words import (
    Age,
    GroupSort,
    Order,
    age,
    facts,
    names,
    nights_of,
    no_errors,
    title,
)
from zos_monitor.tui.glyphs import UNICODE
from zos_monitor.tui.night_scale import NightScale
from zos_monitor.tui.run_columns import Setting

DAY = timedelta(days=1)
SETTING = Setting(NOW, UTC, UNICODE)
STEADY, NEW, QUIET = GROUPS[0], GROUPS[2], GROUPS[4]


def answer(**fields: object) -> Failures:
    return replace(SAMPLE, **fields)  # type: ignore[arg-type]


def test_what_came_up_in_the_last_day_is_new_where_the_week_before_is_known() -> None:
    assert [age(one, SAMPLE, NOW) for one in GROUPS] == [
        *(Age.KNOWN, Age.KNOWN, Age.NEW, Age.KNOWN, Age.QUIET, Age.KNOWN, Age.QUIET)
    ]
    assert age(NEW, answer(share=0.99), NOW) is Age.KNOWN
    assert age(NEW, answer(since=NOW - 6 * DAY), NOW) is Age.KNOWN
    assert age(NEW, answer(since=NOW - 7 * DAY), NOW - timedelta(minutes=5)) is Age.NEW
    assert age(NEW, answer(since=None), NOW) is Age.NEW
    assert age(NEW, SAMPLE, NOW + DAY) is Age.KNOWN
    assert age(replace(NEW, first_seen=None, last_seen=None), SAMPLE, NOW) is Age.KNOWN


def test_quiet_is_what_three_nights_were_free_of() -> None:
    seen = replace(QUIET, last_seen=NOW - 3 * DAY)
    assert age(seen, SAMPLE, NOW) is Age.KNOWN
    assert age(seen, SAMPLE, NOW + timedelta(seconds=1)) is Age.QUIET
    # What counts is the end of the window where that has passed.
    ended = answer(until=NOW - 9 * DAY)
    assert age(QUIET, SAMPLE, NOW) is Age.QUIET
    assert age(QUIET, ended, NOW) is Age.KNOWN
    assert age(QUIET, answer(until=NOW + 99 * DAY), NOW) is Age.QUIET


@pytest.mark.parametrize(
    ("fields", "first", "last"),
    [
        ({}, 30, 0),
        ({"since": NOW - 7 * DAY}, 7, 0),
        ({"since": NOW - 90 * DAY}, 30, 0),  # there is no error before
        ({"since": NOW - 90 * DAY, "first_night": LAST_NIGHT - 60 * DAY}, 60, 0),
        ({"since": NOW - 40 * DAY, "first_night": LAST_NIGHT - 60 * DAY}, 40, 0),
        ({"since": None, "first_night": LAST_NIGHT - 60 * DAY}, 60, 0),
        ({"since": NOW - 9 * DAY, "until": NOW - 5 * DAY}, 9, 5),
        ({"since": NOW + 9 * DAY}, 0, 0),
        ({"since": NOW - 90 * DAY, "first_night": None}, 30, 0),
    ],
)
def test_the_nights_are_those_of_the_window(
    fields: dict[str, object], first: int, last: int
) -> None:
    expected = LAST_NIGHT - first * DAY, LAST_NIGHT - last * DAY
    assert nights_of(answer(**fields), NOW, UTC) == expected


def test_without_any_time_there_are_no_nights() -> None:
    assert nights_of(failures(since=None), NOW, UTC) is None
    odd = answer(since=datetime.min.replace(tzinfo=UTC), until=datetime.max.replace(tzinfo=UTC))
    assert nights_of(odd, NOW, timezone(14 * timedelta(hours=1))) is not None


def test_every_order_and_its_other_end() -> None:
    seen = {}
    sort = GroupSort()
    for _ in Order:
        found = sort.sorted(GROUPS, UTC)
        assert sort._replace(turned=True).sorted(GROUPS, UTC) == found[::-1]
        seen[sort.words] = [one.cause.split()[0] for one in found]
        sort = sort.next
    assert sort == GroupSort()
    assert seen == {
        # Night by night, and within a night what has most errors.
        "last seen first": ["429", "401", "timeout", "invalid", "validation", "529", "database"],
        "most errors first": ["429", "401", "timeout", "database", "529", "validation", "invalid"],
        "newest first": ["401", "529", "validation", "timeout", "database", "invalid", "429"],
        "most runs first": ["429", "401", "timeout", "database", "529", "validation", "invalid"],
    }
    timeless = replace(NEW, first_seen=None, last_seen=None)
    for order in Order:
        assert len(GroupSort(order).sorted([timeless, STEADY], UTC)) == 2


@pytest.mark.parametrize(
    ("room", "words"),
    [
        (30, "alpha, beta, gamma"),
        (18, "alpha, beta, gamma"),
        (17, "alpha, beta +1"),
        (13, "alpha +2"),
        (7, "alp… +2"),
    ],
)
def test_names_that_do_not_fit_are_counted(room: int, words: str) -> None:
    assert names([("alpha", 3), ("beta", 2), ("gamma", 1)], room, "…") == words
    assert names([], room, "…") == ""
    assert names([("al\x1bpha", 3)], 30, "…") == "al␛pha"


def test_titles_tell_as_much_as_fits() -> None:
    whole = "Failures by cause, last 30 days: 7 causes, 201 errors in 64 of 420 runs"
    assert title(SAMPLE, "last 30 days", len(whole)) == whole
    assert title(SAMPLE, "last 30 days", len(whole) - 1) == whole.partition(" in 64")[0]
    assert title(SAMPLE, "last 30 days", 20) == "Failures by cause, last 30 days"
    assert title(None, "last 30 days", 99) == "Failures by cause, last 30 days"


@pytest.mark.parametrize(
    ("span", "words"),
    [
        ("last 30 days", "No errors in the last 30 days: 420 runs looked at"),
        ("since 2026-10-01", "No errors since 2026-10-01: 420 runs looked at"),
        ("all time, as filtered", "No errors in all time, as filtered: 420 runs looked at"),
    ],
)
def test_no_errors_says_among_how_many_runs(span: str, words: str) -> None:
    assert no_errors(failures(), span) == words
    assert no_errors(failures(share=0.5), span) == "No errors so far: 420 runs looked at"


def test_facts_tell_the_group_whole() -> None:
    scale = NightScale(LAST_NIGHT - 30 * DAY, LAST_NIGHT)
    assert list(facts(STEADY, SAMPLE, SETTING, scale)) == [
        "116 errors in 38 runs, in 18 of 31 nights, most on 22 Nov: 24",
        "first 2026-10-27 03:00:00 UTC, 26d ago; last 2026-11-22 03:00:00 UTC, 4h ago",
        "node reflect; layers nightly-user-reflection 116, nightly-dyad-reflection 115, "
        "weekly-meta-reflection 114",
    ]
    once = replace(group("x", 1), nodes=())
    assert list(facts(once, SAMPLE, SETTING, scale)) == [
        "1 error in 1 run, in 1 of 31 nights: 22 Nov",
        "seen only 2026-11-22 03:00:00 UTC, 4h ago",
        "no node recorded; layer nightly-user-reflection",
    ]
    timeless = replace(once, first_seen=None, last_seen=None, nights={})
    assert list(facts(timeless, SAMPLE, SETTING, None))[:2] == [
        "1 error in 1 run",
        "seen only at a time that is not recorded",
    ]
