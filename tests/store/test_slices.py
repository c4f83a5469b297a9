"""Slices: together they hold each run once, whatever its start is and whichever index is there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.conftest import NOW, write_odd_runs
from zos_monitor.demo.writer import ZosWriter
from zos_monitor.model.filters import TimeBounds, parse_filter
from zos_monitor.model.times import format_stored
from zos_monitor.store import slices
from zos_monitor.store.database import Database
from zos_monitor.store.filter_sql import Where
from zos_monitor.store.scope import ANYWHERE, find_scope
from zos_monitor.store.slices import cut
from zos_monitor.sweep import _pace

DAYS = 30
SINCE, UNTIL = (format_stored(NOW - timedelta(days=days)) for days in (20, 3))
FAILED = Where("r.status IN ('failed')", ())


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slices, "WINDOW_RUNS", 6)
    monkeypatch.setattr(slices, "SLICE_RUNS", 4)


@pytest.fixture
def full(zos: ZosWriter) -> ZosWriter:
    write_odd_runs(zos)
    with zos.batch():
        for _ in range(40):
            zos.raw_run(started_at=NOW - timedelta(days=5))
        for days in range(DAYS):
            status = "failed" if days % 7 == 0 else "success"
            zos.raw_run(
                started_at=NOW - timedelta(days=days), layer_name=f"layer-{days % 3}", status=status
            )
    return zos


async def gone_through(
    path: Path, text: str, where: Where, since: str | None, until: str | None
) -> list[list[int]]:
    """Return the row numbers that each slice holds."""
    found = []
    async with Database(path).read() as reader:
        scope = await find_scope(reader, parse_filter(text), where, TimeBounds(), ())
        scope = replace(scope, since=since, until=until)
        [(newest,)] = await reader.rows("SELECT max(rowid) FROM layer_runs")
        pieces = await cut(reader, scope, newest)
        while pieces.within is not None:
            for _ in range(2):  # the second time it was cancelled the first time
                await pieces.measure(reader)
            query = scope.select("r.rowid", pieces.within)
            found.append([row[0] for row in await reader.rows(query.sql, query.params)])
            pieces.advance()
        assert pieces.within is None
    return found


@pytest.mark.parametrize("index", [True, False])
@pytest.mark.parametrize(
    ("since", "until"), [(None, None), (SINCE, None), (None, UNTIL), (SINCE, UNTIL)]
)
async def test_slices_hold_every_run_once(
    full: ZosWriter, path: Path, index: bool, since: str | None, until: str | None
) -> None:
    if not index:
        full._connection.execute("DROP INDEX ix_layer_runs_name_started")
    found = await gone_through(path, "", ANYWHERE, since, until)
    tests = [
        f"started_at >= '{since}'" if since else "1",
        f"started_at < '{until}'" if until else "1",
    ]
    rows = full._connection.execute(f"SELECT rowid FROM layer_runs WHERE {' AND '.join(tests)}")
    assert Counter(run for held in found for run in held) == Counter(row[0] for row in rows)
    assert len(found) > 3
    assert max(len(held) for held in found) <= 12


async def test_few_runs_of_a_status_are_one_slice(full: ZosWriter, path: Path) -> None:
    [held] = await gone_through(path, "status:failed", FAILED, None, None)
    assert len(held) == len(range(0, DAYS, 7))
    [held] = await gone_through(path, "status:failed", FAILED, SINCE, UNTIL)
    assert len(held) == 2


@pytest.mark.parametrize("write", [lambda zos: None, lambda zos: zos.raw_run(started_at=None)])
async def test_a_history_without_starts_is_gone_through_too(
    path: Path, write: Callable[[ZosWriter], object]
) -> None:
    with ZosWriter(path) as zos:
        zos._connection.executescript(
            "DROP TABLE layer_runs; CREATE TABLE layer_runs"
            " (id, layer_name, started_at, completed_at, status);"
            " CREATE INDEX by_layer ON layer_runs (layer_name, started_at);"
            " INSERT INTO layer_runs VALUES ('one', 'nightly', NULL, NULL, 'dry')"
        )
    assert [run for held in await gone_through(path, "", ANYWHERE, None, None) for run in held] == [
        1
    ]


@pytest.mark.parametrize(
    ("size", "factor", "meant"),
    [(1000, 2.0, 2000), (1000, 9.0, 4000), (3000, 0.5, 1500), (4000, 0.01, 200), (4000, 3.0, 4000)],
)
def test_a_sweep_has_slices_as_large_as_their_reads_are_quick(
    size: int, factor: float, meant: int
) -> None:
    present = SimpleNamespace(size=size, meant=0)
    _pace(present, factor)
    assert present.meant == meant
