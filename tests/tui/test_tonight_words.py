"""What is said of nights in a few words."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from textual.binding import Binding

from tests.tui.nights import NOW, TODAY, at, layer, night, part, sample, slot
from zos_monitor.model.nights import LayerNight, Nights, Outcome, ScheduleSource
from zos_monitor.tui.glyphs import ASCII, UNICODE
from zos_monitor.tui.line_table import fit_cells
from zos_monitor.tui.line_view import Cell
from zos_monitor.tui.night_rows import MOST_STARTS, RowKind, rows_of
from zos_monitor.tui.tonight import TONIGHT_KEYS
from zos_monitor.tui.tonight_text import legend, night_title, tonight_words, until

COMING = [Outcome.TO_COME] * 2
BEFORE = [Outcome.SUCCESS] * 5 + [Outcome.FAILED, Outcome.MISSED]


def _parts(day: date, outcomes: list[Outcome]) -> list[LayerNight]:
    return [part(f"l{n}", slot(f"l{n}", at(day, 3), one)) for n, one in enumerate(outcomes)]


def _nights(*outcomes: list[Outcome], next_at: datetime | None = None) -> Nights:
    """Return nights of such outcomes, newest first, with layers that start next at an instant."""
    nights = [
        night(TODAY - timedelta(back), *_parts(TODAY - timedelta(back), found))
        for back, found in enumerate(outcomes)
    ]
    return Nights(zone_name="UTC", layers=(layer("l0", next_at),), nights=tuple(nights))


IN_13_HOURS = NOW + timedelta(hours=13, minutes=20)


@pytest.mark.parametrize(
    ("nights", "words"),
    [
        (_nights([Outcome.SUCCESS] * 3 + [Outcome.RUNNING, *COMING]), "tonight 3✓ 1▶ 2 to come"),
        (_nights([*COMING, Outcome.DUE]), "tonight 1 due 2 to come"),
        (_nights([Outcome.MISSED, *COMING]), "tonight 1○ 2 to come"),
        (_nights([Outcome.DRY, Outcome.PARTIAL, Outcome.STALLED]), "tonight 1◐ 1· 1!"),
        (_nights(COMING, BEFORE, next_at=IN_13_HOURS), "last night 5✓ 1✗ 1○, next in 13h"),
        (_nights([], BEFORE, next_at=IN_13_HOURS), "last night 5✓ 1✗ 1○, next in 13h"),
        (_nights([], BEFORE), "last night 5✓ 1✗ 1○"),
        (_nights([], BEFORE, next_at=NOW - timedelta(minutes=1)), "last night 5✓ 1✗ 1○"),
        (_nights(COMING, [], next_at=IN_13_HOURS), "tonight 2 to come, next in 13h"),
        (_nights([], [], next_at=NOW + timedelta(days=3)), "tonight nothing, next in 3d"),
        (_nights([], next_at=NOW + timedelta(seconds=30)), "tonight nothing, next in under 1m"),
        (_nights(), ""),
        (replace(_nights(COMING), layers=()), ""),
    ],
)
def test_header(nights: Nights, words: str) -> None:
    assert tonight_words(nights, NOW, UNICODE) == words
    assert tonight_words(nights, NOW, ASCII).isascii()


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (timedelta(hours=-1), "now"),
        (timedelta(0), "now"),
        (timedelta(seconds=59), "in under 1m"),
        (timedelta(minutes=1), "in 1m"),
        (timedelta(minutes=59, seconds=59), "in 59m"),
        (timedelta(hours=2, minutes=5), "in 2h 05m"),
        (timedelta(days=3, hours=4), "in 3d 4h"),
    ],
)
def test_until(left: timedelta, words: str) -> None:
    assert until(NOW + left, NOW) == words


def test_titles_say_what_the_times_mean() -> None:
    nights = sample()
    utc = NOW.tzinfo
    assert utc is not None
    assert night_title(nights, 0, utc) == "Tonight, 3 December"
    assert night_title(nights, 1, utc) == "Last night, 2 December"
    assert night_title(nights, 13, utc) == "Night of 20 November"
    old = replace(nights, nights=(nights.nights[0], night(date(2025, 12, 31))))
    assert night_title(old, 1, utc) == "Night of 31 December 2025"
    elsewhere = replace(nights, zone_name="Europe/Berlin")
    assert night_title(elsewhere, 0, utc).endswith("; zos schedules in Europe/Berlin")
    unknown = replace(nights, zone_name="../Mars")
    assert night_title(unknown, 0, utc).endswith("; zos schedules in ../Mars")
    guessed = [replace(one, source=ScheduleSource.INFERRED) for one in nights.layers]
    inferred = replace(nights, layers=tuple(guessed))
    assert night_title(inferred, 0, utc).endswith("; schedules inferred from history")


def test_legend_names_what_there_is_as_far_as_there_is_room() -> None:
    found = [Outcome.TO_COME, Outcome.MISSED, Outcome.SUCCESS]
    assert legend(found, UNICODE, 80) == "✓ success  ○ missed  – to come"
    assert legend(found, UNICODE, 22) == "○ missed  – to come"
    assert legend([], UNICODE, 20) == ""


def test_starts_are_folded_where_there_are_many() -> None:
    def starts(count: int) -> list[RowKind]:
        slots = [slot("l", at(TODAY, 3, n), Outcome.SUCCESS) for n in range(count)]
        return [row.kind for row in rows_of(night(TODAY, part("l", *slots)))]

    assert starts(MOST_STARTS) == [RowKind.START] * MOST_STARTS
    assert starts(MOST_STARTS + 1) == [RowKind.FOLD]


@pytest.mark.parametrize(
    ("width", "text"),
    [(8, "ab猫cd  "), (6, "ab猫cd"), (5, "ab猫~"), (4, "ab ~"), (3, "ab~"), (1, "~"), (0, "")],
)
def test_styled_text_is_cut_to_the_cell(width: int, text: str) -> None:
    line = (Cell("ab", "one"), Cell("猫cd", "two"))
    assert "".join(cell.text for cell in fit_cells(line, width, ellipsis="~")) == text


def test_the_help_can_be_made_from_the_keys() -> None:
    assert all(isinstance(key, Binding) and key.id and key.tooltip for key in TONIGHT_KEYS)
