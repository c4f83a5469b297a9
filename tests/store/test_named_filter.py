"""Bare words that are names: runs are found by the ids in their topics."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.store.naive_filter import LAYERS, NOW, TABLES, Sample, entry
from zos_monitor.model.filters import FilterKey, RunFilter, Term, parse_filter
from zos_monitor.model.times import format_stored
from zos_monitor.store.filter_functions import zos_error_topic_holds
from zos_monitor.store.filter_sql import FEW_IDS, compile_filter

Named = Mapping[str, Sequence[str]]

# What one run has in its errors, its calls and its insights.
TOPICS: list[tuple[object, list[object], list[object]]] = [
    (json.dumps([entry("a", "server:71:user:71")]), [], []),
    (json.dumps([entry("a", None), entry("b", "server:9:dyad:88:71")]), [], []),
    (json.dumps([entry("71", "server:9:user:711"), entry(":71:", "user:171")]), [], []),
    (json.dumps({"error": "alone", "topic": "user:71"}), [], []),
    (json.dumps([{"topic": ["user:71"]}, {"topic": 71}, "user:71", 71, None]), [], []),
    (json.dumps([entry("\udcff", "server:9:user:\udcff:71")]), [], []),
    (json.dumps([entry("x", "server:9:emoji:ü%'\"\\")]), [], []),
    ('[{"topic": "user:71", "error": "cut', [], []),
    (b'[{"topic": "user:71", "error": "\xff"}]', [], []),
    ("user:71", [], []),
    ("[" * 5000 + ":71", [], []),
    (71, [], []),
    (None, ["server:9:user:71"], []),
    ("null", [], ["server:9:user:71"]),
    (None, ["server:9:user:711", "server:9:user:171"], ["71", "server:9:channel:7:1"]),
    (None, ["71:user:5"], ["server:9:dyad:71:88"]),
    (None, ["server:9:subject:ü%'\"\\"], ["self:zos"]),
    (None, [None, b"user:71\xff", b"\xff:71:\xfe"], [None, 71, "user:a\0b", '"],["', "\\", "\x1f"]),
    (None, [""], [":", ":::", "a:71:", "a::71"]),
]
IDS = ("71", "88", "ü%'\"\\", "711", "a\0b", "ids", "")
MANY = tuple(f"9{number:03}" for number in range(1000))


@pytest.fixture(scope="module")
def sample() -> Iterator[Sample]:
    made = Sample()
    for number, (errors, calls, insights) in zip(count(), TOPICS, strict=False):
        run = f"topic-{number}"
        started = format_stored(NOW)
        made.db.execute(
            "INSERT INTO layer_runs VALUES (?, ?, ?, ?, ?, ?)",
            (run, LAYERS[number % 6], started, started, "success", errors),
        )
        for topic in calls:
            made.db.execute("INSERT INTO llm_calls VALUES (?, ?, ':71:', ':71:')", (run, topic))
        for topic in insights:
            made.db.execute("INSERT INTO insights VALUES (?, ?, ':71:')", (run, topic))
    made.db.execute("INSERT INTO llm_calls VALUES (NULL, 'user:71', '', '')")
    made.rows = made.db.execute("SELECT *, CAST(errors AS BLOB) FROM layer_runs").fetchall()
    yield made
    made.db.close()


def found(
    sample: Sample, flt: RunFilter, named: Named, tables: frozenset[str] = TABLES
) -> set[str]:
    where = compile_filter(flt, now=NOW, layers=LAYERS, tables=tables, named=named)
    rows = sample.db.execute(f"SELECT id FROM layer_runs AS r WHERE {where.sql}", where.params)
    return {row[0] for row in rows}


def holding(sample: Sample, ids: Sequence[str]) -> set[str]:
    """Return the runs with a topic that holds one of the ids, the slow way."""
    topics = sample.db.execute(
        "SELECT layer_run_id, CAST(topic_key AS TEXT) FROM llm_calls"
        " UNION ALL SELECT layer_run_id, CAST(topic_key AS TEXT) FROM insights"
    ).fetchall()
    for row in sample.rows:
        try:
            loaded = json.loads((row[6] or b"").decode("utf-8", "replace"))
        except (ValueError, RecursionError):
            continue
        entries = loaded if isinstance(loaded, list) else [loaded]
        topics += [(row[0], one.get("topic")) for one in entries if isinstance(one, dict)]
    return {
        run
        for run, topic in topics
        if run and isinstance(topic, str) and {*topic.split(":")[1:]} & {*ids}
    }


def expected(sample: Sample, term: Term, named: Named) -> set[str]:
    runs: set[str] = set()
    for value in term.values:
        runs |= found(sample, RunFilter(terms=(word(value),)), {})
        runs |= holding(sample, named.get(value, ()))
    return {row[0] for row in sample.rows} - runs if term.negated else runs


def word(*values: str, negated: bool = False) -> Term:
    return Term(key=FilterKey.TEXT, values=values, negated=negated, start=0, end=1)


words = st.builds(
    word,
    st.sampled_from(["Ada", "Bram", "50%", "x' OR 1=1 --", '"', "user", "rate"]),
    st.sampled_from(["Ada", "nobody", "Zé*"]),
    negated=st.booleans(),
)
ids = st.lists(st.sampled_from([*IDS[:-2], *MANY[:3]]), unique=True, max_size=2 * FEW_IDS)
nameds = st.dictionaries(st.sampled_from(["Ada", "Bram", "50%", '"', "Zé*"]), ids)


@settings(max_examples=100)
@given(terms=st.lists(words, min_size=1, max_size=2), named=nameds, window=st.booleans())
def test_a_name_finds_what_a_naive_reading_finds(
    sample: Sample, terms: list[Term], named: Named, window: bool
) -> None:
    since = parse_filter("since:300d").terms if window else ()
    runs = found(sample, RunFilter(terms=(*since, *terms)), named)
    assert runs == set.intersection(*(expected(sample, term, named) for term in terms))


@pytest.mark.parametrize("others", [(), MANY[: FEW_IDS - 1], MANY[:FEW_IDS], MANY])
@pytest.mark.parametrize("window", ["", " since:300d"])
def test_an_id_is_a_whole_segment_that_is_not_the_first(
    sample: Sample, others: tuple[str, ...], window: str
) -> None:
    named = {"Ada": ("71", *others)}
    without = found(sample, parse_filter("Ada" + window), {})
    runs = found(sample, parse_filter("Ada" + window), named)
    numbers = (0, 1, 3, 5, 8, 12, 13, 15, 17, 18)
    assert runs - without == {f"topic-{number}" for number in numbers}
    denied = found(sample, parse_filter("-Ada" + window), named)
    assert denied == {row[0] for row in sample.rows} - runs
    assert found(sample, parse_filter("-nobody" + window), named) == runs | denied


def test_the_ids_of_one_word_do_not_find_for_another(sample: Sample) -> None:
    named = {"Ada": ("71",)}
    assert found(sample, parse_filter("id:topic Bram"), named) == set()
    assert found(sample, parse_filter("Ada,x"), named) >= {"topic-12"}
    assert found(sample, parse_filter("error:Ada layer:Ada id:Ada"), named) == set()


@pytest.mark.parametrize("other", [(), MANY])
def test_names_are_looked_for_in_topics_that_exist(sample: Sample, other: Sequence[str]) -> None:
    named = {"Ada": ("71", *other)}
    for window in ("", " since:300d"):
        flt = parse_filter("id:topic Ada" + window)
        errors = {f"topic-{number}" for number in (0, 1, 3, 5, 8)}
        assert found(sample, flt, named, frozenset()) == errors
        assert found(sample, flt, named, frozenset({"llm_calls"})) == errors | {
            *("topic-12", "topic-17"),
        }
        where = compile_filter(
            flt, now=NOW, layers=LAYERS, tables=frozenset(), has_errors=False, named=named
        )
        assert "errors" not in where.sql


@pytest.mark.parametrize("ids", [("71",), MANY])
def test_prompts_and_responses_are_not_touched(sample: Sample, ids: Sequence[str]) -> None:
    touched: set[str | None] = set()

    def authorize(_: int, table: str | None, column: str | None, *__: str | None) -> int:
        touched.add(column if table in TABLES else None)
        return sqlite3.SQLITE_OK

    sample.db.set_authorizer(authorize)
    try:
        for text in ("Ada", "-Ada since:300d"):
            found(sample, parse_filter(text), {"Ada": ids})
    finally:
        sample.db.set_authorizer(None)
    assert touched == {None, "layer_run_id", "topic_key"}


@pytest.mark.parametrize("ids", [("71",), MANY])
def test_indexes_serve_within_a_window(sample: Sample, ids: Sequence[str]) -> None:
    for text, plan in (
        ("Ada since:7d", "ix_llm_calls_layer_run (layer_run_id=?)"),
        ("Ada", "SCAN"),
    ):
        where = compile_filter(
            parse_filter(text),
            now=NOW,
            layers=LAYERS,
            tables=frozenset({"llm_calls"}),
            named={"Ada": ids},
        )
        asked = f"EXPLAIN QUERY PLAN SELECT * FROM layer_runs AS r WHERE {where.sql}"
        assert plan in " ".join(row[3] for row in sample.db.execute(asked, where.params))


def test_the_greatest_filter_is_not_too_much_for_sqlite(sample: Sample) -> None:
    for ids in (MANY[:FEW_IDS], MANY):
        assert found(sample, parse_filter("a," * 99 + "a"), {"a": ids})
        assert found(sample, parse_filter("a " * 100), {"a": ids})


def test_ids_are_bound_and_never_written_into_the_sql(sample: Sample) -> None:
    evil = "x') OR 1=1; DROP TABLE layer_runs; --"
    for ids in ((evil,), (evil, *MANY)):
        flt = parse_filter("Ada")
        where = compile_filter(flt, now=NOW, layers=(), tables=TABLES, named={"Ada": ids})
        assert "DROP" not in where.sql
        assert where.sql.count("?") == len(where.params)
        assert found(sample, flt, {"Ada": ids}) == found(sample, flt, {})


@given(errors=st.none() | st.binary() | st.text() | st.integers(), ids=st.lists(st.text()))
def test_the_function_never_raises(errors: object, ids: list[str]) -> None:
    assert zos_error_topic_holds(errors, json.dumps(ids)) in (True, False)
