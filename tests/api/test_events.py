"""The stream of changes, over a real connection."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import NamedTuple

import httpx

from tests.api.serving import serving_api
from tests.conftest import service_on
from tests.waiting import soon
from zos_monitor.demo.writer import ZosWriter

QUICK = 0.01


class Event(NamedTuple):
    name: str
    id: str
    data: dict[str, object]


async def events(answer: httpx.Response) -> AsyncIterator[Event]:
    fields: dict[str, str] = {}
    async for line in answer.aiter_lines():
        if line:
            name, _, value = line.partition(": ")
            fields[name] = value
        elif "event" in fields:
            yield Event(fields["event"], fields["id"], json.loads(fields["data"]))
            fields = {}


async def test_a_stream_begins_with_everything_and_goes_on_with_changes(
    path: Path, writer: ZosWriter
) -> None:
    async with (
        serving_api(service_on(path, QUICK)) as url,
        httpx.AsyncClient(base_url=url) as client,
        client.stream("GET", "/runs/events") as answer,
    ):
        assert answer.headers["content-type"].startswith("text/event-stream")
        told = events(answer)
        first = await soon(anext(told))
        assert (first.name, first.id) == ("change", "1")
        assert first.data["changed"] == ["runs", "calls", "insights", "other"]
        health = first.data["health"]
        assert isinstance(health, dict)
        assert (health["fault"], health["message"]) == (None, "")
        assert str(health["since"]).endswith("Z")
        writer.raw_run(id="new")
        async with asyncio.timeout(5):
            while "runs" not in (await anext(told)).data["changed"]:  # type: ignore[operator]
                pass


async def test_a_server_stops_while_streams_are_open(path: Path, writer: ZosWriter) -> None:
    async with httpx.AsyncClient() as client:
        async with serving_api(service_on(path, QUICK)) as url:
            opened = client.stream("GET", f"{url}/runs/events")
            answer = await opened.__aenter__()
            told = events(answer)
            await soon(anext(told))
        assert [event async for event in told if event.name == "end"] == []
        await opened.__aexit__(None, None, None)
