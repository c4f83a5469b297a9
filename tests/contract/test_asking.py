"""Questions that are given up, refused, or kept from who bears no token."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.api.serving import serving_api
from tests.conftest import NOW, service_on
from tests.contract.afar import afar, listening
from tests.waiting import eventually, soon
from zos_monitor.model.faults import DatabaseFault, FaultKind, NotOffered
from zos_monitor.model.filters import RunFilter, parse_filter
from zos_monitor.model.runs import RunKey
from zos_monitor.model.sorting import Sort, SortKey
from zos_monitor.questions import Service
from zos_monitor.remote.http import Http
from zos_monitor.remote.service import RemoteService
from zos_monitor.service import RunService
from zos_monitor.wire.questions import QUESTIONS

ALL = RunFilter()


@pytest.mark.parametrize("streamed", [False, True])
async def test_a_cancelled_question_is_interrupted_on_the_server(
    history: Path, monkeypatch: pytest.MonkeyPatch, streamed: bool
) -> None:
    began, ended = asyncio.Event(), asyncio.Event()

    async def endless(service: RunService, *_: object) -> None:
        began.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    async def endless_pieces(service: RunService, flt: RunFilter) -> AsyncIterator[object]:
        yield ()
        await endless(service)

    monkeypatch.setattr(RunService, "layer_names", endless)
    monkeypatch.setattr(RunService, "details", endless_pieces)
    async with serving_api(service_on(history)) as url, afar(url) as there:

        async def ask() -> None:
            if streamed:
                async for page in there.details(ALL):
                    assert page == ()
            else:
                await there.layer_names()

        asking = asyncio.create_task(ask())
        await soon(began.wait())
        asking.cancel()
        await soon(ended.wait())
        await asyncio.wait([asking])
        assert asking.cancelled()


async def test_who_stops_reading_pieces_is_not_answered_on(
    history: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended = asyncio.Event()

    async def endless(service: RunService, flt: RunFilter) -> AsyncIterator[object]:
        try:
            while True:
                yield ()
                await asyncio.sleep(0.001)
        finally:
            ended.set()

    monkeypatch.setattr(RunService, "details", endless)
    async with serving_api(service_on(history)) as url, afar(url) as there:
        pages = there.details(ALL)
        assert await anext(pages) == ()
        await pages.aclose()  # type: ignore[attr-defined]
        await soon(ended.wait())


async def test_a_long_silence_within_an_answer_is_filled(
    history: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = asyncio.Event()

    async def slow(service: RunService, flt: RunFilter) -> AsyncIterator[object]:
        await go_on.wait()
        yield ()

    monkeypatch.setattr(RunService, "details", slow)
    monkeypatch.setattr("zos_monitor.api.questions.BEAT_SECONDS", 0.01)
    async with serving_api(service_on(history)) as url:
        client = Http(url)
        lines = client.lines("/questions/details", {"flt": ""})
        assert [await soon(anext(lines)) for _ in range(3)] == ["", "", ""]
        go_on.set()
        assert [line async for line in lines if line] == ['{"piece":[]}', '{"whole":true}']
        await client.closed()


ARGUMENTS: dict[str, object] = {
    "flt": parse_filter("status:failed since:3d Ada"),
    "sort": Sort(SortKey.COST, reverse=True),
    "now": NOW - timedelta(days=9),
    "instant": NOW - timedelta(days=8),
    "first": 3,
    "limit": 7,
    "anchor": RunKey("2026-11-20 03:00:00.000000", 5),
    "anchor_row": 9,
    "patience": 0.25,
    "window": "36h",
    "layers": ("odd", "\udcff"),
    "run_id": "a run",
    "call_id": "a call",
    "insight_id": "an insight",
    "marked": "another run",
    "key": RunKey(2.5, 6),
    "newer": True,
}


async def test_each_argument_arrives_as_it_was_given(
    history: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[dict[str, object]] = []

    async def asked(service: RunService, **arguments: object) -> None:
        seen.append(arguments)
        raise DatabaseFault(FaultKind.OTHER, "seen")

    async def asked_bit_by_bit(service: RunService, **arguments: object) -> AsyncIterator[object]:
        await asked(service, **arguments)
        yield ()

    async with serving_api(service_on(history)) as url, afar(url) as there:
        for name in QUESTIONS.keys() - {"present"}:
            streamed = QUESTIONS[name].streamed
            names = inspect.signature(getattr(Service, name)).parameters.keys() - {"self"}
            given = {one: ARGUMENTS[one] for one in names}
            with monkeypatch.context() as patch:
                patch.setattr(RunService, name, asked_bit_by_bit if streamed else asked)
                answer = getattr(there, name)(**given)
                with pytest.raises(DatabaseFault, match="seen"):
                    await (anext(answer) if streamed else answer)
            assert (name, seen.pop()) == (name, given)


MEANINGLESS: list[tuple[str, dict[str, str], str]] = [
    ("newest", {"flt": ""}, "limit.*missing"),
    ("newest", {"flt": "status:asleep", "limit": "1"}, "flt"),
    ("newest", {"flt": "", "limit": "10001"}, "must not be over"),
    ("newest", {"flt": "", "limit": "1e3"}, "whole number"),
    ("newest", {"flt": "", "limit": "1", "now": "2026-01-01"}, "offset"),
    ("newest", {"flt": "", "limit": "1", "secret": "1"}, "no such parameter"),
    ("newest", {"flt": "", "limit": "1", "zone": "Nowhere/Land"}, "no time zone"),
    ("newest", {"flt": "", "limit": "1", "zone": "+25:00"}, "no time zone"),
    ("run_slice", {"flt": "", "sort": "beauty"}, "sort"),
    ("run_slice", {"flt": "", "patience": "nan"}, "patience"),
    ("run_slice", {"flt": "", "anchor": "[1"}, "anchor"),
    ("run_slice", {"flt": "", "anchor": '["\\ud800", 1]'}, "anchor"),
    ("run_slice", {"flt": "", "anchor": "[1, 99999999999999999999]"}, "anchor"),
    ("totals", {"flt": "", "window": "soon"}, "no span of time"),
    ("next_failure", {"flt": "", "newer": "maybe"}, "true or false"),
    ("pasts", {"layers": "name"}, "layers"),
]


async def test_parameters_that_mean_nothing_are_refused(history: Path) -> None:
    async with serving_api(service_on(history)) as url:
        client = Http(url)
        for path, params, words in MEANINGLESS:
            with pytest.raises(DatabaseFault, match=words):
                await client.get(f"/questions/{path}", params)
        with pytest.raises(NotOffered):
            await client.get("/questions/everything")
        await client.closed()


async def test_a_token_is_asked_for(history: Path) -> None:
    async with serving_api(service_on(history), token="s3cret") as url, afar(url) as there:
        with pytest.raises(DatabaseFault, match="asks for a token"):
            await there.layer_names()
        known = RemoteService(Http(url, token="s3cret"))
        async with listening(known) as news:
            assert await known.layer_names()
            await eventually(lambda: bool(news))
            assert news[0].health.fault is None
        await known.closed()


async def test_text_arrives_as_it_was_typed(history: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    async def run(service: RunService, run_id: str) -> None:
        asked.append(run_id)

    monkeypatch.setattr(RunService, "run", run)
    texts = ["\udcff", "\ud83d\ude00", "😀", "a+b %2B&c=d#e;f", "\x00\n", " ", ""]
    async with serving_api(service_on(history)) as url, afar(url) as there:
        for text in texts:
            assert await there.run(text) is None
    assert asked == texts


async def test_a_zone_that_only_we_know_is_told_and_not_asked_about_for_ever(
    history: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with serving_api(service_on(history)) as url, afar(url) as there:
        suspected: list[bool] = []
        monkeypatch.setattr(there.poll, "suspect", lambda: suspected.append(True))
        monkeypatch.setattr("zos_monitor.remote.service.zone_name", lambda zone, now: "Our/Own")
        with pytest.raises(DatabaseFault, match="no time zone 'Our/Own' on the server"):
            await there.layer_names()
        with pytest.raises(DatabaseFault, match="no time zone"):
            [one async for one in there.details(ALL)]
        assert not suspected
