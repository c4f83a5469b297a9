"""The stream of changes and of runs, over real connections."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from tests.api.serving import serving_api
from tests.api.streaming import streaming
from tests.conftest import NOW, service_on
from tests.waiting import eventually
from zos_monitor.api import events, turns
from zos_monitor.api.shapes import health_event
from zos_monitor.demo.writer import ZosWriter
from zos_monitor.model.changes import Health
from zos_monitor.model.filters import RunFilter
from zos_monitor.model.runs import RunSummary
from zos_monitor.service import RunService
from zos_monitor.wire.events import read_health

QUICK = 0.01
LAYER = "nightly-user-reflection"


@pytest.fixture
async def url(path: Path, writer: ZosWriter) -> AsyncIterator[str]:
    writer.raw_run(id="old", started_at=NOW - timedelta(hours=2))
    async with serving_api(service_on(path, QUICK)) as url:
        yield url


async def test_a_stream_begins_with_everything(url: str) -> None:
    async with streaming(url) as stream:
        assert stream.answer.headers["content-type"].startswith("text/event-stream")
        first = await stream.next()
    assert first is not None
    assert (first.name, first.id) == ("change", "1")
    assert first.data["changed"] == ["runs", "calls", "insights", "other"]
    assert first.data["health"] == {
        "fault": None,
        "message": "",
        "since": NOW.isoformat().replace("+00:00", "Z"),
        "good_at": None,
    }
    written = datetime.fromisoformat(first.data["committed_at"])
    assert abs(time.time() - written.timestamp()) < 100


def test_what_is_doubted_is_told_afar() -> None:
    health = Health(NOW, message="its log is left out", redacted=True, doubt="log left out")
    assert read_health(asdict(health_event(health))) == health


async def test_changes_are_told_by_what_they_are_of(url: str, writer: ZosWriter) -> None:
    async with streaming(url, "?kinds=change") as stream:
        assert await stream.next() is not None
        writer.raw_run(id="new")
        assert (await stream.changed("runs")).id != "1"
        writer.call("new", None, created_at=NOW)
        assert "runs" not in (await stream.changed("calls")).data["changed"]
        writer.insight("new", "server:1", created_at=NOW)
        assert "calls" not in (await stream.changed("insights")).data["changed"]


async def test_a_fault_and_its_end_are_told(tmp_path: Path) -> None:
    path = tmp_path / "later.db"
    async with serving_api(service_on(path, QUICK)) as url, streaming(url) as stream:
        first = await stream.next()
        assert first is not None
        assert first.data["health"]["fault"] == "missing"
        assert "later.db" in first.data["health"]["message"]
        assert first.data["committed_at"] is None
        with ZosWriter(path) as zos:
            zos.raw_run(id="first")
            while (await stream.changed("runs")).data["health"]["fault"] is not None:
                pass


async def test_a_run_is_told_when_it_begins_and_when_it_ends(
    url: str, writer: ZosWriter, document: dict[str, Any]
) -> None:
    async with streaming(url) as stream, streaming(url, "?kinds=run") as runs_only:
        assert await stream.next() is not None
        writer.start_run(LAYER, started_at=NOW, targets_matched=2, run_id="a")
        began = await stream.run()
        assert (began["id"], began["state"], began["status"]) == ("a", "running", "dry")
        writer.finish_run("a", completed_at=NOW, processed=1, skipped=1, status="partial")
        ended = await stream.run()
        assert (ended["id"], ended["state"], ended["success"]) == ("a", "partial", False)
        assert [await runs_only.run(), await runs_only.run()] == [began, ended]
    shape = {"$ref": "#/components/schemas/RunAnswer", "components": document["components"]}
    jsonschema_rs.validate(shape, began)
    jsonschema_rs.validate(shape, ended)


async def test_a_run_that_is_over_between_two_looks_is_told(url: str, writer: ZosWriter) -> None:
    async with streaming(url, "?kinds=run") as stream:
        with writer.batch():
            writer.start_run(LAYER, started_at=NOW, targets_matched=2, run_id="open")
            writer.raw_run(id="quick", started_at=NOW - timedelta(minutes=1), status="failed")
            writer.raw_run(id="odd", started_at=NOW - timedelta(minutes=2), layer_name=b"\xff")
        told = [await stream.run() for _ in range(3)]
    assert [(run["id"], run["state"]) for run in told] == [
        ("odd", "success"),
        ("quick", "failed"),
        ("open", "running"),
    ]


async def test_a_run_that_begins_while_we_look_is_told_once(
    path: Path, writer: ZosWriter, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = service_on(path, QUICK)
    asked, begun, late = service.newest, False, False

    async def newest(flt: RunFilter, **settings: Any) -> tuple[RunSummary, ...]:  # noqa: ANN401
        nonlocal late
        if begun and not late:
            late = True
            writer.start_run(LAYER, started_at=NOW, targets_matched=1, run_id="late")
            writer.raw_run(id="later", started_at=NOW)
        return await asked(flt, **settings)

    monkeypatch.setattr(service, "newest", newest)
    async with serving_api(service) as url, streaming(url, "?kinds=run") as stream:
        begun = True
        writer.raw_run(id="early", started_at=NOW)
        told = [await stream.run() for _ in range(3)]
        writer.finish_run("late", completed_at=NOW, processed=1)
        told.append(await stream.run())
    assert [(run["id"], run["state"]) for run in told] == [
        ("early", "success"),
        ("later", "success"),
        ("late", "running"),
        ("late", "success"),
    ]


async def test_what_was_before_is_not_told_as_if_it_happened(url: str, writer: ZosWriter) -> None:
    async with streaming(url) as first:
        writer.start_run(LAYER, started_at=NOW, targets_matched=2, run_id="before")
        assert (await first.run())["id"] == "before"
    async with streaming(url) as stream:
        assert await stream.next() is not None
        writer.call("before", None, created_at=NOW)
        writer.update("layer_runs", "old", status="partial")
        writer.raw_run(id="after", started_at=NOW)
        assert (await stream.run())["id"] == "after"


async def test_a_run_that_stalls_is_told_though_nothing_is_written(
    path: Path, writer: ZosWriter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "OVERDUE_SECONDS", 0.01)
    late = timedelta()

    def clock() -> datetime:
        return NOW + late

    silent = NOW - timedelta(minutes=10) + timedelta(seconds=0.1)
    writer.start_run(LAYER, started_at=silent, targets_matched=1, run_id="silent")
    service = RunService(path, clock=clock, poll_interval=QUICK)
    async with serving_api(service) as url, streaming(url, "?kinds=run") as stream:
        late = timedelta(seconds=1)
        told = await stream.run()
        assert (told["id"], told["state"]) == ("silent", "stalled")
        writer.call("silent", None, created_at=clock())
        assert (await stream.run())["state"] == "running"
        writer.update("layer_runs", "silent", completed_at=clock(), status="success")
        assert (await stream.run())["state"] == "success"


async def test_runs_are_told_once_the_clock_has_jumped(
    path: Path, writer: ZosWriter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "LOOK_SECONDS", 0.01)
    monkeypatch.setattr(turns, "OVERDUE_SECONDS", 0.01)
    put = timedelta()
    writer.start_run(LAYER, started_at=NOW, targets_matched=1, run_id="open")
    service = RunService(path, clock=lambda: NOW + put, poll_interval=QUICK)
    async with serving_api(service) as url, streaming(url, "?kinds=run") as stream:
        writer.start_run("other", started_at=NOW, targets_matched=1, run_id="new")
        assert (await stream.run())["id"] == "new"
        states = []
        for jump in (timedelta(hours=5), -timedelta(hours=5)):  # it has slept; the clock is put
            put += jump
            runs = [await stream.run() for _ in range(2)]
            states.append({run["id"]: run["state"] for run in runs})
    assert states == [
        {"open": "stalled", "new": "stalled"},
        {"open": "running", "new": "running"},
    ]


async def test_a_still_stream_beats(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "BEAT_SECONDS", 0.01)
    async with streaming(url, "?kinds=run") as stream:
        waiting = asyncio.ensure_future(stream.next())
        await eventually(lambda: stream.beats >= 3)
        waiting.cancel()
        await asyncio.wait([waiting])


async def test_a_server_stops_while_streams_are_open(path: Path, writer: ZosWriter) -> None:
    async with AsyncExitStack() as stack:
        async with serving_api(service_on(path, QUICK)) as url:
            streams = [
                await stack.enter_async_context(streaming(url, query))
                for query in ("", "?kinds=run", "?kinds=change")
            ]
            assert await streams[0].next() is not None
            begun = time.monotonic()
        assert time.monotonic() - begun < 2
        while await streams[0].next() is not None:
            pass
        assert await streams[1].next() is None
