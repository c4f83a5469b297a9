"""``/runs/events``: the news as server-sent events, for as long as somebody reads them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from fastapi import APIRouter, Response
from fastapi.responses import StreamingResponse

from zos_monitor import __version__
from zos_monitor.answers.encoding import to_json
from zos_monitor.api.hub import Hub
from zos_monitor.api.responses import RETRY_AFTER, answered, refused
from zos_monitor.api.shapes import HealthAnswer, change_event, health_answer

BEAT_SECONDS = 15.0
"""How long a stream is still at most: then a comment shows that it is there."""

_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


def router(hub: Hub) -> APIRouter:
    """Return the routes that tell news."""
    routes = APIRouter()

    @routes.get(
        "/runs/events",
        response_class=StreamingResponse,
        responses={200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}}},
    )
    async def events() -> Response:
        return StreamingResponse(stream(hub), media_type="text/event-stream", headers=_HEADERS)

    @routes.get("/health", response_model=HealthAnswer, responses={503: {"model": HealthAnswer}})
    async def health() -> Response:
        change = await hub.latest()
        if change is None:
            return refused(503, "The server is shutting down.", RETRY_AFTER)
        answer = health_answer(change, __version__)
        if answer.fault is None:
            return answered(answer)
        return answered(answer, 503, RETRY_AFTER)

    return routes


async def stream(hub: Hub) -> AsyncIterator[str]:
    """Yield events as they are written."""
    number = 0
    with hub.listening() as listener:
        while not hub.ended.is_set():
            try:
                async with asyncio.timeout(BEAT_SECONDS):
                    change = await listener.next()
            except TimeoutError:
                yield ": beat\n\n"
                continue
            if change is None:
                return
            number += 1
            yield _event("change", number, to_json(change_event(change)))


def _event(name: str, number: int, data: str) -> str:
    return f"event: {name}\nid: {number}\ndata: {data}\n\n"
