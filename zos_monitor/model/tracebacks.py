"""Python tracebacks inside a text: its lines by what they are, and the exception at the end."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import NamedTuple

HEAD = "Traceback (most recent call last)"
_LOOKED_AT = 200_000  # characters before the end, where the last frame of a long text is looked for
_EXCEPTION_LENGTH = 4_000

# Exception groups have a gutter of bars before each line.
_GUTTER = re.compile(r"\s*[|+] ?")
_HEAD = re.compile(rf"\s*(?:[|+] )*\s*(?:Exception Group )?{re.escape(HEAD)}")
_FRAME = re.compile(r'\s+File "[^"\n]*", line \d+')
_FRAME_END = re.compile(r"\s+in \S")
_NOTES = (
    "During handling of the above exception, another exception occurred",
    "The above exception was the direct cause of the following exception",
)


class PartKind(StrEnum):
    """What a line of a text with tracebacks is."""

    TEXT = "text"
    """Anything outside of a traceback, also further lines of an exception's message."""
    HEAD = "head"
    FRAME = "frame"
    """Where a frame stands: file, line and function, rarely on two lines."""
    CODE = "code"
    """The code of the frame before it, and the marks below it."""
    EXCEPTION = "exception"
    NOTE = "note"
    """What is said between an exception and the one that came of it."""


class Part(NamedTuple):
    """One line, without its end. ``kept`` tells whether it stays when the traceback is folded."""

    kind: PartKind
    text: str
    kept: bool


def parse_traceback(text: str) -> tuple[Part, ...] | None:
    """Return all lines of a text by their kinds; None where there is no traceback in it.

    Folded, there remain the last frame with its code, the exceptions with their messages and what
    stands around them. The texts of all parts, joined by line feeds, are the whole text, but for
    carriage returns before line feeds. Never raises.
    """
    if HEAD not in text:
        return None
    lines = [line.removesuffix("\r") for line in text.split("\n")]
    kinds = _kinds(lines)
    if PartKind.HEAD not in kinds:
        return None
    last = max((at for at, kind in enumerate(kinds) if _begins(kinds, lines, at)), default=-1)
    parts = []
    for at, (kind, line) in enumerate(zip(kinds, lines, strict=True)):
        inner = kind in (PartKind.FRAME, PartKind.CODE)
        parts.append(Part(kind, line, at >= last if inner else kind is not PartKind.HEAD))
    return tuple(parts)


def last_exception(text: str) -> str | None:
    """Return the beginning of the exception that ends the last traceback, from its name on.

    None where the text has no traceback; empty where it is cut off before the exception.
    """
    head = text.rfind(HEAD, max(0, len(text) - _LOOKED_AT))
    if head < 0 and len(text) > _LOOKED_AT:
        head = text.find(HEAD, 0, _EXCEPTION_LENGTH)
    if head < 0:
        return None
    frame = text.rfind('  File "', head)
    at = text.find("\n", max(frame, head))
    while at >= 0:
        line = text[at + 1 : at + 1 + _EXCEPTION_LENGTH]
        bare = _bare(line)
        if bare[:1].strip():
            return bare
        at = text.find("\n", at + 1)
    return ""


def last_function(text: str) -> str:
    """Return the name of the function that the last frame in a text is in, empty where unknown."""
    frame = text.rfind('  File "')
    found = re.search(r",\s+in ([^\s,]{1,60})", text[frame : frame + 2_000]) if frame >= 0 else None
    return found[1] if found else ""


def _bare(line: str) -> str:
    """Return a line without the gutter of an exception group."""
    return _GUTTER.sub("", line, count=1) if line.lstrip()[:1] in ("|", "+") else line


def _kinds(lines: list[str]) -> list[PartKind]:
    kinds: list[PartKind] = []
    inside = broken = False
    for line in lines:
        bare = _bare(line)
        before = kinds[-1] if kinds else PartKind.TEXT
        if _HEAD.match(line):
            kind, inside = PartKind.HEAD, True
        elif bare.startswith(_NOTES):
            kind, inside = PartKind.NOTE, False
        elif not inside or not bare.strip():
            kind = PartKind.TEXT
        elif _FRAME.match(bare):
            kind = PartKind.FRAME
        elif bare[0] not in " \t":
            kind, inside = PartKind.EXCEPTION, False
        elif before is PartKind.FRAME and broken and _FRAME_END.match(bare):
            kind = PartKind.FRAME
        else:
            kind = PartKind.CODE
        kinds.append(kind)
        broken = line.endswith(",")
    return kinds


def _begins(kinds: list[PartKind], lines: list[str], at: int) -> bool:
    """Tell whether a frame begins in this line."""
    return kinds[at] is PartKind.FRAME and bool(_FRAME.match(_bare(lines[at])))
