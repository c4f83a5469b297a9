"""The contract: whatever is asked, a service afar answers the same as the one it asks."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, timedelta, timezone, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest

from tests.conftest import NOW, service_on
from tests.contract.conftest import Pair
from zos_monitor.model.filters import RunFilter, parse_filter
from zos_monitor.model.runs import RunCount, RunKey
from zos_monitor.model.sorting import Sort, SortKey
from zos_monitor.questions import Service
from zos_monitor.wire.questions import QUESTIONS

pytestmark = pytest.mark.asyncio(loop_scope="module")

ALL = RunFilter()
EARLIER = NOW - timedelta(days=2)
"""Another present than that of the clocks: relative times count from what is told."""

FILTERS = (
    "",
    "   ",
    "status:failed,partial",
    "-status:success",
    "status:running,stalled,interrupted",
    "layer:nightly-*",
    '-layer:"odd"',
    "kind:scheduled",
    "-kind:scheduled since:30d",
    "since:7d",
    "since:yesterday until:today",
    "since:2026-11-01 until:2026-11-03",
    "since:2026-11-19T13:00:00+01:00",
    "since:all",
    "id:same-*",
    'error:"rate limit"',
    "cause:429*",
    "Ada",
    '"caf\u00e9" \udcff',
    'layer:"a\\"b & c=d+e%20#?" -x',
    "status:failed,partial layer:nightly-* since:7d -layer:dm-response Ada",
)
ODD = (
    *("same-3", "surrogate", "bytes", "escapes", "deep", "counters", "fractions", "endless"),
    *("blob-date", "year-two", "open-dry", "open-now", "silent", "name-1", "text", "uncosted"),
    *("broken \ufffd id", "broken \udcff id", "", "nobody", "a/b?c=d&e", "\ud83d\ude00", "x" * 500),
)
ZONES = (
    UTC,
    ZoneInfo("America/New_York"),
    ZoneInfo("Pacific/Apia"),
    timezone(timedelta(hours=-3, minutes=-30)),
)


def plain(name: str, answer: Any) -> Any:  # noqa: ANN401
    """Return an answer without what is anyone's: its list's version, how it grew."""
    if name in ("failures", "breakdown"):
        return answer[-1]
    return replace(answer, version=0) if isinstance(answer, RunCount) else answer


async def same(pair: Pair, name: str, *arguments: object, **named: object) -> Any:  # noqa: ANN401
    """Return what both answer to a question."""

    async def ask(service: Service) -> Any:  # noqa: ANN401
        asked = getattr(service, name)(*arguments, **named)
        answer = [one async for one in asked] if hasattr(asked, "__anext__") else await asked
        if not isinstance(answer, RunCount) or answer.counted:
            return answer
        # How far a count is depends on how busy the machine is; what it comes to does not.
        flt, order = arguments[0], {key: named[key] for key in ("sort", "now") if key in named}
        while not (await service.count_on(flt, **order)).counted:  # type: ignore[arg-type]
            pass
        return await ask(service)

    here, there = await ask(pair.here), await ask(pair.there)
    assert plain(name, there) == plain(name, here), (name, arguments, named)
    # 1 == 1.0 == True; and an order of keys may be what is shown.
    codec = QUESTIONS[name].answer
    for one in here if QUESTIONS[name].streamed else [here]:
        again = codec.decode(json.loads(json.dumps(codec.encode(one), allow_nan=False)))
        assert repr(again) == repr(one)
    return here


@pytest.mark.parametrize("text", FILTERS)
async def test_answers_about_the_runs_of_a_filter(pair: Pair, text: str) -> None:
    flt = parse_filter(text)
    await same(pair, "newest", flt, limit=50, now=EARLIER)
    await same(pair, "newest", flt, limit=3)
    found = await same(pair, "run_slice", flt, limit=200, now=EARLIER)
    await same(pair, "count_on", flt, now=EARLIER)
    await same(pair, "count", flt)
    await same(pair, "totals", flt)
    await same(pair, "totals", flt, window="7d")
    await same(pair, "row_since", flt, EARLIER - timedelta(days=3), now=EARLIER)
    for newer in (True, False):
        failing = await same(pair, "next_failure", flt, None, newer=newer, now=EARLIER)
        key = found.runs[len(found.runs) // 2].key if found.runs else None
        await same(pair, "next_failure", flt, key, newer=newer)
    assert failing is None or found.runs


@pytest.mark.parametrize("text", [text for n, text in enumerate(FILTERS) if n % 5 == 0])
async def test_answers_that_come_bit_by_bit(pair: Pair, text: str) -> None:
    flt = parse_filter(text)
    for window in ("30d", "all", None):
        await same(pair, "failures", flt, window=window)
        await same(pair, "breakdown", flt, window=window)
    await same(pair, "failures", flt)
    await same(pair, "details", flt, now=EARLIER)


async def test_all_runs_whole_with_errors_that_no_encoding_carries(pair: Pair) -> None:
    pages = await same(pair, "details", ALL)
    errors = [error for page in pages for run in page for error in run.errors]
    assert any("\udcff" in error.message for error in errors)
    assert any("\x1b" in error.message for error in errors)
    assert len({run.id for page in pages for run in page}) > 100


@pytest.mark.parametrize("key", SortKey)
async def test_slices_in_every_order(pair: Pair, key: SortKey) -> None:
    for sort in (Sort(key), Sort(key, reverse=True)):
        for flt in (ALL, parse_filter("-status:success since:30d")):
            await same(pair, "count_on", flt, sort=sort, now=NOW)
            whole = await same(pair, "run_slice", flt, sort=sort, now=NOW, limit=1000)
            for row in (0, len(whole.runs) // 2):
                run = whole.runs[row]
                found = await same(
                    pair,
                    "run_slice",
                    flt,
                    first=max(0, row - 2),
                    limit=5,
                    anchor=run.key,
                    anchor_row=row,
                    sort=sort,
                    now=NOW,
                    patience=0,
                )
                assert found.anchor == row
            around = {"anchor": whole.runs[2].key, "sort": sort, "now": NOW}
            moved = await same(pair, "run_slice", flt, first=1, limit=3, anchor_row=1, **around)
            assert moved.first == 2
            await same(pair, "run_slice", flt, sort=sort, first=10**9, limit=5, now=NOW)


async def test_keys_of_every_kind(pair: Pair) -> None:
    runs = (await pair.here.run_slice(ALL, limit=1000, now=NOW)).runs
    kinds = {type(run.key.started): run.key for run in runs}
    assert {str, int, bytes} <= kinds.keys()
    odd = (RunKey(None, 1), RunKey(float("inf"), -1), RunKey("é😀\x00", -(2**63)))
    for key in (*kinds.values(), *odd):
        await same(pair, "run_slice", ALL, anchor=key, limit=2, now=NOW)
        await same(pair, "next_failure", ALL, key, newer=False, now=NOW)


@pytest.mark.parametrize("run_id", ODD)
async def test_one_run(pair: Pair, run_id: str) -> None:
    for question in ("run", "workings", "stored_row", "comparison"):
        await same(pair, question, run_id)
    await same(pair, "comparison", run_id, marked="same-1")


async def test_each_run_of_the_history(pair: Pair) -> None:
    runs = (await pair.here.run_slice(ALL, limit=1000, now=NOW)).runs
    for run in runs[::25]:
        for question in ("run", "workings", "stored_row", "comparison"):
            assert await same(pair, question, run.id) is not None
    found = await pair.here.workings(runs[20].id)
    assert found is not None
    for call in found.calls:
        assert await same(pair, "call_text", call.id) is not None
    for insight in found.insights:
        assert await same(pair, "insight_text", insight.id) is not None
    assert await same(pair, "call_text", "none") is await same(pair, "insight_text", "") is None


async def test_layers_nights_and_pasts(pair: Pair) -> None:
    names = await same(pair, "layer_names")
    assert await same(pair, "known_layers") == tuple(sorted(set(names)))
    assert await same(pair, "nights") is not None
    assert (await same(pair, "pasts")).keys() <= set(names)
    await same(pair, "pasts", names[:2])
    await same(pair, "pasts", ["none", "\udcff, \x00"])
    assert await same(pair, "pasts", []) == {}


@pytest.mark.parametrize("zone", ZONES)
async def test_days_are_those_of_the_reader(pair: Pair, zone: tzinfo) -> None:
    days = []
    here = service_on(pair.here.path)  # one whose sums were never those of other days
    pair = pair._replace(here=here)
    try:
        here.zone = pair.there.zone = zone
        for text in ("since:2026-11-19 until:2026-11-20", "since:yesterday", "until:2026-11-01"):
            flt = parse_filter(text)
            found = await same(pair, "run_slice", flt, limit=500, now=NOW)
            await same(pair, "totals", flt)
            days.append(found.matched)
            await same(pair, "breakdown", flt)
            await same(pair, "failures", flt)
        assert days[0] > 0
    finally:
        pair.there.zone = UTC
        await here.closed()


async def test_what_is_going_on(pair: Pair) -> None:
    found = await same(pair, "present")
    assert found.open_runs
    assert await same(pair, "present") == found


async def test_a_window_that_is_none_is_refused_alike(pair: Pair) -> None:
    for service in pair.here, pair.there:
        with pytest.raises(ValueError, match="no span of time"):
            await service.totals(ALL, window="a week")
        with pytest.raises(ValueError, match="no span of time"):
            service.failures(ALL, window="")
        with pytest.raises(ValueError, match="no span of time"):
            service.breakdown(ALL, window="7")


async def test_every_question_of_the_protocol_is_in_the_table() -> None:
    watching = {"changes", "closed", "place", "left_out", "poll", "clock", "zone"}
    asked = {name for name in dir(Service) if not name.startswith("_")} | watching
    assert asked == QUESTIONS.keys() | watching


async def test_long_answers_are_packed_for_those_who_take_it(pair: Pair) -> None:
    path = f"{pair.url}/questions/run_slice?flt=&limit="
    async with httpx.AsyncClient() as client:
        long, short = await client.get(f"{path}100"), await client.get(f"{path}1")
        plain = await client.get(f"{path}100", headers={"accept-encoding": "identity"})
    assert long.headers["content-encoding"] == "gzip"
    assert int(long.headers["content-length"]) * 3 < int(plain.headers["content-length"])
    assert "content-encoding" not in {*short.headers, *plain.headers}
    assert long.json()["runs"] == plain.json()["runs"]
