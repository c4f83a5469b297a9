"""Watching zos's own API: what is news, and what becomes of a lost connection."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from datetime import datetime, timedelta
from pathlib import Path

import httpx
import pytest

from tests.conftest import NOW
from tests.remote.zos_server import ZosServer, zos_serving
from tests.waiting import eventually, soon
from zos_monitor.demo.writer import ZosWriter
from zos_monitor.model.changes import Change, Changed
from zos_monitor.model.faults import DatabaseFault, FaultKind
from zos_monitor.model.filters import parse_filter
from zos_monitor.remote import zos_poll
from zos_monitor.remote.http import Http
from zos_monitor.remote.zos_api import NOTICE, ZosApiService
from zos_monitor.remote.zos_poll import BackOff


class Watched:
    """A service whose news are noted, over a server that can be stopped."""

    def __init__(self, server: ZosServer, *, interval: float, retry: float) -> None:
        self.server = server
        self.now = NOW
        self.api = ZosApiService(
            Http(server.url),
            clock=lambda: self.now,
            poll_interval=interval,
            back_off=BackOff(first=retry, last=retry),
        )
        self.news: list[Change] = []
        self._read = 1  # the first is waited for

    async def listen(self) -> None:
        async for change in self.api.changes():
            self.news.append(change)

    async def next(self) -> Change:
        await eventually(lambda: len(self.news) > self._read)
        self._read += 1
        return self.news[self._read - 1]

    async def looks(self, more: int) -> None:
        """Wait for further looks."""
        seen = len(self.server.asked)
        await eventually(lambda: len(self.server.asked) >= seen + more)


@asynccontextmanager
async def watched(
    path: Path, *, interval: float = 0.02, retry: float = 0.02
) -> AsyncIterator[Watched]:
    async with zos_serving(path, now=NOW) as server:
        watch = Watched(server, interval=interval, retry=retry)
        task = asyncio.create_task(watch.listen())
        try:
            await eventually(lambda: len(watch.news) == 1)
            yield watch
        finally:
            assert not task.done(), task.exception()
            task.cancel()
            await asyncio.wait([task])
            await watch.api.closed()


@pytest.fixture(autouse=True)
def _often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look as often as is asked for, however busy this machine is."""
    monkeypatch.setattr(zos_poll, "_SHARE", 0)


def test_gaps_double_up_to_the_last() -> None:
    back_off = BackOff(chance=lambda: 0.5)
    assert [back_off.next() for _ in range(7)] == [1, 2, 4, 8, 16, 30, 30]
    back_off.reset()
    assert back_off.next() == 1
    assert BackOff(chance=lambda: 0.0).next() == pytest.approx(0.8)
    assert BackOff(chance=lambda: 1.0).next() == pytest.approx(1.2)


async def test_new_runs_ends_and_calls_are_news(zos_path: Path) -> None:
    async with watched(zos_path) as watch:
        assert watch.news[0].changed == Changed.ALL
        assert watch.news[0].health.fault is None
        assert watch.news[0].health.message == NOTICE
        await watch.api.present()  # from now on the open runs are known
        await watch.looks(6)
        assert len(watch.news) == 1
        with ZosWriter(zos_path) as zos:
            zos.raw_run(id="new", started_at=NOW)
        assert (await watch.next()).changed == Changed.ALL
        with ZosWriter(zos_path) as zos:
            zos.call("now", "server:1:user:2", created_at=NOW, cost=0.5)
        assert (await watch.next()).changed == Changed.CALLS
        with ZosWriter(zos_path) as zos:
            zos.finish_run("now", completed_at=NOW, processed=0)
        assert (await watch.next()).changed == Changed.ALL
        with closing(sqlite3.connect(zos_path)) as zos_file, zos_file:
            zos_file.execute("DELETE FROM layer_runs WHERE id = 'silent'")
        assert (await watch.next()).changed == Changed.ALL


async def test_a_lost_connection_is_told_once_and_comes_back(zos_path: Path) -> None:
    async with watched(zos_path) as watch:
        watch.now = lost_at = NOW + timedelta(hours=1)
        await watch.server.stop()
        lost = await watch.next()
        assert (lost.changed, lost.health.fault) == (Changed.NOTHING, FaultKind.UNREACHABLE)
        assert lost.health.since == lost_at
        watch.now += timedelta(minutes=1)
        with pytest.raises(DatabaseFault):
            await watch.api.run_slice(parse_filter(""))
        await watch.server.start()
        back = await watch.next()
        assert watch.news.index(back) == 2  # nothing was told in between
        assert (back.changed, back.health.fault) == (Changed.ALL, None)
        assert back.health.since == watch.now


async def test_another_way_of_being_lost_does_not_begin_anew(zos_path: Path) -> None:
    async with watched(zos_path) as watch:
        await watch.server.stop()
        lost = await watch.next()
        since: datetime = lost.health.since
        with ZosWriter(zos_path) as zos:  # zos answers now, but with a status of 500
            zos.raw_run(id="odd", started_at=NOW + timedelta(minutes=1), status="paused")
        watch.now += timedelta(minutes=5)
        await watch.server.start()
        other = await watch.next()
        assert "500" in other.health.message
        assert other.health.since == since


async def test_a_failed_question_has_the_server_looked_at(zos_path: Path) -> None:
    async with watched(zos_path, interval=3600) as watch:
        await watch.server.stop()
        with pytest.raises(DatabaseFault):
            await watch.api.run("now")
        assert (await watch.next()).health.fault is FaultKind.UNREACHABLE
        await watch.server.start()
        assert (await watch.next()).changed == Changed.ALL


async def test_a_question_that_always_fails_is_no_storm(zos_path: Path) -> None:
    with ZosWriter(zos_path) as zos:
        at = NOW - timedelta(days=400)
        zos.raw_run(id="odd", layer_name="odd-layer", started_at=at, status="paused")
    async with watched(zos_path, interval=3600, retry=3600) as watch:
        for _ in range(2):  # the first has the server looked at, the second waits
            with pytest.raises(DatabaseFault):
                await watch.api.run_slice(parse_filter("layer:odd-layer"))
            await eventually(lambda: len(watch.news) == 2)
        assert watch.api.poll._due > time.monotonic() + 10
        assert len(watch.news) == 2


async def test_paused_it_asks_nothing_but_when_told_to(zos_path: Path) -> None:
    async with watched(zos_path) as watch:
        watch.api.poll.pause()
        assert watch.api.poll.paused
        with ZosWriter(zos_path) as zos:
            zos.raw_run(id="new", started_at=NOW)
        await asyncio.sleep(0.1)  # for a look that must not come
        asked = len(watch.server.asked)
        await asyncio.sleep(0.1)
        assert (len(watch.server.asked), len(watch.news)) == (asked, 1)
        watch.api.poll.look_now()
        assert (await watch.next()).changed == Changed.ALL
        assert watch.api.poll.paused
        with ZosWriter(zos_path) as zos:
            zos.raw_run(id="newer", started_at=NOW)
        watch.api.poll.resume()
        assert (await watch.next()).changed == Changed.ALL


async def test_a_silent_server_is_lost_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    async def never(request: httpx.Request) -> httpx.Response:
        await asyncio.Event().wait()
        raise AssertionError

    monkeypatch.setattr(zos_poll, "LOOK_SECONDS", 0.05)
    transport = httpx.MockTransport(never)
    api = ZosApiService(Http("http://zos.example", transport=transport), clock=lambda: NOW)
    changes = api.changes()
    lost = await soon(anext(changes))
    assert lost.health.fault is FaultKind.UNREACHABLE
    assert "does not answer within 0.05 seconds" in lost.health.message
    await api.closed()
