"""A zos-monitor api: what it is, what its clock says, and its questions on the wire."""

from __future__ import annotations

import json
import math
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from datetime import timedelta
from typing import Any, NamedTuple

from zos_monitor.model.changes import Change, Health
from zos_monitor.model.faults import DatabaseFault, FaultKind
from zos_monitor.model.times import utc_now
from zos_monitor.remote.http import Http
from zos_monitor.remote.http_faults import Lasting, said, stranger, unreachable
from zos_monitor.wire import PROTOCOL, SERVICE
from zos_monitor.wire.codec import WireError
from zos_monitor.wire.events import CHANGE, events, read_change, read_health, read_instant
from zos_monitor.wire.questions import QUESTIONS, Question

_GREETING_SECONDS = 10.0

SKEW = timedelta(seconds=3)
"""Clocks that differ by no more than this are taken for one."""


class Greeting(NamedTuple):
    """What a server says of itself: its health, and how far its clock is ahead of ours."""

    health: Health
    ahead: timedelta


class Server:
    """One zos-monitor api; whatever is none is a DatabaseFault, never another exception."""

    def __init__(self, http: Http) -> None:
        self._http = http

    @property
    def place(self) -> str:
        """The server's address."""
        return self._http.place

    async def greet(self) -> Greeting:
        """Return what the server says of itself. Raises DatabaseFault where it is not one of ours.

        So does one that speaks another version of the protocol, with what to do about it.
        """
        asked_at = utc_now()
        told = await self._http.get("/health", also=(503,), patience=_GREETING_SECONDS)
        answered_at = utc_now()
        check_greeting(self.place, told)
        try:
            health, now = read_health(told), read_instant(told, "now")
        except WireError as error:
            raise self._strange(error) from None
        ahead = timedelta()
        if now is not None:
            ahead = now - (asked_at + (answered_at - asked_at) / 2)
        return Greeting(health, ahead if abs(ahead) > SKEW else timedelta())

    async def news(self) -> AsyncGenerator[Change | None, None]:
        """Yield the news as they come, for as long as the server tells any; None for a beat."""
        only = {"kinds": CHANGE}
        lines = self._http.lines("/runs/events", only, patience=math.inf)  # up to who reads
        async with aclosing(lines), aclosing(events(lines)) as told:
            async for name, data in told:
                if name != CHANGE:
                    yield None
                    continue
                try:
                    yield read_change(json.loads(data))
                except (ValueError, RecursionError) as error:
                    raise self._strange(error) from None

    async def ask(self, name: str, asking: Mapping[str, str], arguments: Mapping[str, Any]) -> Any:  # noqa: ANN401
        """Return the answer to a question; ``asking`` says who asks."""
        question = QUESTIONS[name]
        told = await self._http.get(f"/questions/{name}", {**question.written(arguments), **asking})
        return self._decoded(question, told)

    async def follow(
        self, name: str, asking: Mapping[str, str], arguments: Mapping[str, Any]
    ) -> AsyncGenerator[Any, None]:
        """Yield the pieces of an answer that comes bit by bit."""
        question = QUESTIONS[name]
        lines = self._http.lines(f"/questions/{name}", {**question.written(arguments), **asking})
        async with aclosing(lines):
            async for line in lines:
                if not line:
                    continue  # it goes on
                told = self._line(line)
                if "piece" in told:
                    yield self._decoded(question, told["piece"])
                elif told.get("whole") is True:
                    return
                else:
                    raise self._fault(told)
        raise unreachable(f"{self.place} closed the connection before all was told")

    def _line(self, line: str) -> dict[str, Any]:
        try:
            told = json.loads(line)
        except (ValueError, RecursionError):
            told = None
        if not isinstance(told, dict):
            raise stranger(self.place, "what is no answer of a zos-monitor")
        return told

    def _fault(self, told: Mapping[str, Any]) -> DatabaseFault:
        kind, detail = told.get("fault"), told.get("detail")
        if not isinstance(detail, str) or not isinstance(kind, str):
            return stranger(self.place, "what is no answer of a zos-monitor")
        return DatabaseFault(
            FaultKind(kind) if kind in set(FaultKind) else FaultKind.OTHER, said(detail)
        )

    def _decoded(self, question: Question, told: Any) -> Any:  # noqa: ANN401
        try:
            return question.answer.decode(told)
        except WireError as error:
            raise self._strange(error) from None

    def _strange(self, error: Exception) -> DatabaseFault:
        return stranger(self.place, f"what is no answer of a zos-monitor ({said(error)})")


def is_ours(told: Any) -> bool:  # noqa: ANN401
    """Tell whether this is what a zos-monitor api says of itself."""
    return (
        isinstance(told, dict)
        and told.get("service") == SERVICE
        and isinstance(told.get("protocol"), int)
    )


def check_greeting(place: str, told: Any) -> None:  # noqa: ANN401
    """Raise DatabaseFault where what a server says of itself is not what one of ours would."""
    if not is_ours(told):
        raise stranger(place, "what is no answer of a zos-monitor")
    protocol = told["protocol"]
    if protocol != PROTOCOL:
        older = "zos-monitor here" if protocol > PROTOCOL else "the zos-monitor there"
        raise Lasting(
            f"{place} speaks version {protocol} of the protocol, we speak {PROTOCOL}: "
            f"upgrade {older}"
        )
