"""A run's LLM calls and insights, in the short form of lists and with their texts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One LLM call as a list shows it; its prompt and its response may be huge and are not here.

    zos writes the row once the call has ended, at ``ended_at`` (aware, in UTC): what it stores as
    ``created_at``. Less the latency that is never before the run's start, and never before the end
    of the run's call before. ``succeeded`` is None where the database doesn't say. ``error`` is
    its error message, of a very long one the beginning and the end, empty where there is none.
    ``cost_usd`` is in US dollars. None means not recorded; a latency below zero is none.
    """

    id: str
    topic: str | None
    topic_name: str | None
    kind: str
    """What zos calls the type of the call, such as ``reflection``."""
    model_profile: str | None
    model_provider: str | None
    model_name: str | None
    tokens_input: int | None
    tokens_output: int | None
    tokens_total: int | None
    cost_usd: float | None
    latency: timedelta | None
    succeeded: bool | None
    error: str
    ended_at: datetime | None

    @property
    def began_at(self) -> datetime | None:
        """When the call was sent: its end without its latency; None where either is unknown."""
        if self.ended_at is None or self.latency is None:
            return None
        try:
            return self.ended_at - self.latency
        except OverflowError:
            return None


@dataclass(frozen=True, slots=True, kw_only=True)
class CallText:
    """What a call sent and got, whole; None where it is not recorded."""

    id: str
    prompt: str | None
    response: str | None
    error: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Insight:
    """One insight as a list shows it.

    ``gist`` is how its content begins. ``strength`` has no bounds, ``confidence`` and
    ``importance`` are 0 to 1 where zos keeps to its own rules.
    """

    id: str
    topic: str | None
    topic_name: str | None
    category: str
    strength: float | None
    confidence: float | None
    importance: float | None
    created_at: datetime | None
    gist: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InsightText:
    """An insight whole: its content, and its other columns by their names, in stored order."""

    id: str
    content: str
    others: tuple[tuple[str, str], ...]
