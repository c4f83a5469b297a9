"""A server that lives: its database changes, is exchanged, goes; the server itself does, too."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path

import pytest

from tests.api.serving import serving_api
from tests.conftest import NOW, service_on
from tests.contract.afar import afar, both, listening
from tests.waiting import eventually, soon
from zos_monitor.api import readers
from zos_monitor.demo.writer import ZosWriter
from zos_monitor.model.changes import Change, Changed
from zos_monitor.model.faults import DatabaseFault, FaultKind
from zos_monitor.model.filters import RunFilter, parse_filter
from zos_monitor.model.states import RunState
from zos_monitor.remote import poll as polling
from zos_monitor.service import RunService

ALL = RunFilter()


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
        await one._server.greet()  # from the poll's first look on its marks stay
        one.poll.followed = other.poll.followed = True
        flt = parse_filter("since:7d")
        earlier = NOW - timedelta(days=2)
        versions = set()
        for _ in range(3):
            versions.add((await one.run_slice(flt, now=NOW)).version)
            versions.add((await other.run_slice(flt, now=earlier)).version)
        assert len(versions) == 2


async def test_a_list_that_is_shown_before_the_news_are_followed_is_the_same_after(
    history: Path,
) -> None:
    async with serving_api(service_on(history)) as url, afar(url) as there:
        await there._server.greet()  # from the poll's first look on its marks stay
        first = await there.run_slice(ALL, limit=5, patience=9)
        async with listening(there) as news:
            await eventually(lambda: bool(news))
            assert await there.run_slice(ALL, limit=5) == first


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
async def test_a_question_that_hangs_is_given_up_once_the_server_is_lost(
    history: Path, monkeypatch: pytest.MonkeyPatch, streamed: bool
) -> None:
    began = asyncio.Event()

    async def endless(service: RunService, *_: object) -> None:
        began.set()
        await asyncio.Event().wait()

    async def endless_pieces(service: RunService, flt: RunFilter) -> AsyncIterator[object]:
        yield ()
        await endless(service)

    monkeypatch.setattr(RunService, "layer_names", endless)
    monkeypatch.setattr(RunService, "details", endless_pieces)
    async with both(history) as (_, there, news):

        async def ask() -> None:
            if streamed:
                assert [page async for page in there.details(ALL)] == []
            else:
                await there.layer_names()

        asking = asyncio.create_task(ask())
        await soon(began.wait())
        there.poll._lose(DatabaseFault(FaultKind.UNREACHABLE, "lost"))
        with pytest.raises(DatabaseFault, match="lost"):
            await soon(asking)
        await eventually(lambda: fault_kinds(news)[-1] is FaultKind.UNREACHABLE)


async def test_the_time_is_that_of_the_server(history: Path) -> None:
    async with both(history) as (served, there, news):
        assert abs(there.clock() - served.clock()) < timedelta(seconds=5)
        assert news[0].health.since <= there.clock()
