"""Filters as SQL, against a plain Python reading of the same rows."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.store.naive_filter import LAYERS, NOW, TABLES, Sample
from zos_monitor.model.filter_words import quote
from zos_monitor.model.filters import FilterKey, RunFilter, Term, literal, parse_filter
from zos_monitor.store.filter_sql import MANY_NAMES, compile_filter


@pytest.fixture(scope="module")
def sample() -> Iterator[Sample]:
    made = Sample()
    yield made
    made.db.close()


pieces = [
    *("Rate", "limit", "50%", "_", "%", "\\", '"', "'", "é", "É", "失敗", "\udcff", "\ufffd", "\n"),
    *(
        "topic",
        "error",
        "node",
        "null",
        "reflect",
        "[",
        "429",
        "1",
        "01J",
        "dev",
        "nightly",
        "user",
    ),
    *("*", "?", "ada", "déjà", "true", "text", " ", "emoji", "ün", "\\u00e9", "code", "\ue000"),
    *("needle", "server:", "lost", "1.5", "; DROP TABLE layer_runs; --", "\\x", ": "),
]
patterns = st.lists(st.sampled_from(pieces), min_size=1, max_size=3).map("".join)
searches = st.builds(
    Term,
    key=st.sampled_from(
        [FilterKey.LAYER, FilterKey.ID, FilterKey.ERROR, FilterKey.CAUSE, FilterKey.TEXT]
    ),
    values=st.lists(
        patterns
        | patterns.map(literal)
        | st.sampled_from(LAYERS)
        | st.sampled_from(["429 *", "no message", "*text*", "He said *", "[[*", '*"…"*']),
        min_size=1,
        max_size=2,
    ),
    negated=st.booleans(),
    start=st.just(0),
    end=st.just(1),
)
others = st.sampled_from(
    [
        *("status:running", "status:dry", "status:failed,unknown", "-status:running,success"),
        *("kind:scheduled", "kind:conversation", "-kind:scheduled", "-kind:conversation,scheduled"),
        *(
            "-status:unknown",
            "since:3d",
            "until:2026-11-05",
            "since:9d until:5d",
            "since:yesterday",
        ),
    ]
).map(lambda text: parse_filter(text).terms[0])


@given(terms=st.lists(searches | others, max_size=3).map(tuple))
def test_sql_finds_what_a_naive_reading_finds(sample: Sample, terms: tuple[Term, ...]) -> None:
    flt = RunFilter(text="", terms=terms)
    assert sample.found(flt) == sample.naive(flt)


@pytest.mark.parametrize(
    "text",
    [
        *("status:running", "status:dry", "status:unknown", "status:failed,running", "-status:dry"),
        *("layer:nightly-*", "layer:DM-response,50%*", "-layer:nightly-*", r"""layer:"a\"b'"*"""),
        *("id:dev", "id:01j1", "id:*Zé%", "id:01J*2Z", "id:dev_", "-id:01J"),
        *("error:rate", 'error:"50% of_it"', "error:é", "-error:é", "error:*"),
        *(
            'cause:"429 rate limit"',
            "cause:no*",
            "-cause:*",
            'cause:"NO message",just*',
            "cause:*5*",
        ),
        *("1z", "Ada", "user*5", '"emoji:8_%é"', "-nightly", "solo", "NïCO*"),
        *("since:3d", "until:3d", "since:9d until:2026-11-05 -layer:nightly-* status:dry,partial"),
        *("kind:scheduled", "KIND:Conversation", "-kind:scheduled", "kind:scheduled -layer:50*"),
        *("since:2026-11-08T05:00 until:2026-11-08T12:00", "since:7h"),
    ],
)
def test_some_runs_are_found_and_some_are_not(sample: Sample, text: str) -> None:
    found = sample.found(parse_filter(text))
    assert found == sample.naive(parse_filter(text))
    assert 0 < len(found) < len(sample.rows)


@pytest.mark.parametrize("text", ["é" * 1000, "*a" * 500, "\U0001f4a5" * 1000])
@pytest.mark.parametrize("key", [FilterKey.ERROR, FilterKey.CAUSE, FilterKey.ID, FilterKey.TEXT])
def test_the_longest_values_are_not_too_long_for_sqlite(
    sample: Sample, key: FilterKey, text: str
) -> None:
    term = Term(key=key, values=(text,), negated=False, start=0, end=1)
    assert sample.found(RunFilter(terms=(term,))) == set()


def test_the_greatest_filter_is_not_too_much_for_sqlite(sample: Sample) -> None:
    assert sample.found(parse_filter("a*Z," * 99 + "*")) == sample.found(RunFilter())
    assert sample.found(parse_filter("* " * 100)) == sample.found(RunFilter())


@pytest.mark.parametrize(
    ("text", "sql", "params"),
    [
        ("", "1", ()),
        ("since:1d", "(r.started_at >= ?)", ("2026-11-07 12:00:00.000000",)),
        ("until:2026-11-01", "(r.started_at < ?)", ("2026-11-01 23:00:00.000000",)),
        ("since:999999w", "(r.started_at >= ?)", ("0001-01-01 00:00:00.000000",)),
        ("layer:NIGHTLY-*", "(r.layer_name IN (?, ?))", ("nightly-user", "nightly-emoji")),
        ("layer:nightly", "(0)", ()),
        ("kind:scheduled", "(r.layer_name IN (?, ?))", ("nightly-emoji", "dm-response")),
        ("kind:scheduled,conversation", "(1)", ()),
        ("-layer:nightly", "((0) IS NOT TRUE)", ()),
    ],
)
def test_sql_in_a_zone(text: str, sql: str, params: tuple[object, ...]) -> None:
    zone = ZoneInfo("Europe/Berlin")
    flt = parse_filter(text)
    some = frozenset({"nightly-emoji", "dm-response", "never-ran"})
    where = compile_filter(flt, now=NOW, zone=zone, layers=LAYERS, scheduled=some, tables=TABLES)
    assert where == (sql, params)


@pytest.mark.parametrize(
    ("text", "plan"),
    [
        ("status:failed,dry", "SEARCH r USING INDEX ix_layer_runs_status (status=?)"),
        ("layer:nightly-* since:7d", "ix_layer_runs_name_started (layer_name=? AND started_at>?)"),
        ("layer:* until:7d", "ix_layer_runs_name_started (layer_name=? AND started_at<?)"),
    ],
)
def test_indexes_serve(sample: Sample, text: str, plan: str) -> None:
    for layers in (LAYERS, [*LAYERS, *(f"nightly-{n}" for n in range(MANY_NAMES))]):
        where = compile_filter(parse_filter(text), now=NOW, layers=layers, tables=TABLES)
        asked = f"EXPLAIN QUERY PLAN SELECT * FROM layer_runs AS r WHERE {where.sql}"
        assert plan in " ".join(row[3] for row in sample.db.execute(asked, where.params))


def test_topics_are_looked_up_run_by_run(sample: Sample) -> None:
    calls = frozenset({"llm_calls"})
    for text in ("Ada since:7d", "Ada"):
        where = compile_filter(parse_filter(text), now=NOW, layers=LAYERS, tables=calls)
        asked = f"EXPLAIN QUERY PLAN SELECT * FROM layer_runs AS r WHERE {where.sql}"
        plan = " ".join(row[3] for row in sample.db.execute(asked, where.params))
        assert "SEARCH t USING INDEX ix_llm_calls_layer_run" in plan


def test_many_layers_take_few_variables(sample: Sample) -> None:
    layers = [*LAYERS, *(f"nightly-{number}" for number in range(40_000))]
    where = compile_filter(parse_filter("layer:nightly-*"), now=NOW, layers=layers, tables=TABLES)
    assert len(where.params) == 1
    found = sample.db.execute(f"SELECT id FROM layer_runs AS r WHERE {where.sql}", where.params)
    assert {row[0] for row in found} == sample.naive(parse_filter("layer:nightly-*"))


def test_values_are_bound_and_never_written_into_the_sql() -> None:
    evil = "x') OR 1=1; DROP TABLE layer_runs; --"
    for key in ("", "id:", "error:", "layer:"):
        flt = parse_filter(f"{key}{quote(evil)}")
        where = compile_filter(flt, now=NOW, layers=[evil], tables=TABLES)
        assert "DROP" not in where.sql
        assert where.sql.count("?") == len(where.params) > 0


def test_topics_are_searched_only_in_tables_that_exist(sample: Sample) -> None:
    for window in ("", " since:300d"):
        call, insight = (parse_filter(text + window) for text in ('"user:5"', '"emoji:8"'))
        assert sample.found(call) == sample.naive(call) != set()
        assert sample.found(insight) == sample.naive(insight) != set()
        assert sample.found(call, TABLES - {"llm_calls"}) == set()
        assert sample.found(insight, TABLES - {"insights"}) == set()
        assert sample.found(insight, frozenset({"insights"})) == sample.naive(insight)


def test_prompts_responses_and_contents_are_not_searched(sample: Sample) -> None:
    assert sample.found(parse_filter("needle")) == set()


def test_a_database_without_errors_can_be_searched() -> None:
    db = sqlite3.connect(":memory:")
    db.execute("CREATE TABLE layer_runs (id, layer_name)")
    db.execute("INSERT INTO layer_runs VALUES ('a', 'x'), ('b', NULL)")
    asked = {"a": ["a"], "error:a": [], "-error:a": ["a", "b"]}
    for text, expected in (asked | {"kind:scheduled": ["a"], "kind:conversation": ["b"]}).items():
        where = compile_filter(
            parse_filter(text),
            now=NOW,
            layers=["x"],
            scheduled=frozenset({"x"}),
            tables=frozenset(),
            has_errors=False,
        )
        found = db.execute(f"SELECT id FROM layer_runs AS r WHERE {where.sql}", where.params)
        assert [row[0] for row in found] == expected
    db.close()
