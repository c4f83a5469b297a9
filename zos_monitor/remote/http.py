"""A server that is asked over HTTP: JSON, or lines as they come; its faults in words."""

from __future__ import annotations

import json
import math
import ssl
from collections.abc import AsyncGenerator, AsyncIterator, Container, Mapping
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

import httpx

from zos_monitor import __version__
from zos_monitor.remote.http_faults import explain, refused, stranger, unreachable
from zos_monitor.remote.orphans import ASKED, close_orphans

CONNECT_SECONDS = 10.0
ANSWER_SECONDS = 60.0
"""How long a server may be silent while it answers: a long history takes its time."""

MOST_BYTES = 256 * 2**20
"""The longest answer, or line of one, that is taken: more comes from no zos."""

LONGEST_QUERY = 60_000
"""Bytes of parameters that a server takes, less some room for what else is in its head."""

_IDLE_SECONDS = 4.0  # less than the 5 after which uvicorn closes a connection by itself
_ERROR_BYTES = 2**20  # of what comes with an error


class Http:
    """One server, asked by GET alone.

    ``url`` is the server's, a path in it stands before that of each question. ``token`` is sent to
    this server only: no redirect is followed. It is asked directly, whatever proxies the
    environment names: the stream of events would stick in one, and so would a token. Certificates
    are held against those of the system, or of ``SSL_CERT_FILE``.

    Whatever goes wrong raises DatabaseFault, mostly UNREACHABLE, with a sentence for people; a
    server's own fault (503) keeps its kind and its words, and what the server does not know (404)
    is NotOffered. A cancelled question closes its connection, by which the server sees it.
    """

    def __init__(
        self,
        url: str,
        *,
        token: str | None = None,
        patience: float = ANSWER_SECONDS,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self.place = without_credentials(url)
        """The server's address without a name and a password."""
        self._base = (self.place if token is not None else url).rstrip("/")
        self._token = token
        self._patience = patience
        self._asking: set[object] = set()  # one for each question that is under way
        headers = {"User-Agent": f"zos-monitor/{__version__}", "Accept": "application/json, */*"}
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        secure = urlsplit(url).scheme == "https"
        self._client = httpx.AsyncClient(
            headers=headers,
            # For http no certificates are read: that takes longer than the first question.
            verify=ssl.create_default_context() if secure else False,
            limits=httpx.Limits(max_connections=None, keepalive_expiry=_IDLE_SECONDS),
            follow_redirects=False,
            trust_env=False,
            transport=transport,
        )

    async def get(
        self,
        path: str,
        params: Mapping[str, str] | None = None,
        *,
        patience: float | None = None,
        also: Container[int] = (),
    ) -> Any:  # noqa: ANN401
        """Return the JSON that a path answers with. Raises DatabaseFault.

        ``also`` are the statuses beside success that come with an answer all the same.
        """
        async with self._asked(path, params, patience, also) as response:
            return _read_json(self.place, await self._body(response, MOST_BYTES))

    async def lines(
        self,
        path: str,
        params: Mapping[str, str] | None = None,
        *,
        patience: float | None = None,
    ) -> AsyncGenerator[str, None]:
        """Yield the lines that a path answers with as they come, without their ends.

        ``patience`` (s) is how long the server may be silent, ``inf`` for ever. Raises
        DatabaseFault.
        """
        waiting = bytearray()
        async with self._asked(path, params, patience) as response:
            async for chunk in response.aiter_bytes():
                first, *others = chunk.split(b"\n")
                waiting += first
                for other in others:
                    yield waiting.removesuffix(b"\r").decode("utf-8", "replace")
                    waiting = bytearray(other)
                if len(waiting) > MOST_BYTES:
                    raise stranger(self.place, "a line without an end")
        if waiting:
            yield waiting.decode("utf-8", "replace")

    async def closed(self) -> None:
        """Wait until nothing is open any more."""
        await self._client.aclose()

    @asynccontextmanager
    async def _asked(
        self,
        path: str,
        params: Mapping[str, str] | None,
        patience: float | None,
        also: Container[int] = (),
    ) -> AsyncIterator[httpx.Response]:
        """Have a response that is a success, or has one of these statuses; close it in the end."""
        patience = self._patience if patience is None else patience
        wait = min(patience, CONNECT_SECONDS)
        timeout = httpx.Timeout(patience if patience < math.inf else None, connect=wait)
        asked = object()
        self._asking.add(asked)
        try:
            request = self._client.build_request(
                "GET", self._url(path, params), timeout=timeout, extensions={ASKED: asked}
            )
            response = await self._sent(request)
            try:
                if not response.is_success and response.status_code not in also:
                    body = await self._body(response, _ERROR_BYTES)
                    raise self._refused(response.status_code, path, body)
                yield response
            finally:
                await response.aclose()
        except (httpx.HTTPError, httpx.InvalidURL, OSError, UnicodeError) as error:
            raise explain(self.place, error, patience) from error
        finally:
            self._asking.discard(asked)

    async def _sent(self, request: httpx.Request) -> httpx.Response:
        await close_orphans(self._client, self._asking)
        try:
            return await self._client.send(request, stream=True)
        except (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError):
            # Most likely a connection that was kept, and that the server closed that moment.
            return await self._client.send(request, stream=True)

    async def _body(self, response: httpx.Response, most: int) -> bytes:
        found = bytearray()
        async for chunk in response.aiter_bytes():
            found += chunk
            if len(found) > most:
                raise stranger(self.place, "more than any zos-monitor would")
        return bytes(found)

    def _refused(self, status: int, path: str, body: bytes) -> Exception:
        try:
            told = json.loads(body)
        except (ValueError, RecursionError):
            told = None
        return refused(self.place, status, path, told, token=self._token is not None)

    def _url(self, path: str, params: Mapping[str, str] | None) -> str:
        # Typed text may hold lone surrogates, for bytes that are none of UTF-8.
        query = urlencode(params or {}, errors="surrogatepass")
        if len(query) > LONGEST_QUERY:
            raise unreachable(f"this question is too long for {self.place}: shorten the filter")
        return f"{self._base}{path}?{query}" if query else f"{self._base}{path}"


def without_credentials(url: str) -> str:
    """Return an address without a name and a password, and without a slash at its end."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit((parts.scheme, host, parts.path.rstrip("/"), "", ""))


def _read_json(place: str, body: bytes) -> Any:  # noqa: ANN401
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise stranger(place, "what is no JSON") from None
