"""The filter language: what texts mean, what is refused and where, and editing."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from zos_monitor.model.filter_checks import MAX_LENGTH
from zos_monitor.model.filter_words import quote
from zos_monitor.model.filters import (
    MAX_VALUES,
    FilterError,
    FilterKey,
    RunFilter,
    TimeBounds,
    literal,
    parse_filter,
    time_bounds,
    values_of,
    with_term,
)

NOW = datetime(2026, 11, 8, 1, 30, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")

# Characters that mean something here or there, so that they meet often.
awkward = st.text(
    st.sampled_from(list('ab -:,*"\\\n\té\ud83d%_ A1')) | st.characters(exclude_characters="\0")
)
values = awkward.filter(bool).map(lambda value: value[:50])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        (" \t\n", []),
        ("Ada", [("text", ("Ada",), False)]),
        ("status:failed", [("status", ("failed",), False)]),
        ("STATUS:Failed,PARTIAL", [("status", ("failed", "partial"), False)]),
        ("-layer:dm-response", [("layer", ("dm-response",), True)]),
        ("layer:nightly-*,-x", [("layer", ("nightly-*", "-x"), False)]),
        ("id:01J id:*Z", [("id", ("01J",), False), ("id", ("*Z",), False)]),
        ("-Ada Bram", [("text", ("Ada",), True), ("text", ("Bram",), False)]),
        ("Ada,Bram", [("text", ("Ada", "Bram"), False)]),
        ("--x", [("text", ("-x",), True)]),
        ('"-x"', [("text", ("-x",), False)]),
        ('-"-x"', [("text", ("-x",), True)]),
        ('error:"rate limit",timeout', [("error", ("rate limit", "timeout"), False)]),
        ('error:a,"b, c: d"', [("error", ("a", "b, c: d"), False)]),
        ('error:"rate "*limit', [("error", ("rate *limit",), False)]),
        ('error:"a*b"', [("error", (r"a\*b",), False)]),
        (r'error:"say \"hi\" C:\\x \n"', [("error", (r'say "hi" C:\x \n',), False)]),
        (r"error:C:\x", [("error", (r"C:\x",), False)]),
        ('"status":failed', [("text", ("status:failed",), False)]),
        ('"server:1:user:2"', [("text", ("server:1:user:2",), False)]),
        ("since:2026-11-01T03:00+01:00", [("since", ("2026-11-01T03:00+01:00",), False)]),
        ("until:Today", [("until", ("Today",), False)]),
        ("since:999999w", [("since", ("999999w",), False)]),
        ("since:7d until:yesterday", [("since", ("7d",), False), ("until", ("yesterday",), False)]),
        ("since:2026-11-01 until:2026-11-01", None),
        ("since:2026-11-02T00:00Z until:2026-11-01", None),
    ],
)
def test_text_means_terms(
    text: str, expected: list[tuple[str, tuple[str, ...], bool]] | None
) -> None:
    flt = parse_filter(text)
    assert flt.text == text
    if expected is not None:
        assert [(term.key, term.values, term.negated) for term in flt.terms] == expected


def test_terms_know_their_place() -> None:
    text = '  -error:"rate limit",x\tAda '
    assert [text[t.start : t.end] for t in parse_filter(text).terms] == [
        '-error:"rate limit",x',
        "Ada",
    ]


def test_models_are_frozen_and_the_empty_filter_is_the_default() -> None:
    assert parse_filter("") == RunFilter()
    with pytest.raises(FrozenInstanceError):
        RunFilter().text = "x"  # type: ignore[misc]


@pytest.mark.parametrize(
    ("text", "fault", "words"),
    [
        ("x stauts:failed", "stauts:", ["did you mean status?", "layer", "until", "in quotes"]),
        ("-colour:red", "colour:", ["Unknown key", "in quotes"]),
        ("text:x", "text:", ["Unknown key"]),
        (":x", ":", ["no key before this colon"]),
        ("Ada status:", "status:", ["value is missing"]),
        ('error:""', 'error:""', ["value is missing"]),
        ("status:failed,", "status:failed,", ["beside a comma"]),
        ("a,,b", "a,,b", ["beside a comma"]),
        ('x error:"rate limit', '"rate limit', ["never closed"]),
        ('"', '"', ["never closed"]),
        ('a"b\\', '"b\\', ["never closed"]),
        ("status:failed,faild x", "faild", ["did you mean failed?", "running", "unknown"]),
        ("status:fail*", "fail*", ["Unknown state"]),
        ("kind:shceduled", "shceduled", ["Unknown kind", "mean scheduled?", "or conversation"]),
        ("kind:*", "*", ["Unknown kind"]),
        ("kind:", "kind:", ["value is missing"]),
        ("since:soon", "soon", ["not a time", "7d", "2026-11-01", "yesterday"]),
        ("since:2026-02-30", "2026-02-30", ["not a time"]),
        ("since:20260201", "20260201", ["not a time"]),
        ("until:2026-02-01T25:00", "2026-02-01T25:00", ["not a time"]),
        ("since:1d,2d,3d", "2d,3d", ["since: takes one time"]),
        ("-until:1d", "-until:1d", ["cannot be excluded", "since:"]),
        ("-since:1d", "-since:1d", ["cannot be excluded", "until:"]),
        ("a - b", "-", ["stands alone"]),
        ("since:2026-11-02 until:2026-11-01", "until:2026-11-01", ["not before"]),
        ("until:2026-11-01 since:2026-11-02", "since:2026-11-02", ["not before"]),
        ("since:2026-11-01T03:00Z until:2026-11-01T03:30+01:00", None, ["not before"]),
        ("since:2026-11-01T03:00 until:2026-11-01T03:00", None, ["not before"]),
        ("a\0b", "\0", ["NUL"]),
        ("x" * (MAX_LENGTH + 1), "x" * (MAX_LENGTH + 1), ["too long"]),
        (f"{'x ' * MAX_VALUES}layer:y", "layer:y", [f"up to {MAX_VALUES}"]),
    ],
)
def test_mistakes_are_named_at_their_place(text: str, fault: str | None, words: list[str]) -> None:
    with pytest.raises(FilterError) as caught:
        parse_filter(text)
    error = caught.value
    assert error.text == text
    assert all(word in error.message for word in words), error.message
    assert str(error) == error.message
    assert error.message.endswith(".")
    if fault is not None:
        assert text[error.start : error.end] == fault


def test_limits_are_inclusive() -> None:
    assert len(parse_filter("x " * MAX_VALUES).terms) == MAX_VALUES
    assert parse_filter("x" * MAX_LENGTH).terms


def test_long_words_are_cut_in_messages() -> None:
    with pytest.raises(FilterError) as caught:
        parse_filter(f"status:{'x' * 900}")
    assert len(caught.value.message) < 200


words = st.sampled_from(
    ["status:", "-", "since:", "until:7d", "layer:a*", '"', ",", " ", "dry", "é"]
)


@given(st.text() | st.lists(words | awkward).map("".join))
def test_parsing_raises_nothing_else_and_spans_lie_in_the_text(text: str) -> None:
    last = 0
    for start, end in spans(text):
        assert last <= start < end <= len(text)
        last = end


def spans(text: str) -> list[tuple[int, int]]:
    try:
        flt = parse_filter(text)
    except FilterError as error:
        return [(error.start, error.end)]
    time_bounds(flt, now=NOW)
    assert all(term.values and all(term.values) for term in flt.terms)
    return [(term.start, term.end) for term in flt.terms]


@given(value=values)
def test_a_quoted_value_stands_for_itself(value: str) -> None:
    for text in (quote(value), f"x,{quote(value)}", f"error:{quote(value)}"):
        term = parse_filter(text).terms[0]
        assert term.values[-1] == literal(value)
        assert (term.start, term.end, term.negated) == (0, len(text), False)


def test_quotes_only_where_needed() -> None:
    plain = ["nightly-user", "a.b", "é", r"C\x", "50%"]
    assert [quote(value) for value in plain] == plain
    assert [quote(value) for value in ("", "-x", "a:b", 'a"\\')] == [
        '""',
        '"-x"',
        '"a:b"',
        r'"a\"\\"',
    ]


before = st.lists(
    st.sampled_from(
        ["status:dry", "-layer:x", 'layer:"a b"', "Ada", "since:7d", "LAYER:y", "-Z", 'id:"']
    )
).map("  ".join)
listable = st.sampled_from([FilterKey.LAYER, FilterKey.ID, FilterKey.ERROR, FilterKey.TEXT])


@given(before, listable, st.lists(values, min_size=1, max_size=4))
def test_with_term_then_parse_gives_the_values(text: str, key: FilterKey, new: list[str]) -> None:
    assume('id:"' not in text)
    old = parse_filter(text)
    edited = parse_filter(with_term(text, key, new))
    assert values_of(edited, key) == tuple(new)

    def others(flt: RunFilter) -> list[tuple[FilterKey, tuple[str, ...], bool]]:
        kept = (term for term in flt.terms if term.key != key or term.negated)
        return [(term.key, term.values, term.negated) for term in kept]

    assert others(edited) == others(old)
    assert values_of(parse_filter(with_term(edited.text, key, ())), key) == ()


@given(st.text() | before, listable, st.lists(st.text(), max_size=3))
def test_with_term_takes_any_text(text: str, key: FilterKey, new: list[str]) -> None:
    with_term(text, key, new)


@pytest.mark.parametrize(
    ("text", "key", "new", "expected"),
    [
        ("", "status", ["failed"], "status:failed"),
        ("Ada", "status", ["failed", "dry"], "Ada status:failed,dry"),
        ("Ada ", "status", ["failed"], "Ada status:failed"),
        ("a  STATUS:dry  b status:failed c", "status", ["partial"], "a  status:partial  b c"),
        ("a  status:dry   b", "status", [], "a  b"),
        ("a status:dry ", "status", [], "a"),
        ("status:dry", "status", [], ""),
        ("-status:dry", "status", [], "-status:dry"),
        ("-status:dry", "status", ["failed"], "-status:dry status:failed"),
        ("x", "since", ["2026-11-01T03:00"], "x since:2026-11-01T03:00"),
        ("", "layer", ["a b", "nightly-*", r"x\*", "c d*"], 'layer:"a b",nightly-*,"x*","c d"*'),
        ("since:7d Ada -x", "text", ["a:b"], 'since:7d "a:b" -x'),
        ("", "text", ["a:b*"], '"a:b"*'),
        ("layer:x", "layer", ["", "a", ""], "layer:a"),
        ('bad:1 error:"open', "layer", ["x"], 'bad:1 layer:x error:"open'),
    ],
)
def test_editing_keeps_the_rest_as_typed(
    text: str, key: FilterKey, new: list[str], expected: str
) -> None:
    assert with_term(text, key, new) == expected


def test_values_of_leaves_out_what_is_negated() -> None:
    flt = parse_filter("layer:a,b -layer:c layer:d Ada")
    assert values_of(flt, FilterKey.LAYER) == ("a", "b", "d")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "zone", "since", "until"),
    [
        ("Ada", UTC, None, None),
        ("since:90m", UTC, NOW - timedelta(minutes=90), None),
        ("since:2w until:24h", BERLIN, NOW - timedelta(weeks=2), NOW - timedelta(days=1)),
        ("since:7d since:1d since:2d", UTC, NOW - timedelta(days=1), None),
        ("until:1d until:3d until:2d", UTC, None, NOW - timedelta(days=3)),
        ("since:2026-11-01 until:2026-11-01", UTC, at("2026-11-01"), at("2026-11-02")),
        ("since:2026-11-01", BERLIN, at("2026-10-31 23:00"), None),
        ("until:2026-10-24", BERLIN, None, at("2026-10-24 22:00")),
        ("until:2026-10-25", BERLIN, None, at("2026-10-25 23:00")),  # the day of 25 hours
        ("since:2026-11-01T03:00", BERLIN, at("2026-11-01 02:00"), None),
        ("since:2026-11-01T03:00Z", BERLIN, at("2026-11-01 03:00"), None),
        ("since:2026-11-01t03:00:01.5-02:00", UTC, at("2026-11-01 05:00:01.5"), None),
        ('until:"2026-11-01 03:00"', UTC, None, at("2026-11-01 03:00")),
        ("since:today until:today", UTC, at("2026-11-08"), at("2026-11-09")),
        ("since:yesterday until:yesterday", UTC, at("2026-11-07"), at("2026-11-08")),
        ("since:today", ZoneInfo("America/New_York"), at("2026-11-07 05:00"), None),
        ("since:999999w", UTC, datetime.min.replace(tzinfo=UTC), None),
        ("since:0001-01-01", BERLIN, datetime.min.replace(tzinfo=UTC), None),
        ("until:9999-12-31", UTC, None, datetime.max.replace(tzinfo=UTC)),
        ("until:9999-12-31", ZoneInfo("America/New_York"), None, datetime.max.replace(tzinfo=UTC)),
    ],
)
def test_times(text: str, zone: tzinfo, since: datetime | None, until: datetime | None) -> None:
    bounds = time_bounds(parse_filter(text), now=NOW, zone=zone)
    assert bounds == TimeBounds(since=since, until=until)
    assert all(b.tzinfo is UTC for b in (bounds.since, bounds.until) if b is not None)


def test_a_window_slides_with_now() -> None:
    flt = parse_filter("since:7d")
    later = NOW + timedelta(hours=5)
    assert time_bounds(flt, now=later).since == later - timedelta(days=7)
