"""A file that goes away in the wrong moment."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from zos_monitor.model.faults import DatabaseFault
from zos_monitor.store.borrowing import Borrowing
from zos_monitor.store.database import Database


@pytest.mark.parametrize("immutable", [False, True])
async def test_a_file_that_goes_just_before_it_is_opened_is_not_made_anew(
    history: Path, path: Path, monkeypatch: pytest.MonkeyPatch, immutable: bool
) -> None:
    shutil.copy(history, path)

    def gone(borrowing: Borrowing, file: Path, *, locking: bool) -> bool:
        file.unlink()
        return immutable

    monkeypatch.setattr(Borrowing, "look", gone)
    with pytest.raises(DatabaseFault):
        async with Database(path).read():
            pass
    assert not path.exists()
