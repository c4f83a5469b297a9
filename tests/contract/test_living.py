"""A server that lives: its database changes, is exchanged, goes; the server itself does, too."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from tests.api.serving import serving_api
from tests.conftest import NOW, service_on
from tests.waiting import eventually, soon
from zos_monitor.api import readers
from zos_monitor.demo.writer import ZosWriter
from zos_monitor.model.changes import Change, Changed
from zos_monitor.model.faults import DatabaseFault, FaultKind, NotOffered
from zos_monitor.model.filters import RunFilter, parse_filter
from zos_monitor.model.states import RunState
from zos_monitor.remote import poll as polling
from zos_monitor.remote.http import Http
from zos_monitor.remote.service import RemoteService
from zos_monitor.service import RunService

ALL = RunFilter()
QUICK = 0.005


@asynccontextmanager
async def listening(service: RemoteService) -> AsyncIterator[list[Change]]:
    news: list[Change] = []

    async def listen() -> None:
        async for change in service.changes():
            news.append(change)

    task = asyncio.create_task(listen())
    try:
        yield news
    finally:
        assert not task.done(), task.exception()
        task.cancel()
        await asyncio.wait([task])


@asynccontextmanager
async def afar(url: str) -> AsyncIterator[RemoteService]:
    service = RemoteService(Http(url))
    try:
        yield service
    finally:
        await service.closed()


@asynccontextmanager
async def both(path: Path) -> AsyncIterator[tuple[RunService, RemoteService, list[Change]]]:
    async with AsyncExitStack() as stack:
        served = service_on(path, poll_interval=QUICK)
        url = await stack.enter_async_context(serving_api(served))
        there = await stack.enter_async_context(afar(url))
        news = await stack.enter_async_context(listening(there))
        await eventually(lambda: bool(news))
        yield served, there, news


def fault_kinds(news: list[Change]) -> list[FaultKind | None]:
    return [change.health.fault for change in news]


async def test_commits_are_told_and_then_answered(zos: ZosWriter, path: Path) -> None:
    async with both(path) as (_, there, news):
        assert news[0].changed is Changed.ALL
        run = zos.start_run("nightly", started_at=NOW, targets_matched=2)
        await eventually(lambda: any(Changed.RUNS in one.changed for one in news[1:]))
        assert (await there.run(run)) is not None
        assert (await there.count(ALL)) == (1, 1)
        news.clear()
        zos.call(run, "Ada", created_at=NOW)
        await eventually(lambda: any(Changed.CALLS in one.changed for one in news))
        found = (await there.present()).open_runs[0].run.progress
        assert found is not None
        assert found.matched == 2


async def test_what_turns_is_told_to_each_watcher_once(zos: ZosWriter, path: Path) -> None:
    run = zos.start_run("nightly", started_at=NOW, targets_matched=1)
    async with both(path) as (_, there, news), afar(there.place) as other:
        assert (await there.present()).turned == (await other.present()).turned == ()
        zos.finish_run(run, completed_at=NOW, processed=0, status="failed")
        await eventually(lambda: len(news) > 1)
        for service in there, other:
            [turned] = (await service.present()).turned
            assert (turned.id, turned.state) == (run, RunState.FAILED)
            assert (await service.present()).turned == ()


async def test_what_has_turned_is_told_again_where_the_answer_got_lost(
    zos: ZosWriter, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = zos.start_run("nightly", started_at=NOW, targets_matched=1)
    async with both(path) as (_, there, news):
        await there.present()
        zos.finish_run(run, completed_at=NOW, processed=0, status="failed")
        await eventually(lambda: len(news) > 1)
        get = there._http.get

        async def lost(*arguments: object, **options: object) -> object:
            await get(*arguments, **options)  # type: ignore[arg-type]
            raise DatabaseFault(FaultKind.UNREACHABLE, "lost")

        with monkeypatch.context() as patch:
            patch.setattr(there._http, "get", lost)
            with pytest.raises(DatabaseFault, match="lost"):
                await there.present()
        assert [one.id for one in (await there.present()).turned] == [run]
        assert (await there.present()).turned == ()


async def test_of_many_watchers_and_readers_only_some_are_kept(
    zos: ZosWriter, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readers, "MOST_READERS", 2)
    monkeypatch.setattr(readers, "MOST_WATCHERS", 2)
    zos.raw_run()
    served = service_on(path)
    async with serving_api(served) as url, AsyncExitStack() as stack:
        some = [await stack.enter_async_context(afar(url)) for _ in range(4)]
        for service in some:
            service.poll.followed = True
            assert (await service.run_slice(ALL)).matched == 1
            await service.present()
        assert len(served._readers) == 2
        await soon(asyncio.gather(*(service.count(ALL) for service in some)))
        assert len(served._readers) == 2
        assert (await some[0].present()).turned == ()
    assert not served._readers


async def test_two_dashboards_with_other_presents_do_not_disturb_each_other(
    history: Path,
) -> None:
    async with serving_api(service_on(history)) as url, afar(url) as one, afar(url) as other:
        one.poll.followed = other.poll.followed = True
        flt = parse_filter("since:7d")
        earlier = NOW - timedelta(days=2)
        versions = set()
        for _ in range(3):
            versions.add((await one.run_slice(flt, now=NOW)).version)
            versions.add((await other.run_slice(flt, now=earlier)).version)
        assert len(versions) == 2


async def test_a_database_that_is_exchanged_or_goes_is_told_as_here(
    history: Path, path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copy(history, path)
    async with both(path) as (_, there, news):
        new = tmp_path / "new"
        with ZosWriter(new) as zos:
            zos.raw_run(id="only")
        new.replace(path)
        await eventually(lambda: len(news) > 1)
        assert news[-1].changed is Changed.ALL
        assert [run.id for run in await there.newest(ALL, limit=9)] == ["only"]
        path.unlink()
        await eventually(lambda: fault_kinds(news)[-1] is FaultKind.MISSING)
        with pytest.raises(DatabaseFault, match="no database at") as missing:
            await there.layer_names()
        assert missing.value.kind is FaultKind.MISSING
        suspected: list[str] = []
        with monkeypatch.context() as patch:
            patch.setattr(there.poll, "suspect", lambda: suspected.append("details"))
            with pytest.raises(DatabaseFault, match="no database at"):
                [one async for one in there.details(ALL)]
        assert suspected
        shutil.copy(history, path)
        await eventually(lambda: news[-1].health.fault is None)
        assert news[-1].changed is Changed.ALL
        assert len(await there.newest(ALL, limit=9)) == 9


async def test_a_server_that_is_started_again_is_found_again(
    history: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(polling, "PAUSES", (0.02,))
    import tests.api.serving as module
    from zos_monitor.api.addresses import listening as listen
    from zos_monitor.api.addresses import resolve

    async with AsyncExitStack() as stack:
        first = await stack.enter_async_context(AsyncExitStack())
        url = await first.enter_async_context(serving_api(service_on(history)))
        there = await stack.enter_async_context(afar(url))
        news = await stack.enter_async_context(listening(there))
        await eventually(lambda: bool(news))
        before = await there.run_slice(ALL, limit=5)
        await there.present()
        await first.aclose()
        await eventually(lambda: fault_kinds(news)[-1] is FaultKind.UNREACHABLE)
        assert len(news) == 2
        with pytest.raises(DatabaseFault) as refused:
            await there.layer_names()
        assert refused.value.kind is FaultKind.UNREACHABLE
        port = int(url.rpartition(":")[2])
        monkeypatch.setattr(
            module, "listening", lambda found, _: listen(resolve(found[0].number), port)
        )
        await stack.enter_async_context(serving_api(service_on(history)))
        await eventually(lambda: news[-1].health.fault is None)
        assert news[-1].changed is Changed.ALL
        after = await there.run_slice(ALL, limit=5)
        assert after.runs == before.runs
        assert after.version != before.version
        assert (await there.present()).turned == ()


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


async def test_the_time_is_that_of_the_server(history: Path) -> None:
    async with both(history) as (served, there, news):
        assert abs(there.clock() - served.clock()) < timedelta(seconds=5)
        assert news[0].health.since <= there.clock()


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
