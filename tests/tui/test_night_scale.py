"""Nights by the cell: how many of them, their dates, and the bars above them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from tests.tui.made_failures import LAST_NIGHT
from zos_monitor.tui.glyphs import ASCII, UNICODE
from zos_monitor.tui.night_scale import NightScale, bar, night_name, night_of


def over(nights: int, room: int) -> NightScale:
    return NightScale.over(LAST_NIGHT - timedelta(days=nights - 1), LAST_NIGHT, room)


@pytest.mark.parametrize(
    ("nights", "room", "each", "cells"),
    [
        (31, 31, 1, 31),
        (31, 40, 1, 31),
        (31, 30, 2, 16),
        (31, 11, 3, 11),
        (90, 31, 3, 30),
        (1, 14, 1, 1),
        (3, 0, 3, 1),
        (700, 14, 50, 14),
    ],
)
def test_nights_are_folded_where_there_are_more_than_cells(
    nights: int, room: int, each: int, cells: int
) -> None:
    scale = over(nights, room)
    assert (scale.nights, scale.each, scale.cells) == (nights, each, cells)
    every = {LAST_NIGHT - timedelta(days=back): 1 for back in range(nights)}
    counts = scale.counts(every)
    assert len(counts) == cells
    assert sum(counts) == nights
    assert all(count == each for count in counts[1:])
    assert len(scale.head()) == cells


def test_nights_beyond_the_scale_are_left_out() -> None:
    scale = over(5, 5)
    beyond = (scale.first - timedelta(days=1), scale.last + timedelta(days=1), date.max, date.min)
    assert scale.counts(dict.fromkeys(beyond, 9)) == [0] * 5
    assert scale.counts({scale.first: 1, scale.last: 2}) == [1, 0, 0, 0, 2]
    turned = NightScale.over(LAST_NIGHT, LAST_NIGHT - timedelta(days=9), 5)
    assert turned.nights == 1


@pytest.mark.parametrize(
    ("nights", "room", "head"),
    [
        (31, 31, "     1 Nov  8 Nov 15 Nov 22 Nov"),
        (31, 16, "2 each    22 Nov"),
        (31, 11, "3x   22 Nov"),
        (93, 31, "3 nights each      1 Nov 22 Nov"),
        (3, 3, "   "),
        (400, 31, "13 nights each      22 Nov 2026"),
    ],
)
def test_dates_end_above_their_nights(nights: int, room: int, head: str) -> None:
    assert over(nights, room).head() == head


def test_dates_of_more_than_a_year_have_theirs() -> None:
    assert over(400, 400).head().endswith("  25 Oct 2026    8 Nov 2026   22 Nov 2026")
    assert over(366, 400).name(LAST_NIGHT) == "22 Nov"


def test_a_night_goes_from_noon_to_noon_and_is_called_by_its_morning() -> None:
    noon = datetime(2026, 11, 21, 12, tzinfo=UTC)
    before = noon - timedelta(microseconds=1)
    assert night_of(noon, UTC) == LAST_NIGHT
    assert night_of(before, UTC) == LAST_NIGHT - timedelta(days=1)
    assert night_of(before, timezone(timedelta(hours=1))) == LAST_NIGHT
    assert night_name(LAST_NIGHT) == "22 Nov"
    for end in (datetime.max.replace(tzinfo=UTC), datetime.min.replace(tzinfo=UTC)):
        assert night_name(night_of(end, timezone(timedelta(hours=5))))
        assert night_name(night_of(end, timezone(-timedelta(hours=5))))


def text(counts: list[int], highest: int, levels: str, dot: str) -> str:
    return "".join(signs for signs, _ in bar(counts, highest, levels, dot))


def test_a_bar_shows_the_least_there_is() -> None:
    counts = [0, 1, 2, 7, 50, 999, 1000, 0]
    assert text(counts, 1000, UNICODE.levels, UNICODE.dot) == "·▁▂▃▅██·"
    assert text(counts, 1000, ASCII.levels, ASCII.dot) == "-123588-"
    assert text([1, 2, 3], 3, ASCII.levels, ASCII.dot) == "158"
    assert text([1], 1, ASCII.levels, ASCII.dot) == "8"
    assert text([1, 2], 0, ASCII.levels, ASCII.dot) == "88"
    assert text([5], 3, ASCII.levels, ASCII.dot) == "8"
    assert [filled for _, filled in bar(counts, 1000, ASCII.levels, "-")] == [False, True, False]
    assert list(bar([], 3, ASCII.levels, "-")) == []
