"""Faults of the system around: file systems, and who may do what."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from tests.faults.scene import OTHER_USER, ZOS_USER, Scene


def may_mount(folder: os.PathLike[str]) -> bool:
    """Tell whether this process may mount file systems here."""
    if os.geteuid() != 0 or not shutil.which("mount"):
        return False
    mounted = _run("mount", "-t", "tmpfs", "-o", "size=64k", "faults", os.fspath(folder))
    return mounted and _run("umount", os.fspath(folder))


@contextmanager
def read_only_file_system(scene: Scene) -> Iterator[None]:
    # The folder is mounted over itself, and that for reading only.
    folder = os.fspath(scene.folder)
    assert _run("mount", "--bind", folder, folder)
    assert _run("mount", "-o", "remount,bind,ro", folder)
    yield
    assert _run("umount", "-l", folder)


@contextmanager
def disk_full(scene: Scene) -> Iterator[None]:
    # The database lies on a small disk on which nothing more has room.
    folder, room = os.fspath(scene.folder), scene.path.stat().st_size + 300_000
    assert _run("mount", "-t", "tmpfs", "-o", f"size={room}", "faults", folder)
    shutil.copyfile(scene.sound, scene.path)
    scene.up()
    with open(scene.folder / "filler", "wb", buffering=0) as filler:
        while True:
            try:
                filler.write(bytes(4096))
            except OSError:
                break
    scene.zos.do(
        "for n in range(2000):\n"
        "    try: zos.raw_run()\n"
        "    except sqlite3.OperationalError as fault:\n"
        "        assert 'full' in str(fault), fault\n"
        "        break\n"
        "else: assert False, 'there was room'"
    )
    yield
    (scene.folder / "filler").unlink()
    scene.zos.do("zos.raw_run()")
    scene.down()
    assert _run("umount", "-l", folder)


@contextmanager
def read_only_folder(scene: Scene) -> Iterator[None]:
    scene.folder.chmod(0o555)
    yield
    scene.folder.chmod(0o755)


@contextmanager
def file_forbidden(scene: Scene) -> Iterator[None]:
    scene.path.chmod(0)
    yield
    scene.path.chmod(0o644)


@contextmanager
def folder_forbidden(scene: Scene) -> Iterator[None]:
    scene.folder.chmod(0)
    yield
    scene.folder.chmod(0o755)


@contextmanager
def zos_down_under_other_user(scene: Scene) -> Iterator[None]:
    # Somebody else watches while zos is down, and zos is no root: it writes as its own user.
    scene.zos.do(f"import os; os.setgid({ZOS_USER}); os.setuid({ZOS_USER})")
    for path in (scene.folder, scene.path):
        os.chown(path, ZOS_USER, ZOS_USER)
    assert ZOS_USER != OTHER_USER
    yield


def _run(*command: str) -> bool:
    return subprocess.run(command, capture_output=True, check=False).returncode == 0
