"""Closes connections that nobody holds any more.

Where a question is cancelled in the wrong moment, such as between its connection being made and
being used, the pool of connections keeps that for ever, open. In weeks of questions that were
given up for newer ones that would come to more than a process may have open.

This leans on private parts of httpx and httpcore. Where those are otherwise, nothing is done.
"""

from __future__ import annotations

from collections.abc import Container
from typing import Any

import httpx

ASKED = "zos_monitor.asked"
"""Names the extension of a request by which the question is known that makes it."""


async def close_orphans(client: httpx.AsyncClient, asked: Container[object]) -> None:
    """Close the connections that are neither idle nor in the hands of the questions ``asked``."""
    pool: Any = getattr(getattr(client, "_transport", None), "_pool", None)
    connections, requests = (getattr(pool, name, None) for name in ("_connections", "_requests"))
    if not isinstance(connections, list) or not isinstance(requests, list):
        return
    for each in list(requests):
        if each.request.extensions.get(ASKED) not in asked:
            requests.remove(each)
    held = {id(each.connection) for each in requests}
    for connection in list(connections):
        if id(connection) in held or connection.is_idle() or connection.is_closed():
            continue
        connections.remove(connection)
        await connection.aclose()
