"""Faults of the file: gone, replaced, overwritten, damaged, or another one altogether."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from tests.faults.scene import Scene

PAGE = 4096


@contextmanager
def deleted(scene: Scene) -> Iterator[None]:
    scene.path.unlink()
    yield
    scene.put(scene.sound)


@contextmanager
def deleted_under_zos(scene: Scene) -> Iterator[None]:
    # Zos goes on with files that have no names any more.
    for file in scene.folder.iterdir():
        file.unlink()
    yield
    scene.put(scene.sound)
    scene.down()


@contextmanager
def replaced(scene: Scene) -> Iterator[None]:
    scene.put(scene.other())
    yield
    scene.put(scene.sound)


@contextmanager
def replaced_beside_log(scene: Scene) -> Iterator[None]:
    # The log of the old file stays, as a crashed zos leaves it.
    scene.crash()
    scene.put(scene.other())
    yield
    scene.mend()


@contextmanager
def replaced_unseen(scene: Scene) -> Iterator[None]:
    # The new file has the size and the time of the old one.
    stat = scene.path.stat()
    scene.put(scene.other())
    _fill(scene.path, stat.st_size)
    os.utime(scene.path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    yield
    scene.put(scene.sound)


@contextmanager
def overwritten_unseen(scene: Scene) -> Iterator[None]:
    # The same, but within the file that is there.
    stat = scene.path.stat()
    shutil.copyfile(scene.other(), scene.path)
    _fill(scene.path, stat.st_size)
    os.utime(scene.path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    yield
    scene.put(scene.sound)


def _fill(path: Path, size: int) -> None:
    """Have a database fill so many bytes: pages that its header does not count mean nothing."""
    assert path.stat().st_size <= size
    os.truncate(path, size)


@contextmanager
def overwritten_by_longer(scene: Scene) -> Iterator[None]:
    shutil.copyfile(scene.other(400), scene.path)
    yield
    shutil.copyfile(scene.sound, scene.path)


@contextmanager
def overwritten_by_shorter(scene: Scene) -> Iterator[None]:
    shutil.copyfile(scene.other(20), scene.path)
    yield
    shutil.copyfile(scene.sound, scene.path)


@contextmanager
def overwritten_by_foreign(scene: Scene) -> Iterator[None]:
    recipes = scene.aside / "recipes.db"
    with closing(sqlite3.connect(recipes)) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS recipes (id INTEGER PRIMARY KEY)")
    shutil.copyfile(recipes, scene.path)
    yield
    shutil.copyfile(scene.sound, scene.path)


@contextmanager
def foreign(scene: Scene) -> Iterator[None]:
    scene.path.unlink()
    with closing(sqlite3.connect(scene.path)) as connection:
        connection.execute("CREATE TABLE recipes (id INTEGER PRIMARY KEY)")
    yield
    scene.put(scene.sound)


@contextmanager
def half_copied(scene: Scene) -> Iterator[None]:
    os.truncate(scene.path, 5 * PAGE + 100)
    yield
    shutil.copyfile(scene.sound, scene.path)


@contextmanager
def random_pages(scene: Scene) -> Iterator[None]:
    size = scene.path.stat().st_size
    with scene.path.open("r+b") as file:
        file.seek(PAGE)
        file.write(random.Random(7).randbytes(size - PAGE))
    yield
    scene.put(scene.sound)


@contextmanager
def header_zeroed(scene: Scene) -> Iterator[None]:
    with scene.path.open("r+b") as file:
        file.write(bytes(100))
    yield
    scene.put(scene.sound)


@contextmanager
def emptied(scene: Scene) -> Iterator[None]:
    os.truncate(scene.path, 0)
    yield
    shutil.copyfile(scene.sound, scene.path)


@contextmanager
def folder(scene: Scene) -> Iterator[None]:
    scene.path.unlink()
    scene.path.mkdir()
    yield
    scene.path.rmdir()
    scene.put(scene.sound)


@contextmanager
def text(scene: Scene) -> Iterator[None]:
    scene.path.write_text("notes of the night, long enough to be looked at\n" * 99)
    yield
    scene.put(scene.sound)
