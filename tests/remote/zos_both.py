"""One database asked twice: directly, and through a stand-in for zos's own API."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import httpx
from fastapi import FastAPI

from tests.conftest import NOW
from tests.remote.zos_server import zos_app
from zos_monitor.demo.history import write_history
from zos_monitor.demo.writer import ZosWriter
from zos_monitor.model.filters import parse_filter
from zos_monitor.model.runs import RunKey, RunSummary
from zos_monitor.remote.http import Http
from zos_monitor.remote.zos_api import ZosApiService
from zos_monitor.service import RunService

PLACE = "http://zos.example:8000"


class Both:
    """One database, asked directly and through zos's API."""

    def __init__(self, path: Path) -> None:
        self.app: FastAPI = zos_app(path, now=NOW)
        transport = httpx.ASGITransport(app=self.app, raise_app_exceptions=False)
        self.api = ZosApiService(Http(PLACE, transport=transport), clock=lambda: NOW)
        self.direct = RunService(path, clock=lambda: NOW)

    @property
    def asked(self) -> list[str]:
        asked: list[str] = self.app.state.asked
        return asked

    async def keys(self) -> dict[str, RunKey]:
        """Return the keys that the API's runs have, by id."""
        runs = await self.api.newest(parse_filter(""), limit=1000)
        return {run.id: run.key for run in runs}


@asynccontextmanager
async def both_on(path: Path) -> AsyncIterator[Both]:
    both = Both(path)
    try:
        yield both
    finally:
        await both.api.closed()
        await both.direct.closed()


def write_nights(path: Path) -> None:
    """Write some nights, runs that start at one instant, and open runs of all kinds."""
    with ZosWriter(path) as zos:
        write_history(zos, nights=10, until=NOW)
        same = NOW - timedelta(days=3, hours=1)
        with zos.batch():
            for n in range(4):
                zos.raw_run(id=f"same-{n}", started_at=same, status="failed", layer_name="odd")
            for name, ago in (("now", 0.1), ("silent", 5), ("restarted", 30), ("again", 29)):
                layer = "interrupted" if name in ("restarted", "again") else name
                at, open_ = NOW - timedelta(hours=ago), name != "again"
                ended = None if open_ else at
                status = "dry" if open_ else "success"
                zos.raw_run(
                    id=name, layer_name=layer, started_at=at, completed_at=ended, status=status
                )
            zos.raw_run(id="free", estimated_cost_usd=None, tokens_total=None, started_at=same)
            zos.raw_run(id="idle", estimated_cost_usd=0.0, tokens_total=0, started_at=same)
            zos.call("same-1", "server:1:user:2", created_at=same, cost=0.5)


def told(run: RunSummary) -> tuple[object, ...]:
    usage = run.usage
    ends = (run.started_at, run.completed_at, run.targets_processed, run.insights_created)
    return (run.id, run.layer_name, run.status, run.state, *ends, usage.tokens_total)
