"""Another user's monitor leaves no file beside zos's database, and never stops zos from writing."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.another_user.strangers import User, owners
from tests.faults.scene import OTHER_USER as STRANGER
from tests.faults.scene import ZOS_USER as ZOS

pytestmark = pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can be several users"
)

OPEN, STICKY, CLOSED = 0o777, 0o1777, 0o755
DASHBOARDS = [("wal", CLOSED), ("wal", OPEN), ("delete", STICKY)]
HAMMER_SECONDS = 0.3
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def zos() -> Iterator[User]:
    user = User(ZOS)
    yield user
    user.kill()


@pytest.fixture(scope="module")
def stranger() -> Iterator[User]:
    user = User(STRANGER, watches=True)
    yield user
    user.kill()


@pytest.fixture
def folder() -> Iterator[Path]:
    """Return a folder of zos's that others can reach, which pytest's own are not."""
    folder = Path(tempfile.mkdtemp(prefix="zos-"))
    os.chown(folder, ZOS, ZOS)
    folder.chmod(CLOSED)
    yield folder
    shutil.rmtree(folder)


def only_of_zos(folder: Path) -> bool:
    return set(owners(folder).values()) == {ZOS}


@pytest.mark.parametrize("rights", [CLOSED, OPEN, STICKY], ids=oct)
@pytest.mark.parametrize("mode", ["wal", "delete"])
def test_zos_writes_before_beside_and_after(
    zos: User, stranger: User, folder: Path, mode: str, rights: int
) -> None:
    folder.chmod(rights)
    path = folder / "zos.db"
    zos.do(f"write_and_close({str(path)!r}, {mode!r})")
    assert stranger.do(f"ask_everything({str(path)!r})") == 1
    if (mode, rights) in DASHBOARDS:  # its questions are the same
        assert "nightly-user-reflect" in str(stranger.do(f"open_dashboard({str(path)!r})"))
    assert owners(folder) == {"zos.db": ZOS}
    zos.do(f"globals().update(zos=ZosWriter({str(path)!r}, busy_seconds=0))")
    zos.do("write(zos)")
    assert stranger.do(f"ask_everything({str(path)!r})") == 2
    assert only_of_zos(folder)
    zos.do("write(zos)")
    zos.do("zos.close()")
    assert owners(folder) == {"zos.db": ZOS}
    assert stranger.do(f"ask_everything({str(path)!r})") == 3
    zos.do(f"write_and_close({str(path)!r}, {mode!r})")
    assert owners(folder) == {"zos.db": ZOS}


def test_a_link_in_another_folder_is_as_harmless(zos: User, stranger: User, folder: Path) -> None:
    real, link = folder / "zos.db", folder / "others" / "link.db"
    link.parent.mkdir(mode=OPEN)
    link.parent.chmod(OPEN)
    link.symlink_to(real)
    folder.chmod(OPEN)
    zos.do(f"write_and_close({str(real)!r})")
    assert stranger.do(f"ask_everything({str(link)!r})") == 1
    assert sorted(os.listdir(folder)) == ["others", "zos.db"]
    assert os.listdir(link.parent) == ["link.db"]
    zos.do(f"write_and_close({str(real)!r})")


@pytest.mark.parametrize("rights", [OPEN, STICKY], ids=oct)
def test_zos_that_closes_while_we_open_is_not_locked_out(
    zos: User, stranger: User, folder: Path, rights: int
) -> None:
    folder.chmod(rights)
    path = folder / "zos.db"
    zos.do(f"write_and_close({str(path)!r})")
    zos.begin(f"write_again_and_again({str(path)!r}, {HAMMER_SECONDS})")
    stranger.begin(f"go_on_asking({str(path)!r}, {HAMMER_SECONDS})")
    answered, written = stranger.end(), zos.end()
    assert isinstance(answered, int)
    assert isinstance(written, int)
    assert answered > 0
    assert written > 0
    assert only_of_zos(folder)
    zos.do(f"write_and_close({str(path)!r})")
    assert owners(folder) == {"zos.db": ZOS}


def test_who_may_not_read_it_is_told_so_and_leaves_nothing(
    zos: User, stranger: User, folder: Path
) -> None:
    folder.chmod(OPEN)
    path = folder / "zos.db"
    zos.do(f"write_and_close({str(path)!r})")
    path.chmod(0o640)
    with pytest.raises(AssertionError, match="DatabaseFault"):
        stranger.do(f"ask_everything({str(path)!r})")
    os.chown(path, ZOS, STRANGER)  # its group may
    assert stranger.do(f"ask_everything({str(path)!r})") == 1
    assert owners(folder) == {"zos.db": ZOS}
    zos.do(f"write_and_close({str(path)!r})")


def test_what_root_makes_belongs_to_zos(zos: User, folder: Path) -> None:
    path = folder / "zos.db"
    zos.do(f"write_and_close({str(path)!r})")
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as connection:
        connection.execute("SELECT * FROM layer_runs").fetchall()
        assert owners(folder) == dict.fromkeys(("zos.db", "zos.db-wal", "zos.db-shm"), ZOS)
    zos.do(f"write_and_close({str(path)!r})")
    assert owners(folder) == {"zos.db": ZOS}


@pytest.mark.parametrize("up", [False, True], ids=["down", "up"])
def test_commands_leave_nothing(zos: User, folder: Path, up: bool) -> None:
    folder.chmod(OPEN)
    path = folder / "zos.db"
    zos.do(f"write_and_close({str(path)!r})")
    if up:
        zos.do(f"globals().update(zos=ZosWriter({str(path)!r}, busy_seconds=0))")
    command = [sys.executable, "-m", "tests.faults.as_other", "--db", str(path), "runs", "--json"]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert "nightly-user-reflection" in told.stdout
    assert only_of_zos(folder)
    assert len(owners(folder)) == (3 if up else 1)
    if up:
        zos.do("write(zos)")
        zos.do("zos.close()")
    zos.do(f"write_and_close({str(path)!r})")
    assert owners(folder) == {"zos.db": ZOS}
