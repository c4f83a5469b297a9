"""Dashboards over servers that offer less: zos's own API, and one that offers lists alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast

import httpx

from tests.remote.zos_server import zos_app
from tests.tui.driving import NOW, WIDE, Clock, Driver
from zos_monitor.model.faults import NotOffered
from zos_monitor.questions import Service
from zos_monitor.remote.http import Http
from zos_monitor.remote.zos_api import ZosApiService
from zos_monitor.service import RunService
from zos_monitor.tui.app import MonitorApp

PLACE = "http://zos.example:8000"
REFUSED = "not offered by this server"


def zos_service(path: Path, clock: Clock) -> ZosApiService:
    """Return a service over zos's own API, by an address that is always the same."""
    transport = httpx.ASGITransport(app=zos_app(path, now=NOW), raise_app_exceptions=False)
    return ZosApiService(Http(PLACE, transport=transport), clock=clock, poll_interval=0.2)


class ListsOnly:
    """A service that answers with lists, and with nothing else; what it refused is counted."""

    def __init__(self, path: Path, clock: Clock) -> None:
        self._service = RunService(path, clock=clock, poll_interval=0.02)
        self.refused: Counter[str] = Counter()

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401
        offered = {"clock", "zone", "place", "poll", "changes", "closed"}
        if name in offered | {"newest", "run_slice", "count_on", "count"}:
            return getattr(self._service, name)
        growing = name in {"failures", "breakdown", "details"}
        return self._none(name) if growing else self._no(name)

    def _no(self, name: str) -> Callable[..., Any]:
        async def ask(*args: object, **kwargs: object) -> None:
            self.refused[name] += 1
            raise NotOffered(f"{PLACE} does not offer /{name}")

        return ask

    def _none(self, name: str) -> Callable[..., Any]:
        async def ask(*args: object, **kwargs: object) -> AsyncIterator[None]:
            await self._no(name)()
            yield

        return ask


@asynccontextmanager
async def driving_service(
    service: object, clock: Clock, *, size: tuple[int, int] = WIDE, filter_text: str = ""
) -> AsyncIterator[Driver]:
    """Open the dashboard on a service, without waiting for anything."""
    app = MonitorApp(cast(Service, service), filter_text=filter_text)
    async with app.run_test(size=size) as pilot:
        yield Driver(app, pilot, clock)


@asynccontextmanager
async def degraded(
    path: Path, *, size: tuple[int, int] = WIDE, filter_text: str = ""
) -> AsyncIterator[Driver]:
    """Open the dashboard over zos's own API, and wait until all is shown that there is."""
    clock = Clock()
    service = zos_service(path, clock)
    async with driving_service(service, clock, size=size, filter_text=filter_text) as driver:
        await driver.settled()
        await driver.until(lambda: "tonight: not offered" in driver.lines()[0])
        yield driver
