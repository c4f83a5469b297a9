"""Answers about a database that has the required columns of runs and nothing else."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from tests.answers.plainly import iso, strict
from tests.conftest import NOW, service_on
from zos_monitor.answers.failures import failures
from zos_monitor.answers.filters import narrowed
from zos_monitor.answers.nights import layers, tonight
from zos_monitor.answers.one_run import latest, run
from zos_monitor.answers.progress import progress
from zos_monitor.answers.runs import runs
from zos_monitor.answers.totals import stats
from zos_monitor.model.times import format_stored

START = NOW - timedelta(hours=2)


@pytest.fixture
def old(tmp_path: Path) -> Path:
    path = tmp_path / "old.db"
    at, end = format_stored(START), format_stored(START + timedelta(minutes=1))
    with closing(sqlite3.connect(path)) as database, database:
        database.execute(
            "CREATE TABLE layer_runs (id TEXT, layer_name TEXT, started_at DATETIME,"
            " completed_at DATETIME, status TEXT)"
        )
        database.executemany(
            "INSERT INTO layer_runs VALUES (?, ?, ?, ?, ?)",
            [
                ("a", "known", at, end, "success"),
                ("b", None, at, end, "failed"),
                (None, "nameless", at, end, "partial"),
                ("d", "open", at, None, None),
                ("e", None, None, None, None),
            ],
        )
    return path


async def test_what_is_not_recorded_is_null(old: Path) -> None:
    service = service_on(old)
    listed = strict(await runs(service, narrowed(), offset=0, limit=9, include_errors=True))
    assert [one["id"] for one in listed["runs"]] == ["d", "", "b", "a", "e"]
    for one in listed["runs"]:
        assert (one["tokens_total"], one["estimated_cost_usd"]) == (None, None)
        assert (one["insights_created"], one["cost_source"], one["errors"]) == (None, "none", [])
    for name, newest in (("known", "a"), ("nameless", ""), ("open", "d"), ("", "b")):
        whole = strict(await latest(service, name))
        assert (whole["id"], whole["layer_name"]) == (newest, name)
        assert (whole["insights_stored"], whole["calls"]["total"]) == (None, 0)
    assert strict(await run(service, "a"))["duration_seconds"] == 60
    await service.closed()


async def test_runs_without_a_layer_are_counted(old: Path) -> None:
    service = service_on(old)
    told = strict(await stats(service, narrowed(), days=None))
    assert {name: one["runs"] for name, one in told["by_layer"].items()} == {
        **{"": 2, "known": 1, "nameless": 1, "open": 1}
    }
    assert (told["total_runs"], told["runs_without_cost"]) == (5, 3)
    assert (told["last_success"], told["last_failure"]) == (iso(START), iso(START))
    alone = strict(await stats(service, narrowed(), days=7, layer_name=""))
    assert (alone["total_runs"], alone["failed_runs"]) == (1, 1)
    assert (alone["last_failure"], alone["total_cost_usd"]) == (iso(START), 0.0)
    found = strict(await layers(service, narrowed()))["layers"]
    assert [one["layer_name"] for one in found] == ["", "known", "nameless", "open"]
    await service.closed()


async def test_the_other_answers(old: Path) -> None:
    service = service_on(old)
    assert await tonight(service) is None
    assert strict(await failures(service, narrowed(), window=None))["causes"] == []
    assert [one["id"] for one in strict(await progress(service))["runs"]] == ["d", "e"]
    await service.closed()
