"""What nights are made of: found by the index, whatever the rows hold."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.conftest import NOW, write_odd_runs
from tests.store.plans import plans_of
from tests.store.test_walk_plans import goes_through_all
from zos_monitor.demo.writer import ZosWriter
from zos_monitor.model.dry import NO_CALL, NO_INSIGHT, NO_TARGET
from zos_monitor.model.states import RunState
from zos_monitor.store import night_queries
from zos_monitor.store.database import Database
from zos_monitor.store.night_queries import LayerHistory, histories, runs_of, starts_of, talking

LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def database(path: Path) -> Database:
    return Database(path, clock=lambda: NOW)


async def test_runs_of_the_wanted_layers_since_an_instant(
    zos: ZosWriter, database: Database
) -> None:
    for layer in ("a", "b", "c"):
        for days in range(4):
            zos.raw_run(id=f"{layer}{days}", layer_name=layer, started_at=NOW - DAY * days)
    async with database.read() as reader:
        found = await runs_of(reader, ["a", "c", "never-ran", "\ufffd"], NOW - 2 * DAY)
    await database.closed()
    ids = {name: [run.id for run in runs] for name, runs in found.items()}
    assert ids == {"a": ["a0", "a1", "a2"], "c": ["c0", "c1", "c2"]}


async def test_states_and_why_a_run_is_dry(zos: ZosWriter, database: Database) -> None:
    dry = {"status": "dry", "started_at": NOW - DAY}
    before = NOW - 3 * DAY
    zos.raw_run(id="before-calls", layer_name="a", status="dry", started_at=before)
    first = zos.raw_run(id="first", layer_name="b", started_at=NOW - 2 * DAY)
    zos.call(first, None, created_at=NOW - 2 * DAY)
    zos.raw_run(id="silent", layer_name="a", **dry)
    zos.raw_run(id="no-target", layer_name="a", **dry, targets_matched=0)
    zos.raw_run(id="no-insight", layer_name="a", **dry)
    zos.call("no-insight", None, created_at=NOW - DAY)
    zos.raw_run(id="insights", layer_name="a", **dry)
    zos.insight("insights", "server:1:user:2", created_at=NOW - DAY)
    zos.raw_run(id="open", layer_name="a", status="dry", started_at=NOW, completed_at=None)
    zos.raw_run(id="lost", layer_name="a", status="dry", started_at=before, completed_at=None)
    zos.raw_run(id="odd", layer_name="a", status="paused", started_at=NOW)
    async with database.read() as reader:
        runs = {run.id: run for run in (await runs_of(reader, ["a"], LONG_AGO))["a"]}
    await database.closed()
    assert {key: run.dry_reason for key, run in runs.items() if run.dry_reason} == {
        "silent": NO_CALL,
        "no-target": NO_TARGET,
        "no-insight": NO_INSIGHT,
    }
    assert runs["insights"].state is runs["before-calls"].state is RunState.DRY
    assert runs["open"].state is RunState.RUNNING
    assert runs["lost"].state is RunState.INTERRUPTED
    assert runs["odd"].state is RunState.UNKNOWN


async def test_the_history_of_a_layer(zos: ZosWriter, database: Database) -> None:
    for days, status in enumerate(["dry", "failed", "partial", "success"]):
        start = NOW - DAY * (days + 1)
        zos.raw_run(layer_name="a", status=status, started_at=start, completed_at=start + DAY / 24)
    zos.raw_run(layer_name="a", started_at=NOW + DAY)
    zos.raw_run(layer_name="b", status="success", started_at=NOW, completed_at=None)
    async with database.read() as reader:
        found = await histories(reader, ["a", "b", "never-ran"], NOW)
        newest = await starts_of(reader, "a", NOW)
    await database.closed()
    assert found == {
        "a": LayerHistory(NOW - 4 * DAY, NOW - DAY, NOW - 3 * DAY + DAY / 24),
        "b": LayerHistory(NOW, NOW, None),
        "never-ran": LayerHistory(None, None, None),
    }
    assert newest == [NOW - DAY * (days + 1) for days in range(4)]


async def test_layers_that_talk(zos: ZosWriter, database: Database) -> None:
    for layer, kinds in {"talk": ["filter", "conversation"], "night": ["reflection"]}.items():
        run = zos.raw_run(layer_name=layer, started_at=NOW - DAY)
        for kind in kinds:
            zos.call(run, None, created_at=NOW - DAY, call_type=kind)
        zos.raw_run(layer_name=layer, started_at=NOW, completed_at=None, status="dry")
    async with database.read() as reader:
        assert await talking(reader, ["talk", "night", "never-ran"], NOW) == {"talk"}
    await database.closed()


async def test_odd_rows_raise_nothing(history: Path) -> None:
    database = Database(history, clock=lambda: NOW)
    names = ["odd", "broken \ufffd name", "", "nightly-user-reflection"]
    async with database.read() as reader:
        runs = await runs_of(reader, names, LONG_AGO)
        pasts = await histories(reader, names, NOW)
        starts = await starts_of(reader, "odd", NOW)
        assert await talking(reader, names, NOW) == frozenset()
    await database.closed()
    ids = {run.id for run in runs["odd"]}
    assert {"tomorrow", "iso", "same-6", "first-of-all", "counters", "open-dry"} <= ids
    assert ids.isdisjoint({"yesterday", "year-two", "blob-date"})
    assert pasts["odd"].first_start == LONG_AGO
    assert set(pasts) == set(names)
    assert LONG_AGO in starts
    assert max(starts) <= NOW


@pytest.mark.parametrize("lacking", ["tables", "call_type", "created_at", "index"])
async def test_older_databases(path: Path, database: Database, lacking: str) -> None:
    with ZosWriter(path) as zos:
        write_odd_runs(zos)
        zos.raw_run(layer_name="odd", status="dry", targets_matched=0, started_at=NOW)
        if lacking == "tables":
            zos._connection.execute("DROP TABLE llm_calls")
            zos._connection.execute("DROP TABLE insights")
        elif lacking == "index":
            zos._connection.execute("DROP INDEX ix_layer_runs_name_started")
        else:
            for index in zos._connection.execute("PRAGMA index_list(llm_calls)").fetchall():
                if index[1].startswith("ix_"):
                    zos._connection.execute(f"DROP INDEX {index[1]}")
            zos._connection.execute(f"ALTER TABLE llm_calls DROP COLUMN {lacking}")
    async with database.read() as reader:
        runs = await runs_of(reader, ["odd"], NOW)
        await histories(reader, ["odd"], NOW)
        await talking(reader, ["odd"], NOW)
    await database.closed()
    assert NO_TARGET in {run.dry_reason for run in runs["odd"]}


async def test_no_question_goes_through_all_runs(
    zos: ZosWriter, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(night_queries, "MOST_STARTS", 7)
    with zos.batch():
        for hours in range(200):
            run = zos.raw_run(layer_name=f"l{hours % 2}", started_at=NOW - hours * DAY / 24)
            zos.call(run, None, created_at=NOW)
    plans = plans_of(monkeypatch)
    async with database.read() as reader:
        runs = await runs_of(reader, ["l0", "l1"], NOW - 2 * DAY)
        await histories(reader, ["l0"], NOW)
        await talking(reader, ["l0"], NOW)
        assert len(await starts_of(reader, "l0", NOW)) == 7
    await database.closed()
    assert {name: len(found) for name, found in runs.items()} == {"l0": 7, "l1": 7}
    steps = [step for plan in plans for step in plan]
    assert not [step for step in steps if goes_through_all(step)]
    assert not [step for step in steps if step.startswith(("SCAN n ", "SCAN t"))]
    assert "CO-ROUTINE newest" in steps  # so that those behind the last good one are not read
    searches = [step for step in steps if step.startswith("SEARCH n ")]
    assert searches
    assert all("layer_name=? AND started_at" in step for step in searches), searches
    assert not [step for step in steps if "AUTOMATIC" in step]
    of_calls = [step for step in steps if step.startswith(("SEARCH c ", "SEARCH t "))]
    assert of_calls
    assert all("(layer_run_id=?)" in step for step in of_calls), of_calls
