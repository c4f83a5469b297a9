"""The server: uvicorn, with streams that end when it does."""

from __future__ import annotations

import asyncio
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

import uvicorn

from zos_monitor.api.connections import AT_ONCE, Connection

CUT_SECONDS = 0.6
"""How long a stopping server waits for clients that read what it still answers."""

GRACE_SECONDS = 2
"""How long it waits for its own tasks, which have been given up by then."""

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Server(uvicorn.Server):
    """Serves an application in the running event loop, until it is told to stop.

    ``at_stop`` is called before it waits for what is still being answered. ``ready`` is set once
    it answers.
    """

    def __init__(
        self,
        app: Any,  # noqa: ANN401 (an ASGI application, which each library types in its own way)
        *,
        at_stop: Callable[[], None] = lambda: None,
        access_log: bool = False,
    ) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                http=Connection,
                backlog=AT_ONCE,
                ws="none",
                lifespan="on",
                log_config=None,
                access_log=access_log,
                server_header=False,
                proxy_headers=False,
                timeout_graceful_shutdown=GRACE_SECONDS,
                h11_max_incomplete_event_size=65_536,
            )
        )
        self._at_stop = at_stop
        self.ready = asyncio.Event()
        self.signalled: int | None = None
        """The number of the signal that has stopped it, None for none."""

    def stop(self) -> None:
        """Have it stop in order; asked for once more, at once."""
        self.force_exit = self.should_exit
        self.should_exit = True

    @contextmanager
    def stopping_on_signals(self) -> Iterator[None]:
        """Have signals stop it meanwhile."""
        loop = asyncio.get_running_loop()

        def stop(number: int) -> None:
            self.signalled = number
            self.stop()

        for number in SIGNALS:
            loop.add_signal_handler(number, stop, number)
        try:
            yield
        finally:
            for number in SIGNALS:
                loop.remove_signal_handler(number)

    def capture_signals(self) -> AbstractContextManager[None]:  # type: ignore[override]
        """Leave signals alone: they are for whoever runs the loop, who may run more in it."""
        return nullcontext()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to answer."""
        await super().startup(sockets)
        self.ready.set()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End the streams, which would go on for ever, and then everything else."""
        self._at_stop()
        cut = asyncio.get_running_loop().call_later(CUT_SECONDS, self._cut)
        try:
            await super().shutdown(sockets)
        finally:
            cut.cancel()
            self._cut()

    def _cut(self) -> None:
        """Leave those who read nothing any more, for they would be waited for."""
        for connection in list(self.server_state.connections):
            connection.transport.abort()
