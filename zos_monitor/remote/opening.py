"""What is at an address: a zos-monitor api, a zos, or nothing that answers yet."""

from __future__ import annotations

import asyncio
import re
import threading
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from zos_monitor.model.faults import DatabaseFault, NotOffered
from zos_monitor.model.text import one_line
from zos_monitor.remote.http import Http
from zos_monitor.remote.http_faults import Lasting
from zos_monitor.remote.server import Server, is_ours
from zos_monitor.remote.service import RemoteService

if TYPE_CHECKING:
    from zos_monitor.questions import Service

PROBE_SECONDS = 2.0
"""How long a server is asked at most for what it is."""

_TOKEN = re.compile(r"[!-~]+")


class AddressError(Exception):
    """There can be no server at an address; the message is a sentence that says why."""


def service_at(url: str, token: str | None = None) -> Service:
    """Return what answers at an address; it is asked what it is, for a moment.

    What does not answer yet is taken for a zos-monitor api, which is waited for. Raises
    AddressError where the address or the token can't be one, and for what waiting can't mend.
    """
    _check(url)
    if token is not None and not _TOKEN.fullmatch(token):
        raise AddressError("the token must be visible ASCII characters, without spaces")
    found = _probe(url, token)
    if isinstance(found, timedelta):
        return RemoteService(Http(url, token=token), ahead=found)
    if found is None:
        return RemoteService(Http(url, token=token))
    from zos_monitor.remote.zos_api import ZosApiService

    return ZosApiService(Http(url, token=token))


def _check(url: str) -> None:
    shown = one_line(url[:100])
    if re.search(r"[\x00-\x20\x7f-\x9f]", url) or not url.isprintable():
        raise AddressError(f"--url {shown!r} has a space or worse in it: write http://host:port")
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as error:
        raise AddressError(
            f"--url {shown} is no address ({error}): write http://host:port"
        ) from None
    if parts.scheme not in ("http", "https"):
        raise AddressError(f"--url {shown} is no address of ours: write http://host:port")
    if not parts.hostname:
        raise AddressError(f"--url {shown} names no host: write http://host:port")
    if parts.query or parts.fragment:
        raise AddressError(f"--url {shown} is more than an address: leave out what follows ? or #")


class _Zos:
    """Stands for a server with zos's own API."""


def _probe(url: str, token: str | None) -> timedelta | type[_Zos] | None:
    """Return how far a zos-monitor api's clock is ahead, or _Zos; None where nothing answers.

    Names may take long to be looked up, and nothing can stop that: it goes on behind our back.
    """
    found: list[timedelta | type[_Zos] | AddressError | None] = []

    def ask() -> None:
        try:
            found.append(asyncio.run(_asked(url, token)))
        except (DatabaseFault, TimeoutError):
            found.append(None)
        except AddressError as error:
            found.append(error)

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(PROBE_SECONDS)
    answer = found[0] if found else None
    if isinstance(answer, AddressError):
        raise answer
    return answer


async def _asked(url: str, token: str | None) -> timedelta | type[_Zos]:
    http = Http(url, token=token, patience=PROBE_SECONDS)
    try:
        try:
            told = await http.get("/health", also=(503,))
        except NotOffered:
            told = None
        if is_ours(told):
            return (await Server(http).greet()).ahead
        try:
            runs = await http.get("/runs", {"limit": "1"})
        except NotOffered:
            runs = None
        if isinstance(runs, dict) and isinstance(runs.get("runs"), list) and "total" in runs:
            return _Zos
        raise AddressError(f"{http.place} answers, but is neither a zos-monitor api nor a zos")
    except Lasting as fault:
        raise AddressError(fault.message) from None
    finally:
        await http.closed()
