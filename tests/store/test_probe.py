"""The marks: they tell what zos's commits changed, and what they tell is cheap."""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from tests.conftest import NOW
from tests.watching import Time
from zos_monitor.demo.writer import ZosWriter
from zos_monitor.model.changes import Changed
from zos_monitor.store import probe
from zos_monitor.store.database import Database, Reader
from zos_monitor.store.probe import Delta, Marks, read_marks, runs_named, search_on

DELETE_OLD = "DELETE FROM layer_runs WHERE id = 'old'"
RUNS, CALLS, INSIGHTS = Changed.RUNS, Changed.CALLS, Changed.INSIGHTS


async def marks(path: Path, last: Marks | None = None) -> Marks:
    async with Database(path).read() as reader:
        return await read_marks(reader, last)


async def searched(path: Path, last: Marks) -> Marks:
    async with Database(path).read() as reader:
        return await search_on(reader, last)


async def named(path: Path, delta: Delta) -> frozenset[int]:
    async with Database(path).read() as reader:
        return await runs_named(reader, delta)


def start(zos: ZosWriter) -> str:
    return zos.start_run("nightly", started_at=NOW, targets_matched=1)


def execute(zos: ZosWriter, sql: str, *params: str) -> object:
    return zos._connection.execute(sql, params)


@pytest.fixture
def long_history(monkeypatch: pytest.MonkeyPatch) -> Time:
    """Make a few runs count as a long history, and let the time stand still."""
    monkeypatch.setattr(probe, "FEW_RUNS", 3)
    monkeypatch.setattr(probe, "RECENT_ROWS", 2)
    monkeypatch.setattr(probe, "SLICE_ROWS", 4)
    standing = Time()
    monkeypatch.setattr(probe, "time", standing)
    return standing


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
    "a run goes": (lambda zos, run: execute(zos, "DELETE FROM layer_runs"), Changed.ALL),
    "a call goes": (lambda zos, run: execute(zos, "DELETE FROM llm_calls"), Changed.ALL),
    "the newest goes and another comes": (
        lambda zos, run: (
            execute(zos, "DELETE FROM layer_runs WHERE id = ?", run),
            start(zos),
        ),
        Changed.ALL,
    ),
    "one in, one out": (
        lambda zos, run: (zos.raw_run(), execute(zos, DELETE_OLD)),
        Changed.ALL,
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
    zos.call("old", "Ada", created_at=NOW)
    run = start(zos)
    before = await marks(path)
    step(zos, run)
    after = await marks(path, before)
    assert after.since(before) == changed
    assert (after.delta(before) is None) is (changed is Changed.ALL)


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
            execute(zos, "DELETE FROM layer_runs WHERE id = ?", runs.pop())
        last = await marks(path, last)
        assert last == await marks(path)
        assert len(last.open_runs) == len(runs)


@pytest.mark.parametrize("names", [("a", "b", "c", "d"), ("x", "b", "y", "d"), ("d",), ()])
async def test_marks_of_another_database_are_not_built_upon(
    zos: ZosWriter, path: Path, tmp_path: Path, names: tuple[str, ...]
) -> None:
    for n, name in enumerate(("a", "b", "c")):
        zos.raw_run(id=name, completed_at=None if n % 2 else NOW)
    with ZosWriter(tmp_path / "other.db") as other:
        for n, name in enumerate(names):
            other.raw_run(id=name, completed_at=NOW if n % 2 else None)
    before = await marks(path)
    found = await marks(tmp_path / "other.db", before)
    alike = names == ("a", "b", "c", "d")  # no look-up of a few rows tells these apart
    assert (found.delta(before) is not None) is alike
    assert (found.since(before) is Changed.ALL) is (not alike)
    if not alike:
        assert found == await marks(tmp_path / "other.db")


async def queries_of(reader: Reader, work: Awaitable[object]) -> list[tuple[str, Sequence[object]]]:
    """Return what a piece of work asks, which it does."""
    asked: list[tuple[str, Sequence[object]]] = []
    rows = reader.rows

    async def noted(sql: str, params: Sequence[object] = ()) -> list[sqlite3.Row]:
        asked.append((sql, params))
        return await rows(sql, params)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reader, "rows", noted)
        await work
    return asked


async def test_known_marks_spare_the_search_for_open_runs(
    zos: ZosWriter, path: Path, long_history: Time
) -> None:
    for _ in range(5):
        start(zos)
    before = await marks(path, await marks(path))
    async with Database(path).read() as reader:
        [(look, params)] = await queries_of(reader, read_marks(reader, before))
        plan = await reader.rows(f"EXPLAIN QUERY PLAN {look}", params)
    text = " ".join(row[3] for row in plan)
    assert text.count("SEARCH layer_runs USING INTEGER PRIMARY KEY") == 4
    assert "COVERING INDEX" not in text  # nothing is counted


async def test_older_databases_have_marks_too(path: Path) -> None:
    with ZosWriter(path, without={"llm_calls", "insights"}) as zos:
        start(zos)
        before = await marks(path)
        assert (before.runs, before.newest_call, before.newest_insight) == (1, 0, 0)
        start(zos)
        assert (await marks(path, before)).since(before) == RUNS


async def test_what_changed_is_told_in_row_numbers(zos: ZosWriter, path: Path) -> None:
    zos.raw_run(id="old")
    ending, staying = start(zos), start(zos)
    zos.call(ending, "Ada", created_at=NOW)
    before = await marks(path)
    nothing = (await marks(path, before)).delta(before)
    assert nothing is not None
    assert not nothing
    zos.finish_run(ending, completed_at=NOW, processed=1)
    zos.raw_run(completed_at=None, status="success")
    zos.raw_run()
    zos.call("old", "Ada", created_at=NOW)
    zos.call("old", "Bram", created_at=NOW)
    zos.call("elsewhere", None, created_at=NOW)
    zos.call(None, None, created_at=NOW)
    zos.insight(staying, "Ada", created_at=NOW)
    delta = (await marks(path, before)).delta(before)
    assert delta == Delta(
        appended=range(4, 6),
        closed=frozenset({2}),
        found_open=frozenset(),
        open_runs=frozenset({3, 4}),
        calls=range(2, 6),
        insights=range(1, 2),
    )
    assert delta
    assert await named(path, delta) == {1, 3}
    async with Database(path).read() as reader:
        asked = await queries_of(reader, runs_named(reader, delta))
        for sql, params in asked:
            plan = await reader.rows(f"EXPLAIN QUERY PLAN {sql}", params)
            text = " ".join(row[3] for row in plan)
            assert "SEARCH t USING INTEGER PRIMARY KEY" in text
            assert "SCAN r" not in text


async def test_a_long_history_is_searched_for_open_runs_slice_by_slice(
    zos: ZosWriter, path: Path, long_history: Time
) -> None:
    for n in range(11):
        zos.raw_run(completed_at=None if n in (0, 4, 8, 9) else NOW)
    first = found = await marks(path)
    told = []
    assert (found.open_runs, found.unsearched) == (frozenset({10}), 9)
    while found.unsearched:
        before = await marks(path, found)
        found = await searched(path, before)
        told.append((found.since(before), *(found.open_runs - before.open_runs)))
    assert told == [(RUNS, 9), (RUNS, 5), (RUNS, 1)]
    delta = found.delta(first)
    assert delta is not None
    assert delta.found_open == {9, 5, 1}
    assert (await marks(path, found)).open_runs == {1, 5, 9, 10}


async def test_a_long_history_is_counted_once_a_minute(
    zos: ZosWriter, path: Path, long_history: Time
) -> None:
    for n in range(9):
        zos.raw_run(id=f"run-{n}")
    first = await marks(path)
    assert first.runs is None
    second = await marks(path, first)
    assert (second.runs, second.since(first)) == (9, Changed.NOTHING)
    execute(zos, "DELETE FROM layer_runs WHERE id = 'run-3'")
    zos.raw_run()
    long_history.now += probe.COUNT_SECONDS - 1
    third = await marks(path, second)
    assert (third.runs, third.since(second)) == (10, RUNS)
    long_history.now += 1
    fourth = await marks(path, third)
    assert (fourth.since(third), fourth.delta(third)) == (Changed.ALL, None)
    assert (await marks(path, fourth)).runs == 9


async def test_marks_take_in_open_runs_that_others_found(
    zos: ZosWriter, path: Path, long_history: Time
) -> None:
    zos.raw_run(id="odd", completed_at=None)
    for _ in range(5):
        zos.raw_run()
    first = (await marks(path)).knowing(frozenset({1}))
    zos.finish_run("odd", completed_at=NOW, processed=1)
    delta = (await marks(path, first)).delta(first)
    assert delta is not None
    assert delta.closed == {1}


async def test_marks_take_over_what_others_have_searched(
    zos: ZosWriter, path: Path, long_history: Time
) -> None:
    for n in range(11):
        zos.raw_run(id=f"run-{n}", completed_at=None if n in (0, 4) else NOW)
    first = await marks(path)
    others = first
    while others.unsearched:
        others = await searched(path, others)
    zos.finish_run("run-4", completed_at=NOW, processed=1)
    async with Database(path).read() as reader:
        found = await read_marks(reader, first, hints=others)
        alone = await read_marks(reader, None, hints=others)
    assert (found.open_runs, found.unsearched) == (frozenset({1}), 0)
    assert (alone.open_runs, alone.unsearched) == (frozenset({1}), 9)  # it may be another file's
    delta = found.delta(first)
    assert delta is not None
    assert (delta.closed, delta.found_open) == (frozenset(), frozenset({1}))
