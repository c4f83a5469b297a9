"""Lists and totals over zos's own API are those of the database beneath it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.conftest import NOW
from tests.remote.zos_both import Both, told
from zos_monitor.model.faults import NotOffered
from zos_monitor.model.filters import parse_filter
from zos_monitor.model.runs import Source
from zos_monitor.model.sorting import Sort
from zos_monitor.model.states import RunState
from zos_monitor.remote import zos_lists, zos_totals

FILTERS = [
    "",
    "status:failed",
    "status:failed,partial",
    "status:success since:7d",
    "layer:nightly-user-reflection",
    "layer:NIGHTLY-user-Reflection status:partial",
    "layer:odd since:2026-11-01",
    'layer:"never ran"',
    "since:all",
]


@pytest.mark.parametrize("text", FILTERS)
@pytest.mark.parametrize("sort", [Sort(), Sort(reverse=True)])
async def test_lists_are_those_of_the_database(both: Both, text: str, sort: Sort) -> None:
    flt = parse_filter(text)
    for first, limit in ((0, 150), (3, 20), (10_000, 5)):
        here = await both.api.run_slice(flt, first=first, limit=limit, sort=sort)
        there = await both.direct.run_slice(flt, first=first, limit=limit, sort=sort)
        assert (here.matched, here.total, here.first) == (there.matched, there.total, there.first)
        if not text.startswith("status:failed,"):  # which run of one instant is first is free
            ties = {run.started_at for run in there.runs if run.id.startswith(("same", "free"))}
            ours = [told(run) for run in here.runs if run.started_at not in ties]
            assert ours == [told(run) for run in there.runs if run.started_at not in ties]
        assert [run.started_at for run in here.runs] == [run.started_at for run in there.runs]
        assert here.counted


async def test_costs_are_the_sums_over_calls_and_nought_is_none(both: Both) -> None:
    flt = parse_filter("")
    here = {run.id: run.usage for run in await both.api.newest(flt, limit=1000)}
    there = {run.id: run.usage for run in await both.direct.newest(flt, limit=1000)}
    assert here["same-1"].cost_usd == 0.5
    assert (here["free"].cost_usd, here["free"].cost_source) == (None, Source.NONE)
    assert here["idle"].cost_usd == 0.0
    costs = {
        run_id: usage.cost_usd for run_id, usage in there.items() if usage.cost_source == "calls"
    }
    assert {run_id: here[run_id].cost_usd for run_id in costs} == costs
    assert here["same-1"].calls is None


@pytest.mark.parametrize("text", ["", "status:failed,partial", "layer:odd", "since:7d"])
@pytest.mark.parametrize("reverse", [False, True])
async def test_each_run_is_found_in_its_row(both: Both, text: str, reverse: bool) -> None:
    flt, sort = parse_filter(text), Sort(reverse=reverse)
    runs = (await both.api.run_slice(flt, limit=200, sort=sort)).runs
    for row in range(0, len(runs), 23):
        found = await both.api.run_slice(flt, limit=1, anchor=runs[row].key, sort=sort)
        assert found.anchor == row
        moved = await both.api.run_slice(
            flt, first=1, limit=3, anchor=runs[row].key, anchor_row=row - 1, sort=sort
        )
        assert moved.first == 2


async def test_a_run_that_does_not_match_has_no_row(both: Both) -> None:
    keys = await both.keys()
    for text in ("status:success", "layer:odd status:partial", "since:1h"):
        found = await both.api.run_slice(parse_filter(text), anchor=keys["same-2"])
        assert found.anchor is None


@pytest.mark.parametrize("text", ["since:8d", "status:failed", "layer:odd", "status:success"])
@pytest.mark.parametrize("newer", [False, True])
async def test_failures_are_walked_through_one_by_one(both: Both, text: str, newer: bool) -> None:
    flt, keys = parse_filter(text), await both.keys()
    found, key = [], None
    while (run_id := await both.api.next_failure(flt, key, newer=newer)) is not None:
        assert run_id not in found
        found.append(run_id)
        key = keys[run_id]
    wrong = {RunState.FAILED, RunState.PARTIAL, RunState.STALLED, RunState.INTERRUPTED}
    runs = await both.direct.newest(flt, limit=1000)
    assert set(found) == {run.id for run in runs if run.state in wrong}
    starts = [keys[run_id].started for run_id in found]
    assert starts == sorted(starts, reverse=not newer)  # type: ignore[type-var]


@pytest.mark.parametrize("ago", [0, 2.5, 3.0417, 400])
async def test_a_time_is_found_in_its_row(both: Both, ago: float) -> None:
    at = NOW - timedelta(days=ago)
    for text in ("", "status:success", "since:5d"):
        here = await both.api.row_since(parse_filter(text), at)
        assert here == await both.direct.row_since(parse_filter(text), at)


@pytest.mark.parametrize("text", FILTERS)
async def test_totals_are_those_of_the_database(both: Both, text: str) -> None:
    flt = parse_filter(text)
    here = await both.api.totals(flt, window="7d")
    there = await both.direct.totals(flt, window="7d")
    assert here.since == there.since
    assert [layer.layer_name for layer in here.by_layer] == [
        layer.layer_name for layer in there.by_layer
    ]
    for ours, theirs in zip(
        (here.overall, *here.by_layer), (there.overall, *there.by_layer), strict=True
    ):
        assert (ours.counts, ours.insights, ours.tokens) == (
            theirs.counts,
            theirs.insights,
            theirs.tokens,
        )
        assert (ours.timed, ours.first_started) == (theirs.timed, theirs.first_started)
        assert ours.seconds == pytest.approx(theirs.seconds, abs=0.1)
        calls_only = text in ("status:partial", "layer:nightly-user-reflection")
        if calls_only:
            assert ours.cost_usd == pytest.approx(theirs.cost_usd)


def shorten_pages(both: Both, most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    page = both.api._client._page

    async def short(asked: Any, offset: int, limit: int) -> Any:  # noqa: ANN401
        return await page(asked, offset, min(limit, most))

    monkeypatch.setattr(both.api._client, "_page", short)


async def test_totals_ask_again_only_for_what_may_be_new(
    both: Both, monkeypatch: pytest.MonkeyPatch
) -> None:
    shorten_pages(both, 20, monkeypatch)
    flt = parse_filter("")

    def lists(asked: list[str]) -> int:
        return sum(path.startswith("/runs?since=") for path in asked)

    first = await both.api.totals(flt, window="30d")
    before = len(both.asked)
    assert lists(both.asked) > 3
    assert await both.api.totals(flt, window="30d") == first
    assert lists(both.asked[before:]) == 1


@pytest.mark.parametrize(("window", "offered"), [("7d", True), ("1d", True), ("36h", False)])
async def test_too_many_runs_are_summed_up_by_zos(
    both: Both, monkeypatch: pytest.MonkeyPatch, window: str, offered: bool
) -> None:
    exact = await both.direct.totals(parse_filter(""), window=window)
    monkeypatch.setattr(zos_totals, "MOST", 0)
    monkeypatch.setattr(zos_totals, "PAGE", 1)
    monkeypatch.setattr(zos_lists, "_NEAR", 1)
    shorten_pages(both, 2, monkeypatch)
    if not offered:
        with pytest.raises(NotOffered, match="shorter window"):
            await both.api.totals(parse_filter(""), window=window)
        return
    totals = await both.api.totals(parse_filter(""), window=window)
    assert totals.by_layer == ()
    assert totals.overall.runs == exact.overall.runs
    for state in (RunState.SUCCESS, RunState.PARTIAL, RunState.FAILED):
        assert totals.overall.counts.get(state) == exact.overall.counts.get(state)
    asked = len(both.asked)
    await both.api.totals(parse_filter(""), window=window)
    assert "/runs/stats/summary" not in str(both.asked[asked:])  # it reads every call
