"""Pasts of layers: what they are made of, and when they are read again."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from tests.conftest import NOW
from zos_monitor.demo.writer import ZosWriter
from zos_monitor.model.past import PAST_RUNS, LayerPast, Pace
from zos_monitor.store import past_queries
from zos_monitor.store.past_queries import Pasts
from zos_monitor.store.schema import Schema, Schemas

MINUTE = timedelta(minutes=1)
TEN_MINUTES = pytest.approx((600.0,) * 3)


@pytest.fixture
def connection(zos: ZosWriter, path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as connection:
        yield connection


def schema_of(connection: sqlite3.Connection) -> Schema:
    return Schemas().of(connection)


def past_of(connection: sqlite3.Connection, run_id: str) -> LayerPast:
    return Pasts().of(connection, schema_of(connection), rowid_of(connection, run_id))


def rowid_of(connection: sqlite3.Connection, run_id: str) -> int:
    sql = "SELECT rowid FROM layer_runs WHERE id = ?"
    return int(connection.execute(sql, (run_id,)).fetchone()[0])


def write_run(
    zos: ZosWriter, run_id: str, *, hours: float, minutes: float = 10, **columns: object
) -> str:
    """Write a run that began so many hours ago and took so many minutes."""
    began = NOW - timedelta(hours=hours)
    ended = began + minutes * MINUTE
    return zos.raw_run(**({"id": run_id, "started_at": began, "completed_at": ended} | columns))


def write_acts(zos: ZosWriter, run_id: str, *, hours: float, text: str) -> None:
    """Write calls (``+``) and insights (``*``) such as ``+a@2``: of a topic, after minutes."""
    for word in text.split():
        topic, _, minutes = word[1:].partition("@")
        at = NOW - timedelta(hours=hours) + float(minutes) * MINUTE
        if word[0] == "*":
            zos.insight(run_id, topic, created_at=at)
        else:
            zos.call(run_id, topic or None, created_at=at, cost=0.5)


def test_a_past_is_made_of_finished_runs(zos: ZosWriter, connection: sqlite3.Connection) -> None:
    write_run(zos, "long", hours=9, minutes=30, targets_processed=2, targets_skipped=1)
    write_run(zos, "short", hours=8, minutes=8, targets_processed=4, estimated_cost_usd=9.0)
    write_run(zos, "none", hours=7, targets_processed=0, estimated_cost_usd=None)
    write_run(zos, "other", hours=6, layer_name="other")
    write_run(zos, "open", hours=1, completed_at=None)
    write_acts(zos, "long", hours=9, text="+a@5 +a@6 +b@26 +@27 *b@27 +c@28 +c@29")
    write_acts(zos, "open", hours=1, text="+x@1 +x@2 +x@3 +x@4 +y@5 +y@6 +y@7")
    assert past_of(connection, "open") == LayerPast(
        runs=3,
        # Of nine gaps in "long" and one in each of the others, the longest: from 6 to 26.
        patience=3 * 20 * MINUTE,
        pace=Pace(120.0, 360.0, 600.0),
        calls_per_target=2,
        cost_usd=6.0,  # six calls at 0.5, not what the row says, and 9.0
    )
    assert past_of(connection, "other").runs == 1


def test_a_layer_without_finished_runs_has_no_past(
    zos: ZosWriter, connection: sqlite3.Connection
) -> None:
    write_run(zos, "open", hours=1, completed_at=None)
    assert past_of(connection, "open") == LayerPast()
    assert Pasts().of(connection, schema_of(connection), 99) == LayerPast()


def test_only_the_last_runs_count(zos: ZosWriter, connection: sqlite3.Connection) -> None:
    with zos.batch():
        for hours in range(PAST_RUNS + 20, 0, -1):
            minutes = 2 if hours <= PAST_RUNS else 50
            write_run(zos, f"run-{hours}", hours=hours, minutes=minutes, targets_processed=1)
    past = past_of(connection, "run-30")
    assert past.runs == PAST_RUNS
    assert past.pace == pytest.approx((120.0,) * 3)


def test_times_that_cannot_be_tell_nothing(zos: ZosWriter, connection: sqlite3.Connection) -> None:
    write_run(zos, "backwards", hours=5, minutes=-60)
    write_run(zos, "wordy", hours=5, started_at="yesterday")
    write_run(zos, "plain", hours=4, minutes=10, targets_processed=1)
    for run_id in ("backwards", "wordy"):
        write_acts(zos, run_id, hours=5, text="+a@1 +b@2")
    write_acts(zos, "plain", hours=4, text="+a@-500 +b@5 +c@90000")
    past = past_of(connection, "plain")
    assert past.runs == 3
    assert past.patience == timedelta(minutes=15)
    assert past.pace == TEN_MINUTES


def test_names_and_topics_may_be_no_text(zos: ZosWriter, connection: sqlite3.Connection) -> None:
    names: dict[str, object] = {"one": b"broken \xff", "two": b"broken \xfe"}
    for run_id, name in names.items():
        write_run(zos, run_id, hours=3, layer_name=name, targets_processed=1)
        write_run(zos, f"{run_id}-open", hours=1, layer_name=name, completed_at=None)
        zos._connection.execute(
            "UPDATE layer_runs SET layer_name = CAST(layer_name AS TEXT) WHERE id LIKE ?",
            (f"{run_id}%",),
        )
    write_acts(zos, "one", hours=3, text="+a@1 +a@2")
    zos._connection.execute("UPDATE llm_calls SET topic_key = CAST(x'ff' AS TEXT)")
    pasts, schema = Pasts(), schema_of(connection)
    found = [pasts.of(connection, schema, rowid_of(connection, f"{run}-open")) for run in names]
    assert [past.runs for past in found] == [1, 1]
    assert [past.calls_per_target for past in found] == [2, None]


def test_any_history_has_its_pasts(history: Path) -> None:
    with closing(sqlite3.connect(f"{history.as_uri()}?mode=ro", uri=True)) as connection:
        pasts, schema = Pasts(), schema_of(connection)
        rowids = [row[0] for row in connection.execute("SELECT rowid FROM layer_runs")]
        found = [pasts.of(connection, schema, rowid) for rowid in rowids]
    assert {past.runs for past in found} >= {0, 1, PAST_RUNS}
    assert {past.calls_per_target for past in found} >= {None, 1, 2, 10}


@pytest.mark.parametrize(("table", "lost"), [("llm_calls", True), ("insights", False)])
def test_tables_may_be_missing(
    zos: ZosWriter, connection: sqlite3.Connection, table: str, lost: bool
) -> None:
    write_run(zos, "done", hours=2, targets_processed=1)
    write_acts(zos, "done", hours=2, text="+a@1 *a@2")
    zos._connection.execute(f"DROP TABLE {table}")
    past = past_of(connection, "done")
    assert past.pace == TEN_MINUTES
    assert (past.calls_per_target is None) == lost


def test_columns_may_be_missing(zos: ZosWriter, connection: sqlite3.Connection) -> None:
    zos._connection.executescript(
        "DROP TABLE layer_runs; DROP TABLE insights; CREATE TABLE insights (layer_run_id,"
        " topic_key); CREATE TABLE layer_runs (id, layer_name, started_at, completed_at, status);"
        " INSERT INTO layer_runs VALUES ('done', 'a', '2026-01-01', '2026-01-02', 'dry')"
    )
    assert past_of(connection, "done").runs == 1


def test_a_past_is_read_again_when_another_run_has_finished(
    zos: ZosWriter, connection: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads: list[object] = []
    read = past_queries.past_of_runs

    def counted(connection: sqlite3.Connection, schema: Schema, rowids: list[int]) -> LayerPast:
        reads.append(rowids)
        return read(connection, schema, rowids)

    monkeypatch.setattr(past_queries, "past_of_runs", counted)
    monkeypatch.setattr(past_queries, "PASTS_KEPT", 2)
    for layer in "abc":
        write_run(zos, layer, hours=5, layer_name=layer)
    pasts, schema = Pasts(), schema_of(connection)

    def ask(run_id: str) -> int:
        """Return how many runs the past has, and see that it is the one that would be read."""
        past = pasts.of(connection, schema, rowid_of(connection, run_id))
        kept = len(reads)
        assert past == past_of(connection, run_id)
        del reads[kept:]
        return past.runs

    assert [ask("a"), ask("a"), ask("b"), ask("a"), len(reads)] == [1, 1, 1, 1, 2]
    run_id = write_run(zos, "next", hours=4, layer_name="a", completed_at=None)
    assert [ask(run_id), len(reads)] == [1, 2]
    zos.finish_run(run_id, completed_at=NOW, processed=3)
    assert [ask("a"), ask(run_id), ask("b"), len(reads)] == [2, 2, 1, 3]
    assert [ask("c"), ask("b"), len(reads)] == [1, 1, 5]


def test_an_interrupt_is_no_past(zos: ZosWriter, connection: sqlite3.Connection) -> None:
    write_run(zos, "done", hours=2)
    schema, rowid = schema_of(connection), rowid_of(connection, "done")
    connection.set_progress_handler(lambda: 1, 1)
    with pytest.raises(sqlite3.OperationalError, match="interrupted"):
        Pasts().of(connection, schema, rowid)


def test_another_fault_is_no_past_and_is_not_kept(
    zos: ZosWriter, connection: sqlite3.Connection
) -> None:
    write_run(zos, "done", hours=2)
    schema, pasts = schema_of(connection), Pasts()
    zos._connection.execute("ALTER TABLE llm_calls RENAME TO other_calls")
    assert pasts.of(connection, schema, 1) == LayerPast()
    zos._connection.execute("ALTER TABLE other_calls RENAME TO llm_calls")
    assert pasts.of(connection, schema, 1).runs == 1


def test_it_is_read_within_a_query_and_by_indexes(
    zos: ZosWriter, connection: sqlite3.Connection
) -> None:
    write_run(zos, "done", hours=2)
    schema, pasts = schema_of(connection), Pasts()
    asked: list[str] = []
    connection.create_function("runs", 1, lambda rowid: pasts.of(connection, schema, rowid).runs)
    connection.set_trace_callback(asked.append)
    assert connection.execute("SELECT runs(rowid) FROM layer_runs").fetchall() == [(1,)]
    connection.set_trace_callback(None)
    # SQLite tells of queries within a query as comments.
    within = [re.sub("^-- ", "", sql, flags=re.M) for sql in asked if sql.startswith("--")]
    plans = [
        [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}", ("[1]",))]
        for sql in within
    ]
    assert len(plans) == 4
    for steps in plans:
        assert not [step for step in steps if "TEMP" in step or "AUTOMATIC" in step]
        assert all("VIRTUAL TABLE" in step for step in steps if step.startswith("SCAN"))
    indexes = ("ix_layer_runs_name_started", "ix_llm_calls_layer_run", "ix_insights_layer_run")
    for index in indexes:
        assert any(index in step for steps in plans for step in steps), plans
