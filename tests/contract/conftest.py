"""Two services on the same database: one reads it, the other asks a server that does."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import NamedTuple

import pytest
import pytest_asyncio

from tests.api.serving import serving_api
from tests.conftest import NOW, service_on, write_odd_runs
from zos_monitor.demo.history import write_history
from zos_monitor.demo.writer import ZosWriter
from zos_monitor.remote.http import Http
from zos_monitor.remote.service import RemoteService
from zos_monitor.service import RunService

NIGHTS = 12


@pytest.fixture(scope="session")
def history(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write some nights and the odd runs, for reading only; zos is down."""
    database = tmp_path_factory.mktemp("history") / "zos.db"
    with ZosWriter(database) as zos:
        write_history(zos, nights=NIGHTS, until=NOW)
        write_odd_runs(zos)
    return database


class Pair(NamedTuple):
    """The same questions, answered here and there."""

    here: RunService
    there: RemoteService
    url: str


@asynccontextmanager
async def pair_on(path: Path) -> AsyncIterator[Pair]:
    async with AsyncExitStack() as stack:
        url = await stack.enter_async_context(serving_api(service_on(path)))
        here, there = service_on(path), RemoteService(Http(url))
        there.clock = here.clock
        stack.push_async_callback(here.closed)
        stack.push_async_callback(there.closed)
        yield Pair(here, there, url)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def pair(history: Path) -> AsyncIterator[Pair]:
    async with pair_on(history) as pair:
        yield pair
