"""What stands before the routes: who may ask, by which methods, and what becomes of our faults."""

from __future__ import annotations

import asyncio
import re
import secrets
from ipaddress import ip_address
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from zos_monitor.api.journal import log_fault
from zos_monitor.api.responses import refused

METHODS = "GET, HEAD, OPTIONS"
OPEN_PATHS = ("/docs", "/openapi.json")
"""What is told to everyone: it says nothing of the data."""

_HOST = re.compile(r"(\[(?P<six>[0-9A-Fa-f:.]+)\]|(?P<name>[^:]+))(:[0-9]*)?")
_FIRST_LINE = 200  # characters of a path that are told in the journal


class Faults:
    """Answers unforeseen faults with 500, and keeps what they say out of the answer.

    It also marks answers as not to be kept or guessed at by browsers.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = False

        async def marked(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                headers = MutableHeaders(scope=message)
                headers.setdefault("Cache-Control", "no-store")
                headers["X-Content-Type-Options"] = "nosniff"
            await send(message)

        try:
            await self._app(scope, receive, marked)
        except Exception as fault:  # whatever it is, what it says stays here
            log_fault(f"{scope['method']} {scope['path'][:_FIRST_LINE]!r} has no answer", fault)
            if not begun:
                await refused(500, "Internal error")(scope, receive, marked)


class Hosts:
    """Answers only requests that name this machine as their host.

    Else any web page could read the answers through the operator's browser, once its name is made
    to mean this machine's loopback address.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or say by which name it would be."""
        if scope["type"] == "http" and not _is_loopback(Headers(scope=scope).get("host", "")):
            sentence = (
                "Without a token this is answered on localhost, 127.0.0.1 or [::1] alone: "
                "use one of these as the host, or start the server with a token."
            )
            await refused(421, sentence)(scope, receive, send)
            return
        await self._app(scope, receive, send)


def _is_loopback(host: str) -> bool:
    """Tell whether a Host header, with a port or without, names the loopback."""
    parts = _HOST.fullmatch(host)
    if parts is None:
        return False
    name = parts["six"] or parts["name"]
    if name.lower() == "localhost":
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False


class Methods:
    """Lets GET through, answers HEAD and OPTIONS by itself, and refuses all else."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        method = scope["method"] if scope["type"] == "http" else "GET"
        if method == "GET":
            await self._app(scope, receive, send)
        elif method == "HEAD":
            await _head(self._app, scope, receive, send)
        elif method == "OPTIONS":
            await _send_head(send, 204, [(b"allow", METHODS.encode())])
        else:
            sentence = f"Nothing can be changed here: use {METHODS}."
            await refused(405, sentence, {"Allow": METHODS})(scope, receive, send)


async def _send_head(send: Send, status: int, headers: list[tuple[bytes, bytes]]) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b""})


async def _head(app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer as to GET, but without the body; a stream is left once it has begun."""
    begun: asyncio.Future[Message] = asyncio.get_running_loop().create_future()

    async def first(message: Message) -> None:
        if not begun.done():
            begun.set_result(message)

    answer = asyncio.ensure_future(app({**scope, "method": "GET"}, receive, first))
    try:
        either: set[asyncio.Future[Any]] = {answer, begun}
        await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        if not begun.done():
            answer.result()
            return  # for the client has gone
    finally:
        answer.cancel()
        await asyncio.wait({answer})
    head = begun.result()
    await _send_head(send, head["status"], head["headers"])


class Bearer:
    """Answers only requests that bear the token."""

    def __init__(self, app: ASGIApp, *, token: str) -> None:
        self._app = app
        self._token = token.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or say that it lacks the token."""
        if scope["type"] != "http" or scope["path"] in OPEN_PATHS or self._bears(scope):
            await self._app(scope, receive, send)
            return
        sentence = "A token is needed: send it as Authorization: Bearer TOKEN."
        await refused(401, sentence, {"WWW-Authenticate": "Bearer"})(scope, receive, send)

    def _bears(self, scope: Scope) -> bool:
        given = [value for name, value in scope["headers"] if name == b"authorization"]
        if len(given) != 1:
            return False
        scheme, _, token = given[0].partition(b" ")
        return scheme.lower() == b"bearer" and secrets.compare_digest(token.strip(), self._token)
