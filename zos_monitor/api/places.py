"""How many questions are answered at a time: each takes a thread, memory and open files."""

from __future__ import annotations

import asyncio

from starlette.types import ASGIApp, Receive, Scope, Send

from zos_monitor.api.responses import RETRY_AFTER, refused

PLACES = 32
"""How many questions are answered at a time."""

WAIT_SECONDS = 10.0
"""How long a question waits for its turn."""

WITHOUT = ("/health", "/runs/events", "/docs", "/openapi.json")
"""What is answered without the database, and so at any time."""

CROWDED = "Too many questions are being answered: ask again later."


class Places:
    """Has further questions wait while many are being answered."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._free = asyncio.Semaphore(PLACES)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or say that there are too many."""
        if scope["type"] != "http" or scope["path"] in WITHOUT:
            await self._app(scope, receive, send)
            return
        try:
            async with asyncio.timeout(WAIT_SECONDS):
                await self._free.acquire()
        except TimeoutError:
            await refused(503, CROWDED, RETRY_AFTER)(scope, receive, send)
            return
        try:
            await self._app(scope, receive, send)
        finally:
            self._free.release()
