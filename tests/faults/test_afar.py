"""Faults as a dashboard on another machine is told of them, and those of the way there."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from tests.conftest import NOW
from tests.contract.afar import both
from tests.crash.injecting import fail
from tests.remote.poll_stage import GONE, event, staged
from tests.remote.test_zos_api_poll import watched
from tests.waiting import eventually
from zos_monitor.demo.writer import ZosWriter
from zos_monitor.model.changes import Changed
from zos_monitor.model.faults import FaultKind
from zos_monitor.model.times import utc_now
from zos_monitor.remote import poll as remote_poll
from zos_monitor.remote import zos_poll
from zos_monitor.remote.server import Server
from zos_monitor.remote.zos_client import ZosClient

GOOD_AT = "2026-11-21T11:58:00Z"


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote_poll, "PAUSES", (0.01, 0.02))
    monkeypatch.setattr(remote_poll, "RETRY_SECONDS", 0.01)


async def test_the_server_tells_as_of_when_its_data_is(quick: None) -> None:
    async with staged() as (stage, _):
        [first] = await stage.told(1)
        assert first.health.good_at is None
        stage.tell(event(health={**GONE, "good_at": GOOD_AT}))
        told = await stage.told(2)
        good_at = told[1].health.good_at
        assert good_at is not None
        assert good_at.isoformat() == "2026-11-21T11:58:00+00:00"
        stage.streams, stage.greeting = False, None  # and now it is lost as well
        stage.server.cut()
        told = await stage.told(3)
        assert told[2].health.fault is FaultKind.UNREACHABLE
        assert told[2].health.good_at == good_at


async def test_what_a_lost_server_told_is_as_of_its_last_sign_of_life(quick: None) -> None:
    before = utc_now()
    async with staged() as (stage, poll):
        await stage.told(1)
        heard = poll._good_at
        assert heard is not None
        assert heard >= before
        stage.tell(b": beat\n\n")
        await eventually(lambda: poll._good_at != heard)
        beat = poll._good_at
        stage.streams, stage.greeting = False, None
        stage.server.cut()
        told = await stage.told(2)
        assert (told[1].health.fault, told[1].health.good_at) == (FaultKind.UNREACHABLE, beat)


@pytest.mark.parametrize("name", ["news", "greet"])
async def test_what_nobody_foresaw_on_the_way_is_told_and_tried_again(
    quick: None, noted: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    async with staged() as (stage, poll):
        await stage.told(1)
        with monkeypatch.context() as patch:
            patch.setattr(Server, name, fail)
            stage.server.cut()
            told = await stage.told(2)
            assert told[1].health.fault is FaultKind.UNFORESEEN
            assert "reading the server's news failed" in told[1].health.message
            poll.look_now()
        told = await stage.told(3)
        assert (told[2].health.fault, told[2].changed) == (None, Changed.ALL)
        stage.tell(event("calls"))
        assert (await stage.told(4))[3].changed is Changed.CALLS
    assert any(noted.iterdir())


@pytest.mark.parametrize("name", ["page", "row"])
async def test_what_nobody_foresaw_at_a_look_at_zos_is_told_and_tried_again(
    path: Path, zos: ZosWriter, noted: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(zos_poll, "_SHARE", 0)  # however busy this machine is
    zos.raw_run(id="open", started_at=NOW - timedelta(minutes=1), completed_at=None)
    async with watched(path) as watch:
        await watch.api.present()  # from now on the open run is looked at
        with monkeypatch.context() as patch:
            patch.setattr(ZosClient, name, fail)
            told = await watch.next()
            assert told.health.fault is FaultKind.UNFORESEEN
            assert "looking for changes failed" in told.health.message
            assert told.health.good_at == NOW
        told = await watch.next()
        assert (told.health.fault, told.health.good_at) == (None, None)
        zos.raw_run(id="new", started_at=NOW)
        assert (await watch.next()).changed is Changed.ALL
    assert any(noted.iterdir())


async def test_a_fault_is_told_afar_with_its_times(path: Path, zos: ZosWriter) -> None:
    zos.raw_run()
    async with both(path) as (served, _, news):
        served.clock = served.poll._clock = lambda: NOW.replace(hour=15)
        await eventually(lambda: served.poll._good_at == NOW.replace(hour=15))
        path.rename(path.with_name("away"))
        await eventually(lambda: news[-1].health.fault is FaultKind.MISSING)
        health = news[-1].health
        assert (health.since, health.good_at) == (NOW.replace(hour=15), NOW.replace(hour=15))
        path.with_name("away").rename(path)
        await eventually(lambda: news[-1].health.fault is None)
        assert news[-1].health.good_at is None
