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
    try:
        given_up = [one for one in requests if one.request.extensions.get(ASKED) not in asked]
        held = {id(one.connection) for one in requests if one not in given_up}
        orphans = [
            one
            for one in connections
            if id(one) not in held and not one.is_idle() and not one.is_closed()
        ]
    except AttributeError:
        return
    for one in given_up:
        requests.remove(one)
    for one in orphans:
        if one in connections:
            connections.remove(one)
            await one.aclose()
