"""A run beside another one of its layer: what is the same, and what is new."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from zos_monitor.model.runs import RunDetail


class Partner(StrEnum):
    """Which run another one is compared with."""

    LAST_SUCCESS = "last success"
    MARKED = "marked run"


class CauseCount(NamedTuple):
    """A cause of errors, in the words that group them, and how many errors it has."""

    cause: str
    errors: int


class FailedTopic(NamedTuple):
    """A topic that failed in one of two runs only, with its name where one is known.

    ``cause`` is that of its first error. ``in_both`` tells whether the run in which it didn't fail
    has worked on it all the same, by its calls and insights; None where that run left none.
    """

    topic: str
    topic_name: str | None
    cause: str
    in_both: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """One run (``this``) beside another (``other``), None where there is none to compare with.

    ``partner`` says how the other one was chosen. Causes and topics are told where they differ:
    ``new_causes`` and ``newly_failing`` are those of this run only, ``gone_causes`` and
    ``recovered`` those of the other only.
    """

    this: RunDetail
    other: RunDetail | None
    partner: Partner
    new_causes: tuple[CauseCount, ...] = ()
    gone_causes: tuple[CauseCount, ...] = ()
    newly_failing: tuple[FailedTopic, ...] = ()
    recovered: tuple[FailedTopic, ...] = ()
