"""``/runs/events``: the news as server-sent events, for as long as somebody reads them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from fastapi.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from zos_monitor import __version__
from zos_monitor.answers.encoding import to_json
from zos_monitor.answers.runs import run_answer
from zos_monitor.api.hub import Hub, Listener, News
from zos_monitor.api.parameters import bad
from zos_monitor.api.racing import STOPPING
from zos_monitor.api.responses import RETRY_AFTER, answered, described, refused
from zos_monitor.api.shapes import HealthAnswer, change_event, health_answer
from zos_monitor.api.turns import Turns

BEAT_SECONDS = 5.0
"""How long a stream is still at most: then a comment shows that it is there."""

_RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}},
    **described(422),
}
_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


class EventKind(StrEnum):
    """The kinds of events that a stream has."""

    CHANGE = "change"
    RUN = "run"


Kinds = Annotated[
    str,
    Query(
        description="Only events of these kinds, with commas between them: change tells what to "
        "ask about again, run has a run that began, ended or came to be in another state.",
    ),
]


def router(hub: Hub, turns: Turns, clock: Callable[[], datetime]) -> APIRouter:
    """Return the routes that tell news; ``clock`` has the time that answers go by."""
    routes = APIRouter(tags=["news"])

    @routes.get(
        "/runs/events",
        response_class=StreamingResponse,
        responses=_RESPONSES,
    )
    async def events(kinds: Kinds = "change,run") -> Response:
        """Tell what happens, as it happens, in server-sent events.

        An event `change` has what changed and whether the database can be read; one that says
        that everything did comes at once. An event `run` has a run as in lists. Comments show
        every few seconds that the connection stands.
        """
        try:
            wanted = frozenset(EventKind(kind.strip()) for kind in kinds.split(","))
        except ValueError:
            raise bad("kinds", f"Use {' or '.join(EventKind)}.", "enum") from None
        if EventKind.RUN in wanted:
            await turns.ready.wait()
        return EventStream(hub, wanted)

    @routes.get("/health", response_model=HealthAnswer, responses={503: {"model": HealthAnswer}})
    async def health() -> Response:
        """Tell whether the database can be read; the status is 503 while it can't."""
        change = await hub.latest()
        if change is None:
            return refused(503, STOPPING, RETRY_AFTER)
        answer = health_answer(change, __version__, clock())
        if answer.fault is None:
            return answered(answer)
        return answered(answer, 503, RETRY_AFTER)

    return routes


class EventStream(StreamingResponse):
    """A response that goes on until the hub is closed."""

    def __init__(self, hub: Hub, kinds: frozenset[EventKind]) -> None:
        super().__init__((), media_type="text/event-stream", headers=_HEADERS)
        self._hub = hub
        self._kinds = kinds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Tell events; who has got the head of the response misses none from then on."""
        with self._hub.listening() as listener:
            self.body_iterator = stream(listener, self._kinds)
            await super().__call__(scope, receive, send)


async def stream(listener: Listener, kinds: frozenset[EventKind]) -> AsyncIterator[str]:
    """Yield events as they are written, until there are no more."""
    number = 0
    while True:
        try:
            async with asyncio.timeout(BEAT_SECONDS):
                news = await listener.next()
        except TimeoutError:
            yield ": beat\n\n"
            continue
        if news is None:
            return
        for event in _events(news, kinds):
            number += 1
            yield event.replace("\n", f"\nid: {number}\n", 1)


def _events(news: News, kinds: frozenset[EventKind]) -> Iterator[str]:
    if news.change is not None and EventKind.CHANGE in kinds:
        yield _event(EventKind.CHANGE, change_event(news.change))
    if EventKind.RUN in kinds:
        for run in news.runs:
            yield _event(EventKind.RUN, run_answer(run))


def _event(kind: EventKind, answer: object) -> str:
    return f"event: {kind}\ndata: {to_json(answer)}\n\n"
