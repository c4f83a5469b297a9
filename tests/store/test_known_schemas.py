"""A schema that is known is never out of date: each question sees the tables that are there."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from zos_monitor.model.faults import DatabaseFault
from zos_monitor.store.database import Database
from zos_monitor.store.schema import REQUIRED, Schema, Schemas

TABLES = """
CREATE TABLE layer_runs (id, layer_name, started_at, completed_at, status, layer_hash);
CREATE TABLE insights (layer_run_id, topic_key);
"""
OTHER_TABLES = """
CREATE TABLE layer_runs (id, layer_name, started_at, completed_at, status, errors);
CREATE TABLE llm_calls (layer_run_id, topic_key, tokens_total, estimated_cost_usd);
"""


def make(path: Path, tables: str) -> Path:
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(tables)
    return path


def run(path: Path, script: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(script)


async def seen(database: Database) -> Schema:
    async with database.read() as reader:
        return reader.schema


def renamed_over(path: Path, other: Path) -> None:
    os.replace(other, path)


def written_over(path: Path, other: Path) -> None:
    shutil.copyfile(other, path)


@pytest.fixture
def here(path: Path) -> Path:
    return make(path, TABLES)


@pytest.mark.parametrize(
    ("script", "gained", "lost"),
    [
        ("ALTER TABLE layer_runs ADD COLUMN errors", {"errors"}, set()),
        ("ALTER TABLE layer_runs DROP COLUMN layer_hash", set(), {"layer_hash"}),
        ("ALTER TABLE layer_runs RENAME layer_hash TO errors", {"errors"}, {"layer_hash"}),
        ("CREATE TABLE other (x); CREATE INDEX i ON layer_runs (layer_name)", set(), set()),
        ("ALTER TABLE insights ADD COLUMN category; VACUUM", set(), set()),
    ],
)
async def test_columns_come_and_go_between_two_questions(
    here: Path, script: str, gained: set[str], lost: set[str]
) -> None:
    database = Database(here)
    before = await seen(database)
    run(here, script)
    after = await seen(database)
    columns = before.columns["layer_runs"] | gained
    assert after.columns["layer_runs"] == columns - lost
    assert after.has("insights", "category") is ("category" in script)


async def test_tables_come_and_go_between_two_questions(here: Path) -> None:
    database = Database(here)
    assert (await seen(database)).tables == {"insights"}
    run(here, "DROP TABLE insights")
    assert (await seen(database)).tables == set()
    run(here, OTHER_TABLES.splitlines()[2])
    assert (await seen(database)).tables == {"llm_calls"}
    run(here, "DROP TABLE layer_runs")
    with pytest.raises(DatabaseFault, match="no table layer_runs"):
        await seen(database)
    run(here, OTHER_TABLES.splitlines()[1])
    assert (await seen(database)).has("layer_runs", "errors")


@pytest.mark.parametrize("replace", [renamed_over, written_over])
async def test_another_file_has_its_own_schema(
    here: Path, tmp_path: Path, replace: Callable[[Path, Path], None]
) -> None:
    other = make(tmp_path / "other.db", OTHER_TABLES)
    versions = set()
    for file in (here, other):  # as many changes: nothing but the text tells these two apart
        with closing(sqlite3.connect(file)) as connection:
            versions |= set(connection.execute("PRAGMA schema_version"))
    assert len(versions) == 1
    database = Database(here)
    assert (await seen(database)).columns["layer_runs"] == REQUIRED | {"layer_hash"}
    replace(here, other)
    after = await seen(database)
    assert after.columns["layer_runs"] == REQUIRED | {"errors"}
    assert after.tables == {"llm_calls"}


def test_columns_are_listed_once(here: Path) -> None:
    asked: list[str] = []
    schemas = Schemas()
    for times in (1, 2, 3):
        with closing(sqlite3.connect(here)) as connection:
            connection.set_trace_callback(asked.append)
            schema = schemas.of(connection)
        assert schema.tables == {"insights"}
        listed = [sql for sql in asked if sql.startswith("SELECT name FROM pragma_table_info")]
        assert len(listed) == 2, times
