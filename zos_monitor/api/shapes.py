"""The shapes that only the HTTP face has: lists of runs, health, events, and what went wrong."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from zos_monitor.answers.encoding import LEFT_OUT, instant
from zos_monitor.answers.runs import RunAnswer
from zos_monitor.answers.totals import StatsAnswer
from zos_monitor.model.changes import Change, Changed, Health
from zos_monitor.wire import PROTOCOL, SERVICE


@dataclass(frozen=True, slots=True, kw_only=True)
class RunListAnswer:
    """Some of the matching runs, newest first; ``total`` counts all of them.

    ``items`` is the same list as ``runs``, for those who ask in another API's words.
    """

    runs: list[RunAnswer]
    total: int
    offset: int
    limit: int
    has_more: bool
    items: list[RunAnswer] | None = field(default=None, metadata=LEFT_OUT)


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerPeriodAnswer(StatsAnswer):
    """Figures over one layer's runs that began in a period; see StatsAnswer."""

    layer_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """Why there is no answer, in a sentence.

    ``fault`` is the kind of what is wrong with the database, where that is why.
    """

    detail: str
    fault: str | None = field(default=None, metadata=LEFT_OUT)


@dataclass(frozen=True, slots=True, kw_only=True)
class BadParameter:
    """A parameter that means nothing: where it stands, what is wrong with it, and which rule."""

    loc: list[str | int]
    msg: str
    type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BadParameters:
    """The parameters that mean nothing."""

    detail: list[BadParameter]


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthEvent:
    """Whether the database can be read, since when, and what is wrong in words for people.

    ``good_at`` is when what was read last was still up to date; null while it can be read.
    ``redacted`` is there where answers leave out what is private, ``doubt`` where what can be read
    may not be what zos has committed, and says why in a few words.
    """

    fault: str | None
    message: str
    since: str | None
    good_at: str | None
    redacted: bool | None = field(default=None, metadata=LEFT_OUT)
    doubt: str | None = field(default=None, metadata=LEFT_OUT)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeEvent:
    """What changed: ``changed`` has the parts of the database to ask about again."""

    changed: list[str]
    health: HealthEvent
    committed_at: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthAnswer:
    """Whether the database can be read, and since when that is so.

    ``detail`` is there while it can't, and says the same as ``message``; ``good_at`` is when what
    was read last was still up to date, null while it can be read. ``committed_at`` is when
    the database was last written, null where that can't be told. ``protocol`` is the version of
    what a dashboard on another machine asks, ``now`` the server's time, by which that goes.
    ``redacted`` is there where answers leave out what is private, ``doubt`` where what can be read
    may not be what zos has committed, and says why in a few words.
    """

    service: Literal["zos-monitor"]
    protocol: int
    now: str | None
    status: Literal["ok", "unavailable"]
    fault: str | None
    message: str
    since: str | None
    good_at: str | None
    committed_at: str | None
    version: str
    detail: str | None = field(default=None, metadata=LEFT_OUT)
    redacted: bool | None = field(default=None, metadata=LEFT_OUT)
    doubt: str | None = field(default=None, metadata=LEFT_OUT)


def change_event(change: Change) -> ChangeEvent:
    """Return news as they are sent."""
    return ChangeEvent(
        changed=[str(part.name).lower() for part in Changed if part in change.changed],
        health=health_event(change.health),
        committed_at=instant(change.committed_at),
    )


def health_event(health: Health) -> HealthEvent:
    """Return a health as it is sent."""
    return HealthEvent(
        fault=health.fault,
        message=health.message,
        since=instant(health.since),
        good_at=instant(health.good_at),
        redacted=health.redacted or None,
        doubt=health.doubt or None,
    )


def health_answer(change: Change, version: str, now: datetime) -> HealthAnswer:
    """Return the health that the newest news have."""
    health = change.health
    return HealthAnswer(
        service=SERVICE,
        protocol=PROTOCOL,
        now=instant(now),
        status="ok" if health.fault is None else "unavailable",
        fault=health.fault,
        message=health.message,
        since=instant(health.since),
        good_at=instant(health.good_at),
        committed_at=instant(change.committed_at),
        version=version,
        detail=health.message if health.fault is not None else None,
        redacted=health.redacted or None,
        doubt=health.doubt or None,
    )
