r"""Patterns with ``*`` for any run of characters, written as plain strings.

Every string is a pattern, and has one meaning: a ``*`` is a wildcard, a ``\*`` is the character
itself. Backslashes are ordinary characters except right before a star, where each pair of them
stands for one. So text without stars is its own pattern, and nothing is lost between the two.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

_STAR = re.compile(r"(\\*)\*")
_BACKSLASHES_AT_END = re.compile(r"(\\+)\Z")


def split_pattern(pattern: str) -> tuple[str, ...]:
    r"""Return the literal texts between a pattern's wildcards: always at least one.

    >>> split_pattern(r"a*b\*c")
    ('a', 'b*c')
    """
    parts, at = [""], 0
    for star in _STAR.finditer(pattern):
        backslashes = len(star[1])
        parts[-1] += pattern[at : star.start()] + "\\" * (backslashes // 2)
        if backslashes % 2:
            parts[-1] += "*"
        else:
            parts.append("")
        at = star.end()
    parts[-1] += pattern[at:]
    return tuple(parts)


def join_pattern(parts: Iterable[str]) -> str:
    r"""Return the pattern with these literal texts and a wildcard between each two of them.

    >>> join_pattern(("a", "b*c"))
    'a*b\\*c'
    """
    *before, last = (_STAR.sub(r"\1\1\\*", part) for part in parts)
    return "".join(_BACKSLASHES_AT_END.sub(r"\1\1", part) + "*" for part in before) + last


def literal(text: str) -> str:
    """Return the pattern that stands for this text alone, its stars included."""
    return join_pattern((text,))


def matches(pattern: str, text: str, *, whole: bool = False) -> bool:
    """Tell whether the pattern is found in the text, or with ``whole`` is all of it.

    ASCII letters match in either case, other letters only as they are, the way SQLite's LIKE does.

    >>> matches("rate*limit", "429: Rate of Limit"), matches("rate*limit", "429", whole=True)
    (True, False)
    """
    parts, folded = _folded_parts(pattern), _fold(text)
    if whole:
        if len(parts) == 1:
            return folded == parts[0]
        first, *parts, last = parts
        stop = len(folded) - len(last)
        if stop < len(first) or not (folded.startswith(first) and folded.endswith(last)):
            return False
        folded = folded[len(first) : stop]
    at = 0
    for part in parts:
        at = folded.find(part, at)
        if at < 0:
            return False
        at += len(part)
    return True


@lru_cache(maxsize=256)
def _folded_parts(pattern: str) -> list[bytes]:
    return [_fold(part) for part in split_pattern(pattern)]


def _fold(text: str) -> bytes:
    # bytes.lower() knows ASCII only, and UTF-8 finds a character nowhere but where it stands.
    return text.encode("utf-8", "surrogatepass").lower()
