"""Connections that are not held for ever: how many there are at most, and how long one may idle."""

from __future__ import annotations

import asyncio
import resource
from functools import cache
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

HEAD_SECONDS = 20.0
"""How long a client may take for a request."""

READ_SECONDS = 60.0
"""How long a client may take until it reads on."""

MOST = 4_096
"""The most connections at a time, where this process may have so many files open."""

AT_ONCE = 256
"""How many connections are taken before some of them may be refused."""

_OWN_FILES = 448
"""How many files are left for those, for the database, and for all else."""

_FULL = b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nConnection: close\r\n\r\n"


@cache
def most_connections() -> int:
    """Return how many connections there may be, having more files allowed if possible.

    Without a limit of ours there would be no file left for the database, nor for a further
    connection, of which asyncio tells without end.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST + _OWN_FILES
    if soft != resource.RLIM_INFINITY and soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    allowed = wanted if soft == resource.RLIM_INFINITY else soft
    return min(MOST, max(allowed - _OWN_FILES, allowed // 2))


class Connection(H11Protocol):
    """A connection to a client, which is left when the client is too slow about it."""

    _asking: asyncio.TimerHandle | None = None
    _reading: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:  # noqa: ANN401 (uvicorn narrows asyncio's)
        """Wait for a request; one connection too many is refused."""
        super().connection_made(transport)
        if len(self.connections) > most_connections():
            transport.write(_FULL)
            transport.close()
            self._await_reading()
        self._await_request()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing any more; of one that is reset uvicorn would await the idle end."""
        for timer in (self._asking, self._reading, self.timeout_keep_alive_task):
            if timer is not None:
                timer.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take a part of a request; while one is being answered, nothing need follow."""
        super().data_received(data)
        if self.cycle is None or self.cycle.response_complete:
            self._await_request()
        elif self._asking is not None:
            self._asking.cancel()
            self._asking = None

    def pause_writing(self) -> None:
        """Wait until the client reads."""
        super().pause_writing()
        self._await_reading()

    def resume_writing(self) -> None:
        """Go on, for the client reads."""
        if self._reading is not None:
            self._reading.cancel()
            self._reading = None
        super().resume_writing()

    def timeout_keep_alive_handler(self) -> None:
        """Close a connection that is idle, once the client has read what it was sent."""
        super().timeout_keep_alive_handler()
        self._await_reading()

    def _await_request(self) -> None:
        if self._asking is None and not self.transport.is_closing():
            self._asking = self.loop.call_later(HEAD_SECONDS, self.transport.abort)

    def _await_reading(self) -> None:
        if self._reading is None:
            self._reading = self.loop.call_later(READ_SECONDS, self.transport.abort)
