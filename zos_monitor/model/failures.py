"""Failure groups: the errors of many runs by their cause."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FailureGroup:
    """All errors of one cause among some runs.

    ``cause`` is what ``cause_of`` says of each of them, so that the filter ``cause:`` finds these
    very runs. ``nodes`` and ``layers`` are those they happened in, with how many errors each has,
    most first. ``nights`` counts the errors by night, which is named by the date of its noon
    before. ``first_seen`` and ``last_seen`` are when the first and the last of the runs started.
    """

    cause: str
    errors: int
    runs: int
    nodes: tuple[tuple[str, int], ...]
    layers: tuple[tuple[str, int], ...]
    first_seen: datetime | None
    last_seen: datetime | None
    nights: Mapping[date, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Failures:
    """The failure groups of the runs that a filter matches, the most frequent first.

    ``runs`` counts the runs gone through so far, ``failing`` those of them with errors. ``share``
    (0 to 1) is how much of the history has been gone through: 1 where the answer is whole.
    ``first_night`` is the first night with an error, None where there is none.
    """

    groups: tuple[FailureGroup, ...]
    runs: int
    failing: int
    share: float
    since: datetime | None
    until: datetime | None
    first_night: date | None
