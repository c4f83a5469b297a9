"""Questions about lists that are cut off: asked again they are exact, and nothing stays open."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from tests.conftest import NOW, service_on
from tests.listing.truth import Listed, truth
from tests.waiting import eventually, soon
from zos_monitor import listing, ranking
from zos_monitor.demo.writer import ZosWriter
from zos_monitor.model.faults import DatabaseFault
from zos_monitor.model.filters import parse_filter
from zos_monitor.model.sorting import BY_START, Sort, SortKey
from zos_monitor.service import RunService
from zos_monitor.store.database import Reader

RUNS = 60
ORDERS = [BY_START, BY_START.turned, Sort(SortKey.COST), Sort(SortKey.ERRORS, reverse=True)]


@pytest.fixture
def many(zos: ZosWriter, small: None) -> ZosWriter:
    with zos.batch():
        for hours in range(RUNS):
            zos.raw_run(
                id=f"run-{hours}",
                started_at=NOW - timedelta(hours=hours),
                layer_name=f"layer-{hours % 3}",
                estimated_cost_usd=hours % 7 / 10,
            )
    return zos


class Cut:
    """Cancels the task that asks the n-th query from now on; 0 for none."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.after = 0
        self._wrap(monkeypatch, Reader, "rows")
        self._wrap(monkeypatch, ranking.Ranking, "_ask")
        self._wrap(monkeypatch, ranking.Ranking, "_insert")

    def _wrap(self, monkeypatch: pytest.MonkeyPatch, owner: type, name: str) -> None:
        ask: Callable[..., object] = getattr(owner, name)

        async def asked(it: object, sql: str, params: Sequence[object] = ()) -> object:
            if self.after:
                self.after -= 1
                task = asyncio.current_task()
                if not self.after and task is not None:
                    asyncio.get_running_loop().call_soon(task.cancel)
            return await ask(it, sql, params)  # type: ignore[misc]

        monkeypatch.setattr(owner, name, asked)


@pytest.mark.parametrize(
    ("text", "first"), [("", 1), ("-Ada", 3), ("status:success", 5), ("error:no", 7)]
)
@pytest.mark.parametrize("sort", ORDERS)
async def test_a_question_that_is_cut_off_anywhere_is_exact_the_next_time(
    many: ZosWriter,
    path: Path,
    monkeypatch: pytest.MonkeyPatch,
    text: str,
    first: int,
    sort: Sort,
) -> None:
    cut, flt = Cut(monkeypatch), parse_filter(text)
    threads = threading.active_count()
    kept = service_on(path)
    for after in range(first, 48, 8):  # together they cut at every other query
        # What is kept is up to date after fewer queries than what begins anew.
        for service in (kept, service_on(path)) if after < 30 else (service_on(path),):
            cut.after = after
            with_limit = service.run_slice(flt, first=20, limit=10, sort=sort, now=NOW)
            task = asyncio.ensure_future(with_limit)
            await asyncio.wait([task])
            many.raw_run(id=f"more-{after}-{service is kept}", started_at=NOW)
            cut.after = after // 2
            counting = asyncio.ensure_future(service.count_on(flt, sort=sort, now=NOW))
            await asyncio.wait([counting])
            cut.after = 0
            expected = await truth(service, flt, NOW)
            await Listed(service, flt, sort).compare(expected, NOW, after, f"{after}")
            if service is not kept:
                await soon(service.closed())
    await soon(kept.closed())
    await eventually(lambda: threading.active_count() == threads)


async def test_a_list_that_falls_out_of_those_kept_is_closed(
    many: ZosWriter, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed: list[ranking.Ranking] = []
    close = ranking.Ranking.close

    async def noted(order: ranking.Ranking) -> None:
        await close(order)
        closed.append(order)

    monkeypatch.setattr(ranking.Ranking, "close", noted)
    threads, service = threading.active_count(), service_on(path)
    keys = [key for key in SortKey if key is not SortKey.START]
    for key in keys[: listing._KEPT]:
        await service.run_slice(parse_filter(""), sort=Sort(key))
    assert not closed
    await service.run_slice(parse_filter(""), sort=Sort(keys[listing._KEPT]))
    await eventually(lambda: len(closed) == 1)
    await eventually(lambda: threading.active_count() == threads + listing._KEPT)
    assert (await service.run_slice(parse_filter(""), sort=Sort(keys[0]))).matched == RUNS
    await soon(service.closed())
    assert len(closed) == len(keys) + 1
    await eventually(lambda: threading.active_count() == threads)


async def test_many_lists_at_once_are_all_answered(many: ZosWriter, path: Path) -> None:
    service = service_on(path)
    asking = [
        service.run_slice(parse_filter(text), first=9, limit=3, sort=Sort(key))
        for key in SortKey
        for text in ("", "-Ada", "layer:layer-1", "error:no")
    ]
    answers = await soon(asyncio.gather(*asking))
    assert {answer.matched for answer in answers if answer.counted} == {0, RUNS // 3, RUNS}
    await soon(service.closed())


async def test_sorting_leaves_no_file(
    many: ZosWriter, path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setenv("SQLITE_TMPDIR", str(temporary))
    before = sorted(tmp_path.iterdir())
    service: RunService = service_on(path)
    await service.run_slice(parse_filter(""), sort=Sort(SortKey.COST))
    assert not list(temporary.iterdir())
    assert sorted(tmp_path.iterdir()) == before
    await soon(service.closed())


async def test_a_fault_of_the_scratch_database_is_told_as_one(
    many: ZosWriter, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    service, full = service_on(path), sqlite3.OperationalError("database or disk is full")
    make = ranking._make_scratch

    async def fail() -> object:
        raise full

    monkeypatch.setattr(ranking, "_make_scratch", fail)
    with pytest.raises(DatabaseFault, match="disk is full"):
        await soon(service.run_slice(parse_filter(""), sort=Sort(SortKey.COST)))
    monkeypatch.setattr(ranking, "_make_scratch", make)
    found = await soon(service.run_slice(parse_filter(""), sort=Sort(SortKey.COST)))
    assert found.matched == RUNS
    await soon(service.closed())
