"""Answers that are given up where nobody waits for them any more."""

from __future__ import annotations

import asyncio
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from zos_monitor.api.hub import Hub
from zos_monitor.api.responses import RETRY_AFTER, refused

STOPPING = "The server is shutting down."

_LAST_WORDS = 0.4  # the time in which a stream comes to its end by itself


class Racing:
    """Cancels an answer whose client has gone, or that is not there when the server stops.

    So the question behind it is interrupted, down to SQLite. Requests have no bodies here: what is
    sent of one is read and dropped.
    """

    def __init__(self, app: ASGIApp, *, hub: Hub) -> None:
        self._app = app
        self._hub = hub

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        race = _Race(receive, send)
        answer = asyncio.ensure_future(self._app(scope, race.receive, race.send))
        gone = asyncio.create_task(race.watch())
        stopping = asyncio.create_task(self._hub.ended.wait())
        try:
            await asyncio.wait({answer, gone, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if not answer.done() and race.begun and not gone.done():
                await asyncio.wait({answer, gone}, timeout=_LAST_WORDS)
            if not answer.done() and race.complete:
                await asyncio.wait({answer})  # uvicorn says that a client has gone at the end, too
        finally:
            await _cancelled(answer, gone, stopping)
        if not answer.cancelled():
            answer.result()
        elif not race.begun and not race.gone.is_set():
            await refused(503, STOPPING, RETRY_AFTER)(scope, race.receive, send)


class _Race:
    """The channels of one request, and how far it is."""

    def __init__(self, receive: Receive, send: Send) -> None:
        self._receive = receive
        self._send = send
        self._read = False
        self.gone = asyncio.Event()
        self.begun = False
        self.complete = False

    async def watch(self) -> None:
        """Wait until the client has gone."""
        while (await self._receive())["type"] != "http.disconnect":
            pass
        self.gone.set()

    async def receive(self) -> Message:
        """Return that the request has no body, and later that the client has gone."""
        if not self._read:
            self._read = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        """Send a part of the answer, and take note of it."""
        self.begun = True
        ends = message["type"] == "http.response.body" and not message.get("more_body", False)
        self.complete = self.complete or ends
        await self._send(message)


async def _cancelled(*futures: asyncio.Future[Any]) -> None:
    """Cancel futures and wait for their ends, whatever these are."""
    for future in futures:
        future.cancel()
    await asyncio.wait(futures)
