from __future__ import annotations

from pathlib import Path

import pytest

from tests.demo.rows import rows, values
from tests.demo.zos_schema import COLUMNS, INDEXES
from zos_monitor.demo.writer import ZosWriter


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "zos.db"
    ZosWriter(path).close()
    return path


@pytest.mark.parametrize("table", COLUMNS)
def test_columns_are_those_of_zos(database: Path, table: str) -> None:
    found = [
        f"{name} {kind}{' NOT NULL' if needed else ''}{' KEY' if key else ''}"
        for _, name, kind, needed, _, key in rows(database, f"PRAGMA table_info({table})")
    ]
    assert found == [line.strip() for line in COLUMNS[table].split("\n") if line.strip()]


def test_indexes_are_those_of_zos(database: Path) -> None:
    found = {}
    for table in COLUMNS:
        for _, name, unique, origin, _ in rows(database, f"PRAGMA index_list({table})"):
            if origin == "c":
                columns = [row[2] for row in rows(database, f"PRAGMA index_info({name})")]
                found[name] = (table, ", ".join(columns), bool(unique))
    assert found == INDEXES


def test_there_is_nothing_else(database: Path) -> None:
    assert set(values(database, "SELECT name FROM sqlite_master WHERE type = 'table'")) == set(
        COLUMNS
    )
    assert values(database, "PRAGMA journal_mode") == ["wal"]


def test_tables_can_be_left_out(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    ZosWriter(path, without=("llm_calls", "insights"), journal_mode="delete").close()
    tables = values(path, "SELECT name FROM sqlite_master WHERE type = 'table'")
    assert set(tables) == set(COLUMNS) - {"llm_calls", "insights"}
    assert values(path, "PRAGMA journal_mode") == ["delete"]
