"""Faults within the database: its tables, its locks, and what a zos that was killed leaves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from tests.faults.scene import Scene

Make = Callable[[Scene], AbstractContextManager[None]]


def altered(*statements: str) -> Make:
    """Return the fault that zos's tables are altered while it is up."""

    @contextmanager
    def make(scene: Scene) -> Iterator[None]:
        scene.up()
        scene.execute(*statements)
        scene.down()
        yield
        scene.put(scene.sound)

    return make


runs_dropped = altered("DROP TABLE layer_runs")
status_dropped = altered(
    "DROP INDEX ix_layer_runs_status", "ALTER TABLE layer_runs DROP COLUMN status"
)
errors_dropped = altered("ALTER TABLE layer_runs DROP COLUMN errors")
calls_dropped = altered("DROP TABLE llm_calls")
insights_dropped = altered("DROP TABLE insights")
columns_added = altered(
    "ALTER TABLE layer_runs ADD COLUMN mood VARCHAR DEFAULT 'calm'",
    "ALTER TABLE llm_calls ADD COLUMN cache_hits INTEGER",
)


@contextmanager
def locked_with_log(scene: Scene) -> Iterator[None]:
    # Zos has the file for itself: there is no shared memory then.
    scene.zos.do(
        f"zos = sqlite3.connect({str(scene.path)!r}, isolation_level=None)\n"
        "zos.execute('PRAGMA locking_mode = EXCLUSIVE').fetchall()\n"
        "zos.execute(\"UPDATE layer_runs SET layer_hash = 'locked'\")"
    )
    assert not Path(f"{scene.path}-shm").exists()
    yield
    scene.down()


@contextmanager
def locked_without_log(scene: Scene) -> Iterator[None]:
    scene.up("delete")
    scene.execute("BEGIN EXCLUSIVE")
    yield
    scene.execute("COMMIT")
    scene.down()


@contextmanager
def hot_journal(scene: Scene) -> Iterator[None]:
    # Zos is killed amid a transaction that has reached the file.
    scene.up("delete")
    scene.execute(
        "PRAGMA cache_size = 1",
        "BEGIN",
        "UPDATE layer_runs SET errors = hex(zeroblob(9000))",
    )
    scene.crash()
    assert Path(f"{scene.path}-journal").stat().st_size
    yield
    scene.up("delete")  # which plays it back
    scene.execute("SELECT count(*) FROM layer_runs")
    scene.down()


@contextmanager
def shared_memory_missing(scene: Scene) -> Iterator[None]:
    scene.up()
    scene.execute("UPDATE layer_runs SET layer_hash = 'in the log'")
    scene.crash()
    Path(f"{scene.path}-shm").unlink()
    yield
    scene.up()
    scene.down()
