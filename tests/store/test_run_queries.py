"""Lists of runs: every run exactly once, newest first, from whatever end they are walked."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import NOW, service_on
from zos_monitor import exporting
from zos_monitor.demo.writer import ZosWriter
from zos_monitor.model.filters import RunFilter, parse_filter
from zos_monitor.model.runs import RunKey

CLOSED = "completed_at IS NOT NULL"
NIGHTLY = f"layer_name LIKE 'nightly-%' AND status = 'success' AND {CLOSED}"
# A filter and the same in plain SQL.
FILTERS = [
    ("", "1"),
    ("status:failed,partial", f"status IN ('failed', 'partial') AND {CLOSED}"),
    ("layer:odd", "layer_name = 'odd'"),
    ("layer:nightly-* status:success", NIGHTLY),
    ("id:same-*", "id LIKE 'same-%'"),
    ("status:running,stalled,interrupted", "completed_at IS NULL"),
    ("status:interrupted", "completed_at IS NULL AND id NOT IN ('open-now', 'silent')"),
    ("layer:nothing", "0"),
]
filters = pytest.mark.parametrize(("text", "where"), FILTERS, ids=[text for text, _ in FILTERS])


def plain(database: Path, where: str) -> list[int]:
    """Return the row numbers, newest first."""
    with closing(sqlite3.connect(database)) as connection:
        sql = f"SELECT rowid FROM layer_runs WHERE {where} ORDER BY started_at DESC, rowid DESC"
        return [row[0] for row in connection.execute(sql)]


@filters
async def test_a_count_tells_how_many_match(history: Path, text: str, where: str) -> None:
    matched, total = await service_on(history).count(parse_filter(text))
    assert (matched, total) == (len(plain(history, where)), len(plain(history, "1")))


@filters
@pytest.mark.parametrize("limit", [1, 7, 300])
async def test_slices_equal_the_plain_order(
    history: Path, text: str, where: str, limit: int
) -> None:
    expected = plain(history, where)
    service, flt = service_on(history), parse_filter(text)
    matched = len(expected)
    total = len(plain(history, "1"))
    for first in {0, 1, matched // 3, matched // 2, matched - limit, matched - 1, matched, 9999}:
        found = await service.run_slice(flt, first=first, limit=limit)
        begin = min(max(first, 0), matched)
        assert found.first == begin
        assert [run.key.rowid for run in found.runs] == expected[begin : begin + limit]
        assert (found.matched, found.total, found.anchor) == (matched, total, None)
        assert found.counted


@filters
async def test_the_anchor_is_the_row_of_its_run(history: Path, text: str, where: str) -> None:
    service, flt = service_on(history), parse_filter(text)
    everything = await service.run_slice(RunFilter(), limit=1000)
    expected = plain(history, where)
    for run in everything.runs[::9] + everything.runs[-40:]:
        found = await service.run_slice(flt, limit=1, anchor=run.key)
        rowid = run.key.rowid
        row = expected.index(rowid) if rowid in expected else None
        assert found.anchor == row, run.id


async def test_the_anchor_moves_with_newer_runs_alone_and_goes_with_its_run(
    zos: ZosWriter, path: Path
) -> None:
    for n in range(3):
        zos.raw_run(id=f"run-{n}", started_at=NOW + timedelta(minutes=n))
    service = service_on(path)
    key = (await service.run_slice(RunFilter())).runs[1].key
    zos.raw_run(started_at=NOW - timedelta(days=9))
    assert (await service.run_slice(RunFilter(), anchor=key)).anchor == 1
    zos.raw_run(started_at=NOW + timedelta(minutes=1, seconds=30))
    assert (await service.run_slice(RunFilter(), anchor=key)).anchor == 2
    assert (await service.run_slice(parse_filter("id:run-2"), anchor=key)).anchor is None
    gone = RunKey(key.started, 4711)
    assert (await service.run_slice(RunFilter(), anchor=gone)).anchor is None
    moved = RunKey("2026-01-01 00:00:00.000000", key.rowid)
    assert (await service.run_slice(RunFilter(), anchor=moved)).anchor is None


starts = st.lists(
    st.integers(0, 3).map(lambda days: NOW - timedelta(days=days))
    | st.sampled_from([2026, 1.5, "soon", "2026-11-21T12:00:00Z", memoryview(b"\x80"), "", "é"]),
    max_size=9,
)


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("scratch")


@settings(max_examples=40)
@given(started=starts, limit=st.integers(1, 4))
async def test_any_starts_are_walked_from_both_ends(
    scratch: Path, started: list[object], limit: int
) -> None:
    database = scratch / "zos.db"
    with ZosWriter(database) as zos, zos.batch():
        zos._connection.execute("DELETE FROM layer_runs")
        for start in started:
            zos.raw_run(started_at=start)
    expected, service = plain(database, "1"), service_on(database)
    with pytest.MonkeyPatch.context() as patching:
        patching.setattr(exporting, "_KEYS", limit)
        pages = [page async for page in service.details(RunFilter(), now=NOW)]
    assert [run.key.rowid for page in pages for run in page] == expected
    for first in range(len(expected)):
        found = await service.run_slice(RunFilter(), first=first, limit=limit)
        assert [run.key.rowid for run in found.runs] == expected[first : first + limit]
        anchor = found.runs[0].key
        assert (await service.run_slice(RunFilter(), limit=1, anchor=anchor)).anchor == first


async def test_layer_names_are_each_once_and_ordered(history: Path) -> None:
    names = await service_on(history).layer_names()
    with closing(sqlite3.connect(history)) as connection:
        connection.text_factory = lambda raw: raw.decode("utf-8", "replace")
        found = connection.execute("SELECT DISTINCT layer_name FROM layer_runs ORDER BY layer_name")
        assert names == tuple(row[0] for row in found)
    assert "nightly-user-reflection" in names


async def test_a_database_without_runs_has_empty_lists(zos: ZosWriter, path: Path) -> None:
    service = service_on(path)
    assert await service.newest(RunFilter(), limit=9) == ()
    found = await service.run_slice(RunFilter(), anchor=RunKey("2026", 1))
    assert (found.first, found.runs, found.matched, found.total) == (0, (), 0, 0)
    assert found.anchor is None
    assert await service.layer_names() == ()
