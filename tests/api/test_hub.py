"""The hub: one listener to the news, and any number of listeners to it, each at its own pace."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from tests.conftest import NOW
from tests.tui.made_runs import made_run
from tests.waiting import eventually, soon
from zos_monitor.api import hub as hubs
from zos_monitor.api.hub import MOST_RUNS, Hub, Listener
from zos_monitor.model.changes import Change, Changed, Health
from zos_monitor.model.faults import FaultKind
from zos_monitor.model.runs import RunKey

WELL = Health(since=NOW)


class Newsroom:
    """A service of which the tests say what its news are."""

    def __init__(self) -> None:
        self.queue: asyncio.Queue[Change | Exception] = asyncio.Queue()
        self.begun = 0

    async def changes(self) -> AsyncIterator[Change]:
        self.begun += 1
        while True:
            news = await self.queue.get()
            if isinstance(news, Exception):
                raise news
            yield news

    def tell(self, changed: Changed, *, health: Health = WELL, minutes: int = 0) -> None:
        at = NOW + timedelta(minutes=minutes)
        self.queue.put_nowait(Change(changed=changed, health=health, committed_at=at))

    async def told(self) -> None:
        await eventually(self.queue.empty)
        await asyncio.sleep(0)


async def change_of(listener: Listener) -> Change:
    news = await soon(listener.next())
    assert news is not None
    assert news.change is not None
    return news.change


async def test_news_that_wait_are_told_as_one() -> None:
    room = Newsroom()
    hub = Hub(room)
    async with hub.running():
        with hub.listening() as slow, hub.listening() as quick:
            room.tell(Changed.ALL)
            assert (await change_of(quick)).changed is Changed.ALL
            assert (await change_of(slow)).changed is Changed.ALL
            sick = Health(since=NOW, fault=FaultKind.LOCKED, message="locked")
            room.tell(Changed.RUNS, minutes=1)
            assert (await change_of(quick)).changed is Changed.RUNS
            room.tell(Changed.CALLS, minutes=2)
            room.tell(Changed.NOTHING, health=sick, minutes=3)
            await room.told()
            late = await change_of(slow)
            assert late.changed == Changed.RUNS | Changed.CALLS
            assert (late.health, late.committed_at) == (sick, NOW + timedelta(minutes=3))
            assert (await change_of(quick)).changed is Changed.CALLS


async def test_a_later_listener_is_told_of_everything_at_once() -> None:
    room = Newsroom()
    hub = Hub(room)
    async with hub.running():
        room.tell(Changed.ALL)
        room.tell(Changed.CALLS, minutes=5)
        await room.told()
        with hub.listening() as listener:
            first = await change_of(listener)
        assert (first.changed, first.committed_at) == (Changed.ALL, NOW + timedelta(minutes=5))


async def test_the_first_news_are_of_everything_whatever_they_tell() -> None:
    room = Newsroom()
    hub = Hub(room)
    async with hub.running():
        with hub.listening() as listener:
            room.tell(Changed.NOTHING, health=Health(since=NOW, fault=FaultKind.MISSING))
            assert (await change_of(listener)).changed is Changed.ALL


async def test_a_listener_that_never_asks_takes_no_more_and_more_memory() -> None:
    room = Newsroom()
    hub = Hub(room)
    async with hub.running():
        with hub.listening() as listener:
            room.tell(Changed.ALL)
            for number in range(5_000):
                room.tell(Changed.RUNS)
                hub.tell_run(made_run(key=RunKey("", number + 1)))
            await room.told()
            waiting = [one for one in gc.get_objects() if type(one) is Change]
            assert len(waiting) < 500
            news = await soon(listener.next())
    assert news is not None
    numbers = [run.key.rowid for run in news.runs]
    assert numbers == list(range(5_001 - MOST_RUNS, 5_001))


async def test_what_is_cancelled_while_it_waits_loses_nothing() -> None:
    room = Newsroom()
    hub = Hub(room)
    async with hub.running():
        with hub.listening() as listener:
            waiting = asyncio.ensure_future(listener.next())
            await asyncio.sleep(0)
            waiting.cancel()
            room.tell(Changed.ALL)
            await asyncio.wait([waiting])
            assert (await change_of(listener)).changed is Changed.ALL


async def test_all_listeners_end_with_the_hub() -> None:
    room = Newsroom()
    hub = Hub(room)
    told: list[Change] = []

    async def listen() -> None:
        with hub.listening() as listener:
            while (news := await listener.next()) is not None:
                assert news.change is not None
                told.append(news.change)

    async with hub.running():
        listening = [asyncio.create_task(listen()) for _ in range(3)]
        room.tell(Changed.ALL)
        await eventually(lambda: len(told) == 3)
    await soon(asyncio.gather(*listening))
    await soon(listen())
    assert await soon(hub.latest()) is None
    assert len(told) == 3


async def test_who_leaves_is_told_nothing_any_more() -> None:
    room = Newsroom()
    hub = Hub(room)
    async with hub.running():
        room.tell(Changed.ALL)
        with hub.listening() as listener:
            await change_of(listener)
            assert len(hub._listeners) == 1
        assert hub._listeners == set()


async def test_a_fault_of_ours_does_not_end_the_news(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(hubs, "AGAIN_SECONDS", 0.0)
    room = Newsroom()
    hub = Hub(room)
    async with hub.running():
        with hub.listening() as listener:
            room.queue.put_nowait(LookupError("Ada's secret"))
            room.tell(Changed.ALL)
            assert (await change_of(listener)).changed is Changed.ALL
    assert room.begun == 2
    said = capsys.readouterr().err
    assert "LookupError" in said
    assert "Ada" not in said
