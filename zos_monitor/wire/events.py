"""The stream of news: server-sent events, and what they tell."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterable, Mapping
from datetime import datetime
from typing import Any

from zos_monitor.model.changes import Change, Changed, Health
from zos_monitor.model.faults import FaultKind
from zos_monitor.wire.codec import WireError

CHANGE = "change"
"""The name of the event that tells a change."""

_PARTS = {part.name.lower(): part for part in Changed if part.name is not None}


async def events(lines: AsyncIterable[str]) -> AsyncGenerator[tuple[str, str], None]:
    """Yield the name and the data of each event that lines tell; a comment is one without both."""
    name, data = "", list[str]()
    async for line in lines:
        field, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if not line:
            if data:
                yield name or "message", "\n".join(data)
            name, data = "", []
        elif not field:
            yield "", ""
        elif field == "event":
            name = value
        elif field == "data":
            data.append(value)


def read_change(told: Any) -> Change:  # noqa: ANN401
    """Return the change that an event's JSON tells. Raises WireError where it tells none."""
    parts = _of(told, "changed", list)
    health = _of(told, "health", dict)
    changed = Changed.NOTHING
    for part in parts:
        changed |= _PARTS.get(part, Changed.OTHER) if isinstance(part, str) else Changed.OTHER
    return Change(changed, read_health(health), _instant(told.get("committed_at")))


def read_health(told: Any) -> Health:  # noqa: ANN401
    """Return the health that JSON tells. Raises WireError where it tells none."""
    fault, message = _of(told, "fault", str | None), _of(told, "message", str)
    since = _instant(told.get("since"))
    if since is None:
        raise WireError("since is missing")
    kind = None
    if fault is not None:
        kind = FaultKind(fault) if fault in set(FaultKind) else FaultKind.OTHER
    redacted = told.get("redacted") is True
    doubt = told.get("doubt")
    doubt = doubt if isinstance(doubt, str) else ""
    return Health(since, kind, message, _instant(told.get("good_at")), redacted, doubt)


def read_instant(told: Any, name: str) -> datetime | None:  # noqa: ANN401
    """Return the instant of this name, None where there is none. Raises WireError."""
    return _instant(_of(told, name, str | None))


def _of(told: Any, name: str, kind: Any) -> Any:  # noqa: ANN401
    if not isinstance(told, Mapping) or not isinstance(found := told.get(name), kind):
        raise WireError(f"{name} is missing, or none")
    return found


def _instant(text: Any) -> datetime | None:  # noqa: ANN401
    if text is None:
        return None
    try:
        instant = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        raise WireError("no instant") from None
    if instant.tzinfo is None:
        raise WireError("an instant without an offset")
    return instant
