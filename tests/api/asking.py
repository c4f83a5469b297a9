"""Asking an API in the same process, without a socket between."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import httpx

from tests.conftest import service_on
from zos_monitor.api.app import create_app
from zos_monitor.questions import Shared


@asynccontextmanager
async def asking(
    of: Shared | Path, *, token: str | None = None, cors: Sequence[str] = ()
) -> AsyncIterator[httpx.AsyncClient]:
    """Yield a client of an API on a service or a database; a service is closed at the end."""
    service = service_on(of) if isinstance(of, Path) else of
    app = create_app(service, token=token, cors=cors)
    transport = httpx.ASGITransport(app, raise_app_exceptions=True)
    try:
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=transport, base_url="http://localhost") as client,
        ):
            yield client
    finally:
        await service.closed()
