"""Why a question has no answer, in words for people."""

from __future__ import annotations

from enum import StrEnum


class FaultKind(StrEnum):
    """Why the database can't be read at present."""

    MISSING = "missing"
    UNREADABLE = "unreadable"
    NOT_SQLITE = "not sqlite"
    DAMAGED = "damaged"
    NOT_ZOS = "not zos"
    LOCKED = "locked"
    SLOW = "slow"
    """It is being read, and no answer has come for longer than one should take."""
    UNREACHABLE = "unreachable"
    """The server that reads it for us does not answer, or not as one of ours would."""
    NOT_OFFERED = "not offered"
    OTHER = "other"
    UNFORESEEN = "unforeseen"
    """A fault of the monitor's own; see ``reports``."""


class DatabaseFault(Exception):
    """The database can't be read; the message says what is wrong and what to do about it."""

    def __init__(self, kind: FaultKind, message: str) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message


class NotOffered(DatabaseFault):
    """What answers the questions does not know this one, and never will; all others may go on.

    ``word`` is the word of a filter that it does not know, empty where that is none of them.
    """

    def __init__(self, message: str, *, word: str = "") -> None:
        super().__init__(FaultKind.NOT_OFFERED, message)
        self.word = word


class NotFound(Exception):
    """What was asked for by name is not there, or is more than one thing; the message says so."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message
