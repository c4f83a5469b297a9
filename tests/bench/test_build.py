from __future__ import annotations

import json
import os
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest

from tests.bench import build
from tests.bench.instants import Stamps, Ulids, micros
from tests.bench.rows import OPEN
from tests.bench.starts import NEWEST_AGE, days_of, starts
from tests.demo.rows import everything, rows, values
from zos_monitor.demo import layers
from zos_monitor.demo.ulid import UlidMaker
from zos_monitor.demo.writer import ZosWriter
from zos_monitor.model.times import format_stored, parse_stored

NOW = datetime(2026, 11, 22, 1, 30, tzinfo=UTC)
RUNS = 500
# A closed zos leaves no side files, and opening the file to read makes and removes them.
_BY_ROW = "SELECT started_at FROM layer_runs WHERE id <> 'dev_manual' ORDER BY rowid"


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("bench") / "zos.db"
    build.build(path, RUNS, until=NOW)
    return path


def test_the_schema_is_the_one_of_zos(database: Path, tmp_path: Path) -> None:
    ZosWriter(tmp_path / "zos.db").close()
    sql = "SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY type, name"
    assert rows(database, sql) == rows(tmp_path / "zos.db", sql)
    assert values(database, "PRAGMA journal_mode") == ["wal"]
    assert values(database, "PRAGMA integrity_check") == ["ok"]
    assert sorted(path.name for path in database.parent.iterdir()) == ["zos.db"]


def test_there_are_as_many_runs_as_asked_for(database: Path) -> None:
    names = values(database, "SELECT layer_name FROM layer_runs")
    assert len(names) == RUNS + 1
    counts = Counter(names)
    assert set(counts) == {layer.name for layer in layers.ALL} | {"dev_manual"}
    talk = sum(counts[layer.name] for layer in layers.BY_DAY)
    assert talk > 0.7 * RUNS


def test_statuses_come_in_their_proportions(tmp_path: Path) -> None:
    path = tmp_path / "zos.db"
    build.build(path, 8000, until=NOW)
    counts = Counter(values(path, "SELECT status FROM layer_runs WHERE completed_at NOT NULL"))
    shares = {status: count / 80 for status, count in counts.items()}
    assert shares["success"] == pytest.approx(70, abs=2)
    assert shares["dry"] == pytest.approx(15, abs=1.5)
    assert shares["partial"] == pytest.approx(8, abs=1.5)
    assert shares["failed"] == pytest.approx(7, abs=1.5)
    backdated = sum(b < a for a, b in pairwise(values(path, _BY_ROW)))
    assert backdated == 4


def test_the_last_run_started_shortly_before_the_end(database: Path) -> None:
    newest = parse_stored(values(database, "SELECT max(started_at) FROM layer_runs")[0])
    assert newest == NOW - timedelta(microseconds=NEWEST_AGE)
    last = parse_stored(values(database, "SELECT max(completed_at) FROM layer_runs")[0])
    assert last is not None
    assert newest < last < NOW
    oldest = parse_stored(values(database, "SELECT min(started_at) FROM layer_runs")[0])
    assert oldest is not None
    assert abs((NOW - oldest).days - days_of(RUNS)) <= 2


def test_open_runs_are_recent_and_their_layers_went_on(database: Path) -> None:
    opened = rows(
        database, "SELECT started_at, layer_name FROM layer_runs WHERE completed_at IS NULL"
    )
    assert 0 < len(opened) <= OPEN
    for started_at, layer in opened:
        later = "SELECT count(*) FROM layer_runs WHERE started_at > ? AND layer_name = ?"
        assert values(database, later, started_at, layer)[0] > 0


def test_each_run_has_two_or_three_calls_within_its_time(database: Path) -> None:
    calls = values(
        database, "SELECT count(*) FROM llm_calls WHERE layer_run_id NOT NULL GROUP BY layer_run_id"
    )
    assert set(calls) == {2, 3}
    assert len(calls) == RUNS
    outside = """
        SELECT count(*) FROM llm_calls AS c JOIN layer_runs AS r ON r.id = c.layer_run_id
        WHERE c.created_at < r.started_at OR c.created_at > r.completed_at
    """
    assert values(database, outside) == [0]
    assert values(database, "SELECT max(length(prompt)) FROM llm_calls") == [200]
    written = values(database, "SELECT created_at FROM llm_calls ORDER BY rowid")
    assert written == sorted(written)


def test_failures_tell_their_errors(database: Path) -> None:
    told = values(
        database, "SELECT errors FROM layer_runs WHERE status IN ('failed', 'partial') LIMIT 50"
    )
    for text in told:
        errors = json.loads(text)
        assert errors
        assert all(error.keys() == {"topic", "error", "node"} for error in errors)
    assert sum(map(len, told)) / len(told) > 200
    others = "SELECT DISTINCT errors FROM layer_runs WHERE status IN ('success', 'dry')"
    assert set(values(database, others)) == {"null", None}


def test_figures_of_a_run_agree_with_what_it_left(database: Path) -> None:
    assert values(
        database,
        """
            SELECT count(*) FROM layer_runs AS r
            WHERE completed_at NOT NULL AND id <> 'dev_manual' AND (
                targets_processed + targets_skipped <> targets_matched
                OR tokens_total <> (
                    SELECT sum(tokens_total) FROM llm_calls AS c WHERE c.layer_run_id = r.id)
                OR (layer_name LIKE 'nightly-%' AND insights_created <> (
                    SELECT count(*) FROM insights AS i WHERE i.layer_run_id = r.id)))
            """,
    ) == [0]
    assert values(database, "SELECT count(*) FROM insights")[0] > 0
    for table in ("servers", "channels", "user_profiles", "topics"):
        assert values(database, f"SELECT count(*) FROM {table}")[0] > 0


def test_the_same_seed_gives_the_same_rows(database: Path, tmp_path: Path) -> None:
    build.build(tmp_path / "again.db", RUNS, until=NOW)
    build.build(tmp_path / "other.db", RUNS, until=NOW, seed=8)
    assert everything(tmp_path / "again.db") == everything(database)
    assert everything(tmp_path / "other.db") != everything(database)


def test_a_million_runs_take_three_years() -> None:
    assert days_of(1_000_000) == pytest.approx(3 * 365, abs=2)
    assert days_of(1_000) == 60


def test_starts_are_in_order_but_for_those_set_back() -> None:
    until = micros(NOW)
    made = list(starts(5000, until, Random(1)))
    assert len(made) == 5000
    straight = [start.at for start in made if not start.backdated]
    assert straight == sorted(straight)
    assert 0 < sum(start.backdated for start in made) < 5
    assert all(start.at <= until - NEWEST_AGE for start in made)
    twins = sum(a == b for a, b in pairwise(straight))
    assert twins > 0


def test_a_database_is_kept_for_a_day(tmp_path: Path) -> None:
    path = build.database(RUNS, now=datetime.now(UTC), folder=tmp_path)
    assert path.name == f"zos-{RUNS}-v{build.VERSION}.db"
    first = path.stat().st_ino, path.stat().st_mtime_ns
    now = datetime.now(UTC)
    assert build.database(RUNS, now=now, folder=tmp_path) == path
    assert (path.stat().st_ino, path.stat().st_mtime_ns) == first
    os.utime(path, (now.timestamp() - 90_000,) * 2)
    assert build.database(RUNS, now=now, folder=tmp_path) == path
    assert path.stat().st_mtime_ns > first[1]


def test_an_older_builders_database_is_not_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = datetime.now(UTC)
    old = build.database(RUNS, now=now, folder=tmp_path)
    monkeypatch.setattr(build, "VERSION", build.VERSION + 1)
    new = build.database(RUNS, now=now, folder=tmp_path)
    assert (new != old, old.exists(), new.exists()) == (True, False, True)


def test_the_cache_folder_follows_the_platform(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("XDG_CACHE_HOME", "/caches")
    assert build.cache_folder() == Path("/caches/zos-monitor/bench")
    monkeypatch.setenv("XDG_CACHE_HOME", "")
    assert build.cache_folder() == Path.home() / ".cache" / "zos-monitor" / "bench"
    monkeypatch.setattr(sys, "platform", "darwin")
    assert build.cache_folder() == Path.home() / "Library" / "Caches" / "zos-monitor" / "bench"


def test_stamps_and_ids_are_as_zos_makes_them() -> None:
    stamp, ulid = Stamps(), Ulids(Random(3))
    theirs = UlidMaker()
    for instant in (
        NOW,
        NOW + timedelta(microseconds=1),
        datetime(2023, 2, 28, 23, 59, 59, 7, UTC),
    ):
        assert stamp(micros(instant)) == format_stored(instant)
        made = ulid(micros(instant))
        assert made[:10] == theirs.make(instant)[:10]
        assert len(made) == 26
    ids = [ulid(micros(NOW)) for _ in range(3000)]
    assert ids == sorted(set(ids))
