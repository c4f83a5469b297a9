from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from zos_monitor.model.times import format_stored, parse_span, parse_stored, utc_now

NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)
zones = st.sampled_from(
    [UTC, ZoneInfo("America/New_York"), timezone(timedelta(hours=5, minutes=45))]
)
# A year from the ends, so that each has an instant in UTC.
instants = st.datetimes(timezones=zones).filter(lambda instant: 1 < instant.year < 9999)


@pytest.mark.parametrize(
    ("stored", "instant"),
    [
        ("2026-11-01 12:00:00.000000", NOON),
        ("2026-11-01 12:00:00.000001", NOON + timedelta(microseconds=1)),
        ("2026-11-01 12:00:00", NOON),
        ("2026-11-01T12:00:00Z", NOON),
        ("2026-11-01T14:00:00+02:00", NOON),
        ("2026-11-01T07:00:00.5-05:00", NOON + timedelta(seconds=0.5)),
        (" 2026-11-01 12:00 ", NOON),
        ("2026-11-01", NOON - timedelta(hours=12)),
        ("0001-01-01 00:00:00", datetime(1, 1, 1, tzinfo=UTC)),
    ],
)
def test_stored_instants_are_read_as_utc(stored: str, instant: datetime) -> None:
    found = parse_stored(stored)
    assert found == instant
    assert found is not None
    assert found.tzinfo is UTC


@pytest.mark.parametrize(
    "stored",
    [
        *(None, "", "yesterday", "now", "2026-02-30 00:00:00", "2026-11-01 25:00", "\udcff", "\0"),
        *(0, 2026, 1.5, b"2026-11-01", "0001-01-01T00:00:00+05:00", "9999-12-31T23:59:59-05:00"),
    ],
)
def test_what_is_no_instant_is_none(stored: object) -> None:
    assert parse_stored(stored) is None


@given(st.text(st.characters()) | st.text("0123456789-:+.TZW ", max_size=30))
@example("2026-11-01\ud80012:00")
def test_any_text_is_an_aware_instant_or_none(text: str) -> None:
    found = parse_stored(text)
    assert found is None or found.tzinfo is UTC


@given(instants)
def test_the_stored_form_has_26_characters_and_comes_back(instant: datetime) -> None:
    stored = format_stored(instant)
    assert len(stored) == 26
    assert parse_stored(stored) == instant.astimezone(UTC)


@given(instants, instants)
def test_stored_forms_compare_as_their_instants(one: datetime, other: datetime) -> None:
    assert (format_stored(one) < format_stored(other)) == (
        one.astimezone(UTC) < other.astimezone(UTC)
    )


def test_a_naive_instant_has_no_stored_form() -> None:
    with pytest.raises(ValueError, match="naive"):
        format_stored(datetime(2026, 11, 1))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("90s", timedelta(seconds=90)),
        ("90m", timedelta(minutes=90)),
        ("24h", timedelta(days=1)),
        ("7d", timedelta(days=7)),
        ("7D", timedelta(days=7)),
        ("2w", timedelta(days=14)),
        ("0d", timedelta(0)),
        ("999999w", timedelta(weeks=999_999)),
    ],
)
def test_spans(text: str, span: timedelta) -> None:
    assert parse_span(text) == span


@pytest.mark.parametrize(
    "text", ["", "d", "7", "-7d", "7 d", "1.5h", "7y", "1000000d", "7dd", "5ſ", "٧d", "7d\n"]
)
def test_what_is_no_span_is_none(text: str) -> None:
    assert parse_span(text) is None


def test_the_clock_is_aware_and_in_utc() -> None:
    assert utc_now().tzinfo is UTC
