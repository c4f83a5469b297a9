"""``/questions``: every question of a dashboard, for one on another machine.

The answers are in a form of their own, in which nothing is lost (``zos_monitor.wire``). For
programs there are the other routes.
"""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager, suppress
from datetime import UTC
from typing import Any, NamedTuple, cast
from urllib.parse import parse_qsl

from fastapi import APIRouter, Request, Response
from fastapi.responses import StreamingResponse
from starlette.types import Send

from zos_monitor.api.readers import Readers, Watchers
from zos_monitor.api.responses import RETRY_AFTER, answered, described, meaningless
from zos_monitor.api.shapes import BadParameter, Trouble
from zos_monitor.model.faults import DatabaseFault
from zos_monitor.questions import Service, Shared
from zos_monitor.wire.codec import Codec
from zos_monitor.wire.questions import QUESTIONS, ROW, TEXT, ZONE, Parameter, Question

BEAT_SECONDS = 10.0
"""How long an answer in pieces is still at most: then an empty line shows that it goes on."""

LINES = "application/x-ndjson"
WHOLE = {"whole": True}
"""The last line of an answer in pieces that is whole."""

_ASKING = {
    "zone": Parameter(ZONE),
    "watcher": Parameter(TEXT),
    "seen": Parameter(ROW),
}
_ABOUT = {
    "zone": "The reader's time zone, UTC unless named: what a day in a filter is.",
    "watcher": "Any text of the asker's own; lists are kept for each, and what it was told.",
    "seen": "How many answers to this question the watcher has got.",
}
_NO_STORE = {"Cache-Control": "no-store"}
_LONGEST_NAME = 64
_WORTH_PACKING = 4_096  # bytes; a page of runs is 70,000, and a seventh of that when packed


class _Asked(NamedTuple):
    """One question as it was asked, by whom, with what."""

    question: Question
    arguments: dict[str, Any]
    zone: Any
    watcher: str
    seen: int
    packed: bool  # whether the answer may come compressed

    @property
    def zone_name(self) -> str:
        return str(self.zone)


def router(service: Shared) -> APIRouter:
    """Return the routes that a dashboard asks."""
    routes = APIRouter(prefix="/questions", tags=["dashboard"])
    readers, watchers = Readers(service), Watchers(service)
    for question in QUESTIONS.values():
        answer = _present(watchers) if question.name == "present" else _answer(question, readers)
        _add(routes, question, answer)
    return routes


_Answer = Callable[[_Asked], Awaitable[Response]]


def _add(routes: APIRouter, question: Question, answer: _Answer) -> None:
    async def asked(request: Request) -> Response:
        try:
            found = _read(question, request)
        except ValueError as error:
            name, message = error.args
            return meaningless(BadParameter(loc=["query", name], msg=message, type="value_error"))
        try:
            return await answer(found)
        except DatabaseFault as fault:
            return answered(Trouble(detail=fault.message, fault=fault.kind), 503, RETRY_AFTER)

    media = LINES if question.streamed else "application/json"
    doc = (getattr(Service, question.name).__doc__ or "").partition("\n")[0]
    routes.add_api_route(
        f"/{question.name}",
        asked,
        methods=["GET"],
        operation_id=f"question_{question.name}",
        summary=f"For the dashboard: {question.name.replace('_', ' ')}",
        description=f"{doc} In the form of zos-monitor's own wire protocol.",
        response_class=Response,
        responses={
            200: {"content": {media: {"schema": {}}}, "description": "The answer."},
            **described(422, 503),
        },
        openapi_extra={"parameters": [_documented(*one) for one in _parameters(question)]},
    )


def _parameters(question: Question) -> list[tuple[str, Parameter, str]]:
    extra = ("watcher", "seen") if question.name == "present" else ("zone", "watcher")
    return [
        *((name, one, one.kind.told) for name, one in question.parameters.items()),
        *((name, _ASKING[name], _ABOUT[name]) for name in extra),
    ]


def _documented(name: str, parameter: Parameter, told: str) -> dict[str, Any]:
    return {
        "name": name,
        "in": "query",
        "required": parameter.needed,
        "description": told,
        "schema": {"type": parameter.kind.schema},
    }


def _read(question: Question, request: Request) -> _Asked:
    """Return what is asked. Raises ValueError with a parameter's name and what is wrong with it."""
    query = request.scope["query_string"].decode("latin-1")
    # Starlette would replace lone surrogates, which typed text may hold.
    texts = dict(parse_qsl(query, keep_blank_values=True, errors="surrogatepass"))
    asking = {name: texts.pop(name, None) for name in _ASKING}
    given: dict[str, Any] = {}
    for name, text in asking.items():
        try:
            given[name] = None if text is None else _ASKING[name].kind.read(text)
        except ValueError as error:
            raise ValueError(name, str(error)) from None
    return _Asked(
        question,
        question.read(texts),
        given["zone"] or UTC,
        (given["watcher"] or "")[:_LONGEST_NAME],
        given["seen"] or 0,
        "gzip" in request.headers.get("accept-encoding", ""),
    )


# Answers


def _answer(question: Question, readers: Readers) -> _Answer:
    @asynccontextmanager
    async def asking(asked: _Asked) -> AsyncIterator[Any]:
        async with readers.reading(asked.watcher, asked.zone, asked.zone_name) as service:
            yield getattr(service, question.name)(**asked.arguments)

    async def whole(asked: _Asked) -> Response:
        async with asking(asked) as answer:
            return _json(asked, await answer)

    async def pieces(asked: _Asked) -> Response:
        async def lines() -> AsyncGenerator[str, None]:
            async with asking(asked) as answers, aclosing(_lines(question.answer, answers)) as all_:
                async for line in all_:
                    yield line

        return _Pieces(lines(), media_type=LINES, headers=_NO_STORE)

    return pieces if question.streamed else whole


def _present(watchers: Watchers) -> _Answer:
    async def answer(asked: _Asked) -> Response:
        found = await watchers.look(asked.watcher, asked.seen)
        return _json(asked, found)

    return answer


def _json(asked: _Asked, answer: object) -> Response:
    content, headers = _text(asked.question.answer.encode(answer)).encode(), dict(_NO_STORE)
    if asked.packed and len(content) >= _WORTH_PACKING:
        content = gzip.compress(content, compresslevel=1)
        headers["Content-Encoding"] = "gzip"
    return Response(content, media_type="application/json", headers=headers)


def _text(plain: object) -> str:
    return json.dumps(plain, separators=(",", ":"), allow_nan=False)


async def _lines(codec: Codec, answers: AsyncGenerator[Any, None]) -> AsyncGenerator[str, None]:
    """Yield an answer's pieces as lines, empty ones while there is none, and the end or the fault.

    The iterator is closed in the end.
    """
    try:
        async with aclosing(_beating(answers)) as beating:
            async for piece in beating:
                yield "\n" if piece is _BEAT else f'{{"piece":{_text(codec.encode(piece))}}}\n'
    except DatabaseFault as fault:
        yield f"{_text({'fault': fault.kind, 'detail': fault.message})}\n"
    else:
        yield f"{_text(WHOLE)}\n"


_BEAT = object()


async def _beating(answers: AsyncGenerator[Any, None]) -> AsyncGenerator[Any, None]:
    """Yield what an iterator yields, and a beat whenever that takes long."""
    async with aclosing(answers):
        while True:
            coming = asyncio.ensure_future(anext(answers))
            try:
                while not (await asyncio.wait([coming], timeout=BEAT_SECONDS))[0]:
                    yield _BEAT
                piece = coming.result()
            except StopAsyncIteration:
                return
            finally:
                coming.cancel()
                with suppress(asyncio.CancelledError, StopAsyncIteration, DatabaseFault):
                    await coming
            yield piece


class _Pieces(StreamingResponse):
    """A stream whose iterator is closed at once when its reader goes."""

    async def stream_response(self, send: Send) -> None:
        """Send the pieces."""
        async with aclosing(cast("AsyncGenerator[str, None]", self.body_iterator)):
            await super().stream_response(send)
