"""The marks: they tell what zos's commits changed, and what they tell is cheap."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from tests.conftest import NOW
from zos_monitor.demo.writer import ZosWriter
from zos_monitor.model.changes import Changed
from zos_monitor.store.database import Database
from zos_monitor.store.probe import Marks, read_marks

DELETE_OLD = "DELETE FROM layer_runs WHERE id = 'old'"
RUNS, CALLS, INSIGHTS = Changed.RUNS, Changed.CALLS, Changed.INSIGHTS


async def marks(path: Path, last: Marks | None = None) -> Marks:
    async with Database(path).read() as reader:
        return await read_marks(reader, last)


def start(zos: ZosWriter) -> str:
    return zos.start_run("nightly", started_at=NOW, targets_matched=1)


STEPS: dict[str, tuple[Callable[[ZosWriter, str], object], Changed]] = {
    "nothing": (lambda zos, run: None, Changed.NOTHING),
    "a message": (lambda zos, run: zos.message("1", "2", created_at=NOW), Changed.NOTHING),
    "a run starts": (lambda zos, run: start(zos), RUNS),
    "a run ends": (lambda zos, run: zos.finish_run(run, completed_at=NOW, processed=1), RUNS),
    "a whole run": (lambda zos, run: zos.raw_run(started_at=NOW - timedelta(days=9)), RUNS),
    "a call": (lambda zos, run: zos.call(run, "Ada", created_at=NOW), CALLS),
    "a call of no run": (lambda zos, run: zos.call(None, None, created_at=NOW), CALLS),
    "an insight": (lambda zos, run: zos.insight(run, "Ada", created_at=NOW), INSIGHTS),
    # What zos never does to an old run is for the files' stamps to show.
    "an old edit": (lambda zos, run: zos.update("layer_runs", "old", status="x"), Changed.NOTHING),
    "a run goes": (lambda zos, run: zos._connection.execute("DELETE FROM layer_runs"), RUNS),
    "one in, one out": (
        lambda zos, run: (zos.raw_run(), zos._connection.execute(DELETE_OLD)),
        RUNS,
    ),
    "all at once": (
        lambda zos, run: (
            start(zos),
            zos.call(run, "Ada", created_at=NOW),
            zos.insight(run, "Ada", created_at=NOW),
        ),
        RUNS | CALLS | INSIGHTS,
    ),
}


@pytest.mark.parametrize(("step", "changed"), STEPS.values(), ids=STEPS.keys())
async def test_each_step_of_zos_is_told(
    zos: ZosWriter, path: Path, step: Callable[[ZosWriter, str], object], changed: Changed
) -> None:
    zos.raw_run(id="old")
    run = start(zos)
    before = await marks(path)
    step(zos, run)
    assert (await marks(path, before)).since(before) == changed


async def test_the_first_marks_tell_of_everything(zos: ZosWriter, path: Path) -> None:
    assert (await marks(path)).since(None) == Changed.ALL


async def test_marks_do_not_depend_on_what_was_known_before(zos: ZosWriter, path: Path) -> None:
    last = await marks(path)
    runs: list[str] = []
    for n in range(12):
        runs.append(start(zos))
        if n % 3 == 2:
            zos.finish_run(runs.pop(0), completed_at=NOW, processed=1)
        if n == 7:
            zos._connection.execute("DELETE FROM layer_runs WHERE id = ?", (runs.pop(),))
        last = await marks(path, last)
        assert last == await marks(path)
        assert len(last.open_runs) == len(runs)


# The open runs of the present database are found, whatever the marks of another one say.
@pytest.mark.parametrize("before", [(5, 5), (1, 3), (0, 0), (4, 4)])
async def test_a_replaced_database_is_searched_for_open_runs(
    zos: ZosWriter, path: Path, before: tuple[int, int]
) -> None:
    for n in range(4):
        zos.raw_run(id=f"run-{n}", completed_at=NOW if n % 2 else None)
    zos._connection.execute("DELETE FROM layer_runs WHERE id = 'run-1'")
    runs, newest = before
    last = Marks(runs, newest, 0, 0, open_runs=frozenset())
    found = await marks(path, last)
    assert (found.runs, found.newest_run) == (3, 4)
    assert found.open_runs == {1, 3}


async def test_known_marks_spare_the_search_for_open_runs(zos: ZosWriter, path: Path) -> None:
    for _ in range(3):
        start(zos)
    before = await marks(path)
    async with Database(path).read() as reader:
        asked: list[str] = []
        rows = reader.rows

        async def noted(sql: str, params: tuple[object, ...] = ()) -> object:
            asked.append(sql)
            return await rows(sql, params)

        reader.rows = noted  # type: ignore[method-assign, assignment]
        assert await read_marks(reader, before) == before
        plan = await rows(f"EXPLAIN QUERY PLAN {asked[-1]}", ("[1, 2, 3]", 3))
    text = " ".join(row[3] for row in plan)
    assert text.count("USING INTEGER PRIMARY KEY") == 2
    assert "SCAN layer_runs" not in text


async def test_older_databases_have_marks_too(path: Path) -> None:
    with ZosWriter(path, without={"llm_calls", "insights"}) as zos:
        start(zos)
        before = await marks(path)
        assert (before.runs, before.newest_call, before.newest_insight) == (1, 0, 0)
        start(zos)
        assert (await marks(path, before)).since(before) == RUNS
