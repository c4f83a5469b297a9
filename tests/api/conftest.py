"""One API on the history for all tests that only ask it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio

from tests.api.asking import asking
from tests.conftest import service_on
from zos_monitor.api.app import create_app


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def client(history: Path) -> AsyncIterator[httpx.AsyncClient]:
    """Return a client for tests of a module that shares one event loop."""
    async with asking(history) as client:
        yield client


@pytest.fixture(scope="session")
def document(history: Path) -> dict[str, Any]:
    """Return the OpenAPI document."""
    return create_app(service_on(history)).openapi()
