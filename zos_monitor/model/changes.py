"""What the poll tells: what changed in the database, and whether it can be read at all."""

from __future__ import annotations

from datetime import datetime
from enum import Flag, auto
from typing import NamedTuple

from zos_monitor.model.faults import FaultKind


class Changed(Flag):
    """The parts of the database that commits touched."""

    NOTHING = 0
    RUNS = auto()
    CALLS = auto()
    INSIGHTS = auto()
    OTHER = auto()  # something that the marks don't show: another table, an edit of an old row
    ALL = RUNS | CALLS | INSIGHTS | OTHER


class Health(NamedTuple):
    """Whether the database can be read, in words for people.

    ``fault`` is None while it can; ``message`` then is empty, or notes what the reading leaves
    out. ``since`` is when this state was first seen. With a fault, ``good_at`` is the last time at
    which what had been read was still up to date; None where nothing has been read so far.
    ``redacted`` tells whether answers leave out what is private. ``doubt`` says in a few words why
    what is read may not be what zos has committed, such as ``log left out``; empty where it is.
    """

    since: datetime
    fault: FaultKind | None = None
    message: str = ""
    good_at: datetime | None = None
    redacted: bool = False
    doubt: str = ""


class Change(NamedTuple):
    """One piece of news from the poll.

    ``changed`` says what to ask again; it is empty where only the health turned.
    ``committed_at`` is when the files were last written, None where that can't be told.
    """

    changed: Changed
    health: Health
    committed_at: datetime | None
