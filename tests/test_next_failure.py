"""The next failure: every run that went wrong, each once, whichever way the history is walked."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import AsyncIterator, Sequence
from contextlib import closing
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from tests.conftest import NOW, error, service_on, write_odd_runs
from tests.open_states import naive_open_state
from tests.waiting import soon
from zos_monitor import next_failure
from zos_monitor.demo.writer import ZosWriter
from zos_monitor.model.filters import parse_filter
from zos_monitor.model.runs import RunKey
from zos_monitor.service import RunService
from zos_monitor.store import scope
from zos_monitor.store.database import Reader

WRONG = ("failed", "partial", "stalled", "interrupted")
FILTERS = {
    "": "1",
    "layer:even": "layer_name = 'even'",
    "status:failed,success": "status = 'failed' AND completed_at IS NOT NULL",
    "status:stalled,interrupted": "completed_at IS NULL",
    "-status:failed,stalled": "iif(completed_at IS NULL, id <> 'silent', status <> 'failed')",
    "error:late since:30h": "errors LIKE '%late%' AND started_at >= '2026-11-20 06'",
    "until:24h": "typeof(started_at) IN ('text', 'integer') AND started_at < '2026-11-20 12'",
    "layer:odd": "layer_name = 'odd'",
    "id:same-*": "id LIKE 'same-%'",
    "status:dry": "0",
    "status:success,failed -status:failed": "0",
    "layer:nothing": "0",
}


def write(zos: ZosWriter) -> None:
    """Write runs of all states with many equal starts, and without any where SQLite lets us."""
    write_odd_runs(zos)
    statuses = ("success", "failed", "partial", "dry", "success", "odd")
    with zos.batch():
        for n in range(36):
            zos.raw_run(
                id=f"run-{n}",
                layer_name=("even", "uneven")[n % 2],
                started_at=NOW - timedelta(hours=n // 4),
                completed_at=None if n % 7 == 3 else NOW,
                status=statuses[n % 6],
                errors=json.dumps([error("late")]) if n % 2 else "null",
            )
        for n in range(6):
            zos.raw_run(id=f"startless-{n}", status=statuses[n % 3], layer_name="even")
    connection = zos._connection
    connection.execute("UPDATE layer_runs SET status = 'failed' WHERE id LIKE 'same-%'")
    odd = "'year-two', 'blob-date', 'yesterday', 'iso', 'first-of-all', 'tomorrow'"
    connection.execute(f"UPDATE layer_runs SET status = 'failed' WHERE id IN ({odd})")
    connection.execute("DELETE FROM layer_runs WHERE id LIKE 'broken%'")
    connection.execute("PRAGMA writable_schema = ON")
    connection.execute(
        "UPDATE sqlite_master SET sql = replace(sql, 'started_at DATETIME NOT NULL',"
        " 'started_at DATETIME') WHERE name = 'layer_runs'"
    )
    connection.execute("PRAGMA writable_schema = RESET")
    connection.execute("UPDATE layer_runs SET started_at = NULL WHERE id LIKE 'startless-%'")


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("wrong") / "zos.db"
    with ZosWriter(path) as zos:
        write(zos)
    return path


@pytest.fixture(params=["as it is", "in many stretches"])
async def service(
    database: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[RunService]:
    if request.param != "as it is":
        in_many_stretches(monkeypatch)
    service = service_on(database)
    yield service
    await service.closed()


def in_many_stretches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scope, "FEW", 4)
    monkeypatch.setattr(next_failure, "_FIRST_STRETCH", 2)
    monkeypatch.setattr(next_failure, "_LONGEST_STRETCH", 4)
    monkeypatch.setattr(next_failure, "STEP_SECONDS", 1e-9)
    monkeypatch.setattr(next_failure, "GAP_SECONDS", 0.0)


def expected(database: Path, where: str) -> list[tuple[str, RunKey]]:
    """Return the matching runs that went wrong, newest first, each with its key."""
    with closing(sqlite3.connect(database)) as connection:
        connection.text_factory = lambda raw: raw.decode("utf-8", "replace")
        rows = connection.execute(
            "SELECT id, started_at, rowid, completed_at, status FROM layer_runs"
            f" WHERE {where} ORDER BY started_at DESC, rowid DESC"
        ).fetchall()
        return [
            (run_id, RunKey(started, rowid))
            for run_id, started, rowid, completed, status in rows
            if (status if completed else naive_open_state(connection, run_id, NOW)) in WRONG
        ]


@pytest.mark.parametrize("text", FILTERS)
async def test_each_is_met_once_on_the_way_there_and_back(
    service: RunService, database: Path, text: str
) -> None:
    runs = expected(database, FILTERS[text])
    flt = parse_filter(text)
    assert not runs or len(runs) > 3
    for newer in (False, True):
        course: Sequence[tuple[str, RunKey]] = runs[::-1] if newer else runs
        keys = [None, *(key for _, key in course)]
        met = [await service.next_failure(flt, key, newer=newer, now=NOW) for key in keys]
        assert met == [*(run_id for run_id, _ in course), None]


async def test_it_goes_on_from_a_run_that_is_none_or_does_not_match(
    service: RunService, database: Path
) -> None:
    runs = expected(database, FILTERS["layer:even"])
    with closing(sqlite3.connect(database)) as connection:
        sql = "SELECT started_at, rowid FROM layer_runs WHERE id = 'run-9'"  # of another layer
        [row] = connection.execute(sql)
    at = [run_id for run_id, _ in runs].index("run-8")  # which started with it, a row before
    flt, key = parse_filter("layer:even"), RunKey(*row)
    assert await service.next_failure(flt, key, newer=False) == "run-8"
    assert await service.next_failure(flt, key, newer=True) == runs[at - 1][0]


async def test_without_indexes_it_is_found_too(tmp_path: Path) -> None:
    path = tmp_path / "zos.db"
    with ZosWriter(path) as zos:
        write(zos)
        zos._connection.executescript(
            "DROP INDEX ix_layer_runs_name_started; DROP INDEX ix_layer_runs_status"
        )
    service = service_on(path)
    runs = expected(path, "1")
    for (one, older_than), (other, newer_than) in list(pairwise(runs))[::9]:
        assert await service.next_failure(parse_filter(""), older_than, newer=False) == other
        assert await service.next_failure(parse_filter(""), newer_than, newer=True) == one
    await service.closed()


async def test_a_long_search_lets_go_of_the_file_and_can_be_cut_off(
    database: Path, monkeypatch: pytest.MonkeyPatch, opened: list[object]
) -> None:
    in_many_stretches(monkeypatch)
    gaps: list[float] = []
    sleep = asyncio.sleep

    async def slept(seconds: float) -> None:
        gaps.append(seconds)
        await sleep(0)

    monkeypatch.setattr(next_failure, "GAP_SECONDS", 0.012345)
    monkeypatch.setattr(asyncio, "sleep", slept)
    service, flt = service_on(database), parse_filter("error:never")
    assert await service.next_failure(flt, None, newer=False) is None
    assert len(opened) > 9
    assert gaps.count(0.012345) == len(opened) - 1
    rows, cut = Reader.rows, 20

    async def noted(reader: Reader, sql: str, params: Sequence[object] = ()) -> list[sqlite3.Row]:
        nonlocal cut
        cut -= 1
        if not cut:
            asyncio.get_running_loop().call_soon(task.cancel)
        return await rows(reader, sql, params)

    monkeypatch.setattr(Reader, "rows", noted)
    task = asyncio.ensure_future(service.next_failure(flt, None, newer=True))
    await asyncio.wait([task])
    assert task.cancelled()
    await soon(service.closed())
