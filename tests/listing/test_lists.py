"""Lists that are kept: whatever happens, they equal what one plain query tells."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import timedelta
from random import Random

import pytest

from tests.conftest import NOW, write_odd_runs
from tests.listing.truth import Listed, truth
from tests.totals.comparing import Clock
from tests.totals.moves import Moves
from tests.waiting import soon
from tests.watching import Time
from zos_monitor import exporting, listing
from zos_monitor.demo.writer import ZosWriter
from zos_monitor.model.changes import Changed
from zos_monitor.model.filters import parse_filter
from zos_monitor.model.runs import RunKey
from zos_monitor.model.sorting import BY_START, Sort, SortKey
from zos_monitor.service import RunService
from zos_monitor.store import probe
from zos_monitor.store.database import Reader

FILTERS = (
    "",
    "layer:nightly-*",
    "status:failed,partial",
    "status:running",
    "-status:stalled",
    "since:2d",
    "since:2d Ada",
    "-Ada",
    "error:no",
    "id:run-1*",
    "status:unknown until:5h",
    "layer:dm-* since:30d -status:success",
)
STEPS = {"normal": 8, "small": 30}  # with few stretches there is less to go wrong
EVERY_ORDER = [Sort(key, reverse) for key in SortKey for reverse in (False, True)]
INSTANTS = [NOW - timedelta(hours=hours) for hours in (-30, 0, 1, 21, 50, 170, 800)]


@pytest.fixture(autouse=True)
def _many_lists(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "_KEPT", 100)


async def compare_all(
    service: RunService, lists: list[Listed], clock: Clock, pick: int, what: str
) -> None:
    expected = await truth(service, lists[0].flt, clock.now)
    for one in lists:
        await one.compare(expected, clock.now, pick, f"{what}; {one.flt.text!r} {one.sort}")
    instant = INSTANTS[pick % len(INSTANTS)]
    row = await soon(service.row_since(lists[0].flt, instant, now=clock.now))
    assert row == expected.row_since(instant), what


@pytest.mark.parametrize("text", FILTERS)
async def test_kept_lists_equal_the_truth_after_every_step(
    zos: ZosWriter,
    service: RunService,
    clock: Clock,
    size: str,
    counts_due: Time,
    text: str,
) -> None:
    flt, random = parse_filter(text), Random(text + size)
    lists = [Listed(service, flt, sort) for sort in EVERY_ORDER]
    changes = service.changes()
    assert (await soon(anext(changes))).changed is Changed.ALL
    moves = Moves(zos, clock, random)
    for _ in range(25):
        moves._whole_run()
        moves._start()
    for step in range(STEPS[size]):
        move = moves.make()
        counts_due.now += move.counts * probe.COUNT_SECONDS
        if move.edits:  # what only the key for it makes known
            service.poll.look_now()
            assert (await soon(anext(changes))).changed is Changed.ALL
        chosen = [BY_START, *random.sample(EVERY_ORDER[1:], 2)]
        some = [one for one in lists if one.sort in chosen]
        await compare_all(service, some, clock, random.randrange(1000), f"step {step}: {move}")


# Without the indexes those filters are asked otherwise that name a layer or a state.
@pytest.mark.parametrize(
    ("text", "index"),
    [(text, True) for text in FILTERS]
    + [(text, False) for text in FILTERS if "layer:" in text or "status:" in text or not text],
)
async def test_a_list_of_odd_runs_has_each_of_them_in_its_row(
    zos: ZosWriter, service: RunService, clock: Clock, size: str, text: str, index: bool
) -> None:
    write_odd_runs(zos)
    for hours in range(20):
        zos.raw_run(started_at=NOW - timedelta(hours=hours), layer_name="nightly-odd")
    if not index:
        for name in ("ix_layer_runs_name_started", "ix_layer_runs_status"):
            zos._connection.execute(f"DROP INDEX {name}")
    flt = parse_filter(text)
    expected = await truth(service, flt, NOW)
    nowhere = RunKey("2026-11-21 12:00:00.000000", 10**6)
    for number, sort in enumerate(EVERY_ORDER):
        one = Listed(service, flt, sort)
        await one.compare(expected, NOW, 3, f"{text!r} {sort}")
        # Each run is looked for in some of the orders, by another share of the runs in each.
        for row, run in list(enumerate(one.runs))[number % 4 :: 4]:
            found = await one.slice(NOW, row, 1, anchor=run.key)
            assert (found.anchor, found.runs) == (row, (run,)), f"{text!r} {sort}"
        assert (await one.slice(NOW, 0, 1, anchor=nowhere)).anchor is None
    for instant in INSTANTS:
        assert await service.row_since(flt, instant, now=NOW) == expected.row_since(instant)


async def test_a_list_without_runs_is_empty(zos: ZosWriter, service: RunService) -> None:
    for text in FILTERS:
        for sort in EVERY_ORDER:
            found = await Listed(service, parse_filter(text), sort).slice(NOW, 0, 9)
            assert (found.matched, found.total, found.runs) == (0, 0, ())
            assert found.counted
        assert await service.row_since(parse_filter(text), NOW) == 0


async def test_runs_told_whole_come_in_the_same_order_without_a_gap(
    zos: ZosWriter, service: RunService, size: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "_KEYS", 7)
    write_odd_runs(zos)
    for text in FILTERS:
        flt = parse_filter(text)
        expected = await truth(service, flt, NOW)
        found = [run.id async for page in service.details(flt, now=NOW) for run in page]
        assert found == [run.id for run in expected.runs], text


async def test_all_runs_are_counted_once_for_an_answer(
    zos: ZosWriter, service: RunService, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_odd_runs(zos)
    monkeypatch.setattr(probe, "FEW_RUNS", 0)  # of few, the look for changes counts them
    asked: list[str] = []
    rows = Reader.rows

    async def noting(reader: Reader, sql: str, params: Sequence[object] = ()) -> list[sqlite3.Row]:
        asked.append(sql)
        return await rows(reader, sql, params)

    monkeypatch.setattr(Reader, "rows", noting)
    found = await service.run_slice(parse_filter(""), limit=1, now=NOW)
    assert asked.count("SELECT count(*) FROM layer_runs") == 1
    assert found.matched == found.total == len(await service.newest(parse_filter(""), limit=99))
