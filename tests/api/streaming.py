"""Reading a stream of events as its clients do."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

import httpx

from tests.waiting import soon


class Event(NamedTuple):
    name: str
    id: str
    data: dict[str, Any]


class Stream:
    """An open stream of events."""

    def __init__(self, answer: httpx.Response) -> None:
        self.answer = answer
        self._lines = answer.aiter_lines()
        self.beats = 0

    async def next(self) -> Event | None:
        """Return the next event, once there is one; None at the end."""
        return await soon(self._event())

    async def _event(self) -> Event | None:
        fields: dict[str, str] = {}
        async for line in self._lines:
            if line.startswith(":"):
                self.beats += 1
            elif line:
                name, _, value = line.partition(": ")
                assert name not in fields
                fields[name] = value
            elif fields:
                return Event(fields["event"], fields["id"], json.loads(fields["data"]))
        assert not fields
        return None

    async def changed(self, wanted: str) -> Event:
        """Return the next event that tells of a change in a part."""
        while (event := await self.next()) is not None:
            if event.name == "change" and wanted in event.data["changed"]:
                return event
        raise AssertionError("the stream has ended")

    async def run(self) -> dict[str, Any]:
        """Return the run of the next event that has one."""
        while (event := await self.next()) is not None:
            if event.name == "run":
                return event.data
        raise AssertionError("the stream has ended")


@asynccontextmanager
async def streaming(url: str, query: str = "") -> AsyncIterator[Stream]:
    """Yield an open stream of the API at a URL."""
    async with (
        httpx.AsyncClient(base_url=url, verify=False) as client,
        client.stream("GET", f"/runs/events{query}") as answer,
    ):
        yield Stream(answer)
