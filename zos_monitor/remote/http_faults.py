"""What can be wrong with a server, in one sentence each."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator

import httpx

from zos_monitor.model.faults import DatabaseFault, FaultKind, NotOffered
from zos_monitor.model.text import one_line

_LONGEST = 300  # characters of what a server says


class Lasting(DatabaseFault):
    """What is wrong with a server that waiting does not mend."""

    def __init__(self, message: str) -> None:
        super().__init__(FaultKind.UNREACHABLE, message)


class Misunderstood(DatabaseFault):
    """A question that a server takes for none: asked again, it would be the same."""

    def __init__(self, message: str) -> None:
        super().__init__(FaultKind.UNREACHABLE, message)


def unreachable(message: str) -> DatabaseFault:
    """Return the fault of a server that can't be asked."""
    return DatabaseFault(FaultKind.UNREACHABLE, message)


def stranger(place: str, found: str) -> DatabaseFault:
    """Return the fault of a server whose answer is none of a zos-monitor; ``found`` is what it is.

    ``found`` follows on "answers with", such as ``what is no JSON``.
    """
    return unreachable(f"{place} answers with {said(found)}; mind the address and the port")


def said(text: object) -> str:
    """Return what a server says in one short line that is safe for a terminal."""
    line = one_line(str(text)[: 2 * _LONGEST])
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"


def explain(place: str, error: Exception, seconds: float) -> DatabaseFault:
    """Return the fault behind what httpx raises; ``seconds`` is how long was waited at most."""
    causes = list(_causes(error))
    if isinstance(error, httpx.TimeoutException):
        return unreachable(f"{place} does not answer within {seconds:g} seconds")
    for cause in causes:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return unreachable(f"{place} can't be trusted: {said(cause.verify_message)}")
        if isinstance(cause, ssl.SSLError):
            reason = said(cause.reason or "no encryption")
            return unreachable(f"{place} speaks no TLS that we know ({reason}); is it http:// ?")
        if isinstance(cause, socket.gaierror):
            return unreachable(f"the host of {place} is not known; mind its name")
        if isinstance(cause, ConnectionRefusedError):
            return unreachable(f"{place} refuses the connection; is zos-monitor api running there?")
    if isinstance(error, httpx.ConnectError):
        reasons = [one.strerror for one in causes if isinstance(one, OSError) and one.strerror]
        return unreachable(f"{place} can't be reached ({said(next(iter(reasons), error))})")
    if isinstance(error, httpx.LocalProtocolError | httpx.UnsupportedProtocol | httpx.InvalidURL):
        return unreachable(f"{place} can't be asked: {said(error)}")
    if isinstance(error, httpx.DecodingError):
        return stranger(place, "what can't be unpacked")
    cut = ("disconnected", "closed connection")  # as httpcore and h11 say it
    if isinstance(error, httpx.RemoteProtocolError) and not any(one in str(error) for one in cut):
        return stranger(place, "what is no HTTP")
    return unreachable(f"{place} closed the connection")


def refused(place: str, status: int, path: str, body: object, *, token: bool) -> DatabaseFault:
    """Return the fault that a status other than success tells of.

    ``body`` is the JSON that came along, None where it was none; ``token`` says whether one was
    sent.
    """
    told = body.get("detail") if isinstance(body, dict) else None
    if status in (401, 403):
        if token:
            return Lasting(f"{place} does not take this token; mind --token-env")
        return Lasting(f"{place} asks for a token; name its variable with --token-env")
    if isinstance(told, str) and isinstance(body, dict) and status == 503:
        kind = body.get("fault")
        known = kind if isinstance(kind, str) and kind in set(FaultKind) else FaultKind.OTHER
        return DatabaseFault(FaultKind(known), said(told))
    if status == 404:
        return NotOffered(f"{place} does not offer {path}")
    if 300 <= status < 400:
        return stranger(place, "a redirect")
    if isinstance(told, list) and told and isinstance(told[0], dict):
        told = f"{told[0].get('loc')}: {told[0].get('msg')}"  # what was wrong with a parameter
    if isinstance(told, str):
        kind = Misunderstood if status == 422 else unreachable
        return kind(f"{place} can't answer this: {said(told)}")
    return unreachable(f"{place} answers with status {status}")


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield an exception and all that it came from, groups included, at most once each."""
    seen: set[int] = set()
    waiting: list[BaseException | None] = [error]
    while waiting:
        one = waiting.pop()
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        if isinstance(one, BaseExceptionGroup):
            waiting.extend(one.exceptions)
        waiting.extend((one.__context__, one.__cause__))
