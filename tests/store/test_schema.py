"""Databases of older and newer zos: what is missing is told as not recorded."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

import pytest

from tests.conftest import NOW, service_on
from zos_monitor.demo.schema import TABLES
from zos_monitor.demo.writer import ZosWriter
from zos_monitor.model.faults import DatabaseFault, FaultKind
from zos_monitor.model.filters import RunFilter, parse_filter
from zos_monitor.model.runs import RunDetail, Source
from zos_monitor.model.states import RunState
from zos_monitor.store.schema import REQUIRED, RUN_COLUMNS, Schema, finite, julian_day, whole

FULL = {
    "layer_runs": frozenset(RUN_COLUMNS),
    "llm_calls": frozenset({"layer_run_id", "topic_key", "tokens_total", "estimated_cost_usd"}),
    "insights": frozenset({"layer_run_id", "topic_key"}),
}


@pytest.mark.parametrize(
    ("table", "column", "usable"),
    [
        (None, "", {"llm_calls", "insights"}),
        ("llm_calls", "tokens_total", {"insights"}),
        ("llm_calls", "estimated_cost_usd", {"insights"}),
        ("llm_calls", "layer_run_id", {"insights"}),
        ("insights", "topic_key", {"llm_calls"}),
    ],
)
def test_a_table_is_used_only_with_the_columns_that_queries_need(
    table: str | None, column: str, usable: set[str]
) -> None:
    columns = {name: have - {column} if name == table else have for name, have in FULL.items()}
    assert Schema(columns).tables == usable


@pytest.mark.parametrize("column", sorted(REQUIRED))
def test_a_missing_required_column_is_named(column: str) -> None:
    schema = Schema({"layer_runs": REQUIRED - {column}})
    assert schema.lack == f"its layer_runs has no column {column}"
    assert Schema({"llm_calls": REQUIRED}).lack == "it has no table layer_runs"
    assert Schema({"layer_runs": REQUIRED}).lack is None


def test_text_is_no_number_in_a_column_for_text_either() -> None:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("CREATE TABLE t (x TEXT)")
        connection.execute("INSERT INTO t VALUES ('-7')")
        found = connection.execute(f"SELECT {whole('x')}, {finite('x')} FROM t").fetchall()
    assert found == [(None, None)]


def test_columns_are_read_as_they_are_or_as_null() -> None:
    schema = Schema.read([("layer_runs", "id"), ("layer_runs", "errors"), ("insights", "id")])
    assert schema.columns == {"layer_runs": {"id", "errors"}, "insights": {"id"}}
    assert schema.column("layer_runs", "errors", "r") == "r.errors"
    assert schema.column("layer_runs", "layer_hash", "r") == "NULL"
    assert schema.column("llm_calls", "id", "c") == "NULL"


@pytest.mark.parametrize(
    ("value", "integer", "number", "timed"),
    [
        (None, None, None, False),
        (7, 7, 7, False),
        (1.5, None, 1.5, False),
        (float("inf"), None, None, False),
        (float("-inf"), None, None, False),
        (-(2**63), -(2**63), -(2**63), False),
        ("7", None, None, False),
        ("7 apples", None, None, False),
        (b"7", None, None, False),
        ("now", None, None, False),
        ("12:00", None, None, False),
        ("2026-11-01 03:00:00.000000", None, None, True),
        ("2026-13-01", None, None, False),
        (2_461_000.5, None, 2_461_000.5, False),
    ],
)
def test_sql_reads_only_what_a_column_is_for(
    value: object, integer: object, number: object, timed: bool
) -> None:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("CREATE TABLE t (x)")
        connection.execute("INSERT INTO t VALUES (?)", (value,))
        asked = f"SELECT {whole('x')}, {finite('x')}, {julian_day('x')} IS NOT NULL FROM t"
        assert connection.execute(asked).fetchall() == [(integer, number, timed)]


def make(path: Path, columns: Iterable[str], *, tables: Iterable[str] = ()) -> None:
    """Make a database whose layer_runs has just these columns, with one run and its calls."""
    row = {
        **dict.fromkeys(RUN_COLUMNS, 5),
        **{"id": "run", "layer_name": "nightly", "status": "partial", "errors": '["no"]'},
        **{"started_at": "2026-11-21 03:00:00.000000", "estimated_cost_usd": 0.5},
        **{"completed_at": "2026-11-21 03:00:09.000000"},
    }
    names = list(columns)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(f"CREATE TABLE layer_runs ({', '.join(names)})")
        marks = ", ".join("?" * len(names))
        connection.execute(
            f"INSERT INTO layer_runs VALUES ({marks})", [row.get(name, "new") for name in names]
        )
        for table in tables:
            connection.executescript(TABLES[table])


async def everything(path: Path) -> RunDetail:
    """Ask every question; return the run."""
    service = service_on(path)
    newest = await service.newest(parse_filter("-error:nothing"), limit=50)
    part = await service.run_slice(parse_filter("nightly"))
    totals = await service.totals(parse_filter("since:30d"))
    assert newest == part.runs
    assert totals.overall.counts == {RunState.PARTIAL: 1}
    assert await service.layer_names() == ("nightly",)
    assert (await anext(service.changes())).health.fault is None
    found = await service.run("run")
    assert found is not None
    assert (totals.overall.cost_usd, totals.overall.uncosted) == (
        found.usage.cost_usd,
        int(found.usage.cost_usd is None),
    )
    assert found.duration is not None
    assert found.duration.total_seconds() == 9
    return found


@pytest.mark.parametrize("absent", sorted(set(RUN_COLUMNS) - REQUIRED))
async def test_an_optional_column_may_be_missing(path: Path, absent: str) -> None:
    make(path, [name for name in RUN_COLUMNS if name != absent])
    found = await everything(path)
    expected: object = {"layer_hash": "", "errors": ()}.get(absent)
    named = {"estimated_cost_usd": "stored_cost_usd"}
    assert getattr(found, named.get(absent, absent)) == expected


async def test_the_required_columns_alone_will_do(path: Path) -> None:
    make(path, sorted(REQUIRED))
    found = await everything(path)
    assert (found.usage.cost_source, found.usage.tokens_source) == (Source.NONE, Source.NONE)
    assert (found.error_count, found.insights_stored) == (0, None)


async def test_new_columns_and_tables_do_not_matter(path: Path) -> None:
    make(path, [*RUN_COLUMNS, "mood", '"order"'], tables=TABLES.keys() - {"layer_runs"})
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE layer_moods (id)")
        connection.execute("ALTER TABLE llm_calls ADD COLUMN mood DEFAULT 'new'")
    found = await everything(path)
    assert (found.insights_stored, found.usage.cost_usd) == (0, 0.5)


@pytest.mark.parametrize(
    ("without", "stored", "source"),
    [
        ({"llm_calls"}, 2, Source.ROW),
        ({"insights"}, None, Source.CALLS),
        ({"llm_calls", "insights"}, None, Source.ROW),
        ({"servers", "channels", "user_profiles", "topics", "messages"}, 2, Source.CALLS),
    ],
)
async def test_older_databases_lack_tables(
    path: Path, without: set[str], stored: int | None, source: Source
) -> None:
    with ZosWriter(path, without=without - {"topics"}) as zos:
        run = zos.raw_run(id="run", layer_name="nightly")
        if "llm_calls" not in without:
            zos.call(run, "Ada", created_at=NOW)
        if "insights" not in without:
            for _ in range(2):
                zos.insight(run, "Ada", created_at=NOW)
    service = service_on(path)
    found = await service.run("run")
    assert found is not None
    assert (found.insights_stored, found.usage.cost_source) == (stored, source)
    assert found.usage.cost_usd == 0.012
    totals = await service.totals(RunFilter())
    assert (totals.overall.cost_usd, totals.overall.tokens) == (0.012, 3200)
    assert await service.count(parse_filter("Ada")) == (int(len(without) != 2), 1)


async def test_a_calls_table_without_its_lesser_columns_still_counts(path: Path) -> None:
    make(path, RUN_COLUMNS)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(
            "CREATE TABLE llm_calls (layer_run_id, topic_key, tokens_total, estimated_cost_usd)"
        )
        connection.execute("INSERT INTO llm_calls VALUES ('run', 'Ada', 70, 0.25)")
    usage = (await everything(path)).usage
    assert (usage.calls, usage.failed_calls, usage.tokens_total) == (1, 0, 70)
    assert (usage.tokens_input, usage.tokens_output, usage.cost_usd) == (None, None, 0.25)


@pytest.mark.parametrize("absent", sorted(REQUIRED))
async def test_without_a_required_column_it_is_not_a_zos_database(path: Path, absent: str) -> None:
    make(path, [name for name in RUN_COLUMNS if name != absent])
    with pytest.raises(DatabaseFault, match=f"no column {absent}") as caught:
        await service_on(path).newest(RunFilter(), limit=50)
    assert caught.value.kind is FaultKind.NOT_ZOS
