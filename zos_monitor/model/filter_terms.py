"""What a filter consists of, once understood, and what is raised where it is not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple


class FilterKey(StrEnum):
    """What a term asks about, by the word before its colon. TEXT is a bare word, without a key."""

    STATUS = "status"
    LAYER = "layer"
    KIND = "kind"
    SINCE = "since"
    UNTIL = "until"
    ID = "id"
    ERROR = "error"
    CAUSE = "cause"
    TEXT = "text"


TYPED_KEYS = tuple(key for key in FilterKey if key is not FilterKey.TEXT)
"""The keys that can be written before a colon."""


class LayerKind(StrEnum):
    """What starts the runs of a layer: the clock, or talk and hands."""

    SCHEDULED = "scheduled"
    CONVERSATION = "conversation"


class Term(NamedTuple):
    r"""One word of a filter, and its span in the text (with the dash and the quotes).

    A run satisfies it if any of the values fits, or, negated, if none does. Values of status and
    kind are states and kinds in lower case; values of layer, id, error, cause and text are patterns
    in the form that ``matches`` takes: ``*`` is a wildcard, ``\*`` a star that was typed in quotes.
    """

    key: FilterKey
    values: tuple[str, ...]
    negated: bool
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFilter:
    """A filter that was understood: the text as typed, and its terms, all of which must hold."""

    text: str = ""
    terms: tuple[Term, ...] = ()


class TimeBounds(NamedTuple):
    """The instants, in UTC, between which runs start: since inclusive, until exclusive."""

    since: datetime | None = None
    until: datetime | None = None


MAX_SHOWN = 40


class FilterError(ValueError):
    """A filter that cannot be understood.

    ``message`` says what is wrong and what to do, ``text`` is the whole filter as typed, and
    ``text[start:end]`` the part of it that is at fault.
    """

    def __init__(self, message: str, text: str, start: int, end: int) -> None:
        super().__init__(message)
        self.message = message
        self.text = text
        self.start = start
        self.end = end

    @property
    def word(self) -> str:
        """The part at fault, for showing: the beginning of it where it is long."""
        word = self.text[self.start : self.end]
        return word if len(word) <= MAX_SHOWN else word[: MAX_SHOWN - 1] + "…"
