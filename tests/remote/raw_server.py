"""Servers that speak by hand: whatever a test wants to have said, and when."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

HEAD = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n"
STREAM = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"


def answer(body: str | bytes, status: str = "200 OK", *headers: str) -> bytes:
    """Return a whole response."""
    raw = body.encode() if isinstance(body, str) else body
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(raw)}", *headers]
    return "\r\n".join([*lines, "", ""]).encode() + raw


class RawServer:
    """Says what it is told to say to each request, and notes what it was asked."""

    def __init__(self, say: Callable[[str], bytes | None]) -> None:
        self.say = say
        self.asked: list[str] = []
        self.gone = 0  # clients that left before they had an answer
        self.url = ""
        self.writers: list[asyncio.StreamWriter] = []
        self.streams: list[asyncio.StreamWriter] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.writers.append(writer)
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                self.asked.append(head)
                said = self.say(head.split(" ")[1])
                if said is None:  # it thinks for ever
                    await reader.read()
                    self.gone += 1
                    break
                if said.startswith(STREAM):
                    self.streams.append(writer)
                writer.write(said)
                await writer.drain()
                if not said or b"Connection: close" in said:
                    break
        if said is None or not said.startswith(STREAM):
            writer.close()

    def cut(self) -> None:
        """Close all connections."""
        for writer in self.writers:
            writer.close()
        self.writers.clear()


@asynccontextmanager
async def speaking(say: Callable[[str], bytes | None]) -> AsyncIterator[RawServer]:
    """Have a server on a port of its own meanwhile."""
    server = RawServer(say)
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    server.url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
    try:
        yield server
    finally:
        server.cut()
        listening.close()
        await listening.wait_closed()
