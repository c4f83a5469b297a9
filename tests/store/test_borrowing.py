"""Reading another user's database: its locks are kept from the look at it to the end."""

from __future__ import annotations

import fcntl
import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.conftest import ZosProcess
from tests.store.test_database import a_second_question_drops_no_lock
from zos_monitor.store.borrowing import Borrowing
from zos_monitor.store.database import Database


@pytest.fixture(autouse=True)
def stranger(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take ourselves for somebody else, as far as the owner of the file is concerned."""
    another = os.geteuid() + 1
    monkeypatch.setattr(os, "geteuid", lambda: another)


CLOSE = "zos.close()"


async def test_zos_that_closes_while_we_look_leaves_its_files_to_our_connection(
    zos_process: ZosProcess, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    zos_process.open(path)
    zos_process.do("zos.raw_run()")
    look = Borrowing.look

    def closing_after(borrowing: Borrowing, file: Path, *, locking: bool) -> bool:
        immutable = look(borrowing, file, locking=locking)
        zos_process.do(CLOSE)
        return immutable

    before = {name: (path.parent / name).stat().st_ino for name in os.listdir(path.parent)}
    assert len(before) == 3
    monkeypatch.setattr(Borrowing, "look", closing_after)
    async with Database(path).read() as reader:
        assert len(await reader.rows("SELECT id FROM layer_runs")) == 1
        found = {name: (path.parent / name).stat().st_ino for name in os.listdir(path.parent)}
        assert found == before
    with closing(sqlite3.connect(path)) as connection:  # zos, which starts again
        connection.execute("DELETE FROM layer_runs").close()
    assert os.listdir(path.parent) == ["zos.db"]


async def test_no_lock_is_kept_once_nothing_is_open(zos_process: ZosProcess, path: Path) -> None:
    zos_process.open(path)
    database = Database(path)
    for _ in range(2):
        async with database.read(), database.read():
            zos_process.do("zos.raw_run()")
        zos_process.do("zos.close()")
        assert os.listdir(path.parent) == ["zos.db"]
        zos_process.open(path, seed=8)


async def test_a_second_question_does_not_drop_the_lock_of_the_first(
    zos_process: ZosProcess, path: Path
) -> None:
    await a_second_question_drops_no_lock(zos_process, path)


async def test_without_side_files_nothing_is_made_and_nothing_locked(
    zos_process: ZosProcess, path: Path
) -> None:
    zos_process.open(path)
    zos_process.do("zos.raw_run(); zos.close()")
    async with Database(path).read() as reader:
        assert len(await reader.rows("SELECT id FROM layer_runs")) == 1
        assert os.listdir(path.parent) == ["zos.db"]
        zos_process.open(path, seed=8)
        zos_process.do("zos.raw_run(); zos.close()")
        assert os.listdir(path.parent) == ["zos.db"]


@pytest.mark.skipif(not hasattr(fcntl, "F_OFD_SETLK"), reason="locks are of processes here")
def test_a_connection_that_closes_does_not_take_the_lock_along(
    zos_process: ZosProcess, path: Path
) -> None:
    zos_process.open(path)
    zos_process.do("zos.raw_run()")
    borrowing = Borrowing()
    assert not borrowing.look(path, locking=False)
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as connection:
        connection.execute("SELECT id FROM layer_runs").fetchall()
        assert not borrowing.look(path, locking=True)
    zos_process.do(CLOSE)
    assert len(os.listdir(path.parent)) == 3
    borrowing.release()
    zos_process.open(path, seed=8)
    zos_process.do("zos.raw_run(); zos.close()")
    assert os.listdir(path.parent) == ["zos.db"]
