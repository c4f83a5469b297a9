"""Progress of open runs as it is read: from two queries, by indexes, whatever the rows hold."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from tests.conftest import NOW
from tests.store.plans import plans_of
from zos_monitor.demo.writer import ZosWriter
from zos_monitor.model.errors import RunError
from zos_monitor.model.past import LayerPast
from zos_monitor.model.progress import Progress
from zos_monitor.store import progress_queries
from zos_monitor.store.database import Database
from zos_monitor.store.progress_queries import EARLY_ERRORS, OpenRow, early_errors, progress

ONE_CALL = LayerPast(runs=1, calls_per_target=1)


def at(minutes: float) -> timedelta:
    return timedelta(minutes=minutes)


def start(zos: ZosWriter, run_id: str, matched: object = 9) -> OpenRow:
    zos.raw_run(id=run_id, started_at=NOW, completed_at=None, targets_matched=matched)
    sql = "SELECT rowid FROM layer_runs WHERE id = ?"
    [(rowid,)] = zos._connection.execute(sql, (run_id,)).fetchall()
    return OpenRow(rowid, matched if isinstance(matched, int) else None)


async def read(path: Path, *runs: OpenRow, past: LayerPast = ONE_CALL) -> dict[str, Progress]:
    async with Database(path).read() as reader:
        told = await progress(reader, runs, {run.rowid: past for run in runs[:2]})
    with closing(sqlite3.connect(path)) as plain:
        ids = dict(plain.execute("SELECT rowid, id FROM layer_runs"))
    return {ids[rowid]: one for rowid, one in told.items()}


async def test_several_runs_are_read_by_two_queries_and_their_indexes(
    zos: ZosWriter, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = [start(zos, run_id) for run_id in ("one", "two", "past unknown", "new")]
    for run in ("one", "past unknown"):
        zos.call(run, "a", created_at=NOW + at(1))
        zos.insight(run, "a", created_at=NOW + at(1.5))
        zos.call(run, "b", created_at=NOW + at(2), success=False, error="late")
        zos.call(run, "c", created_at=NOW + at(3))
    zos.call("two", None, created_at=NOW + at(4), success=False)
    zos.call(None, "a", created_at=NOW + at(4), success=False)
    plans = plans_of(monkeypatch)
    found = await read(path, *runs)
    last = NOW + at(3)
    assert found == {
        "one": Progress(
            matched=9, done=3, with_insight=1, failed=1, without=1, last_done_at=last, errors=1
        ),
        "two": Progress(matched=9, errors=1),
        "past unknown": Progress(
            matched=9,
            done=2,
            with_insight=1,
            failed=1,
            in_flight=1,
            last_done_at=NOW + at(2),
            errors=1,
        ),
        "new": Progress(matched=9),
    }
    assert len(plans) == 2
    for steps, table in zip(plans, ("llm_calls", "insights"), strict=True):
        assert any(f"ix_{table}_layer_run" in step for step in steps)
        assert all("VIRTUAL TABLE" in step for step in steps if step.startswith("SCAN"))


async def test_no_runs_are_no_query(
    zos: ZosWriter, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plans = plans_of(monkeypatch)
    assert await read(path) == {}
    assert plans == []


async def test_the_order_of_topics_is_that_of_their_calls(zos: ZosWriter, path: Path) -> None:
    run = start(zos, "run")
    for topic in ("z", "a", "m", "z"):
        zos.call("run", topic, created_at=NOW + at(1))
    found = (await read(path, run, past=LayerPast()))["run"]
    assert (found.done, found.in_flight) == (2, 1)  # m is the newest of them


async def test_columns_hold_anything(zos: ZosWriter, path: Path) -> None:
    run = start(zos, "run", "many")
    for topic in "abcd":
        zos.call("run", topic, created_at=NOW)
        zos.insight("run", topic, created_at=NOW)
    connection = zos._connection
    connection.execute("UPDATE llm_calls SET topic_key = CAST(x'ff61' AS TEXT) WHERE rowid < 2")
    connection.execute("UPDATE insights SET topic_key = CAST(x'ff61' AS TEXT) WHERE rowid < 2")
    connection.execute("UPDATE llm_calls SET created_at = 'yesterday', success = 'perhaps'")
    connection.execute("UPDATE insights SET created_at = x'00' WHERE rowid < 3")
    connection.execute("UPDATE insights SET created_at = 'tomorrow' WHERE rowid = 3")
    connection.execute("UPDATE insights SET created_at = '2026-11-21T13:00:00Z' WHERE rowid = 4")
    found = (await read(path, run))["run"]
    assert (found.matched, found.done, found.with_insight, found.errors) == (None, 4, 4, 0)
    assert found.last_done_at == NOW + at(60)


@pytest.mark.parametrize(
    ("sql", "done"),
    [
        ("DROP TABLE llm_calls", 1),
        ("DROP TABLE insights", 1),
        ("DROP TABLE llm_calls; DROP TABLE insights", 0),
        ("DROP INDEX ix_llm_calls_created; DROP INDEX ix_llm_calls_type_created;"
         "ALTER TABLE llm_calls DROP COLUMN created_at;"
         "ALTER TABLE llm_calls DROP COLUMN success;"
         "ALTER TABLE llm_calls DROP COLUMN error_message", 1),
    ],
)  # fmt: skip
async def test_tables_and_columns_may_be_missing(
    zos: ZosWriter, path: Path, sql: str, done: int
) -> None:
    run = start(zos, "run")
    zos.call("run", "a", created_at=NOW)
    zos.insight("run", "a", created_at=NOW)
    zos._connection.executescript(sql)
    assert (await read(path, run))["run"].done == done
    async with Database(path).read() as reader:
        assert await early_errors(reader, run.rowid) == ()


async def test_early_errors_are_those_of_failed_calls_in_order(
    zos: ZosWriter, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = start(zos, "run")
    zos.call("run", "b", created_at=NOW + at(9), success=False, error="x" * 9000)
    zos.call("run", "a", created_at=NOW, success=False, error=None)
    zos.call("run", "c", created_at=NOW)
    zos.call("run", None, created_at=NOW, success=False, error="late")
    zos.call(None, "b", created_at=NOW, success=False, error="elsewhere")
    zos._connection.execute(
        "UPDATE llm_calls SET error_message = CAST(x'ff' AS TEXT) WHERE topic_key = 'a'"
    )
    plans = plans_of(monkeypatch)
    async with Database(path).read() as reader:
        assert await early_errors(reader, run.rowid) == (
            RunError(message="x" * 9000, topic="b"),
            RunError(message="\ufffd", topic="a"),
            RunError(message="late"),
        )
        assert await early_errors(reader, -1) == ()
        monkeypatch.setattr(progress_queries, "EARLY_ERRORS", 2)
        assert len(await early_errors(reader, run.rowid)) == 2
    assert plans[0] == [
        "SEARCH r USING INTEGER PRIMARY KEY (rowid=?)",
        "SEARCH c USING INDEX ix_llm_calls_layer_run (layer_run_id=?)",
    ]
    assert EARLY_ERRORS == 200
