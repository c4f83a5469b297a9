"""The spelling of a filter: its text cut into words and values, and values written back.

This reads any text, also one that is half typed; what the words mean is told in ``filters``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from zos_monitor.model.wildcards import join_pattern, split_pattern

_KEY = re.compile(r'([^\s",:*]*):')
_TOKEN = re.compile(
    r'"(?P<quoted>(?:[^"\\]|\\.)*)(?P<close>"?)|(?P<mark>[,*])|[^\s",*]+', re.DOTALL
)
_ESCAPE = re.compile(r'\\(["\\])')
_SPECIAL = re.compile(r'[\s",*]')


@dataclass(frozen=True)
class Value:
    """One value of a word: the pattern it means, and its span in the text, quotes included."""

    pattern: str
    start: int
    end: int


@dataclass(frozen=True)
class Word:
    """One word of a filter: what stands between two spaces that are not in quotes.

    ``start`` and ``end`` are its span with the leading dash, ``body`` is where the dash is over.
    ``key`` is the text before the colon as typed, None for a bare word. There is always at least
    one value, if only an empty one. ``unclosed`` is the place of a quote that never ends.
    """

    start: int
    body: int
    end: int
    negated: bool
    key: str | None
    values: tuple[Value, ...]
    unclosed: int | None


def split_words(text: str) -> Iterator[Word]:
    """Yield the words of a filter text in their order. Every text has words; none is an error."""
    at = 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        word = _read_word(text, at)
        yield word
        at = word.end


def _read_word(text: str, start: int) -> Word:
    negated = text[start] == "-"
    body = at = start + negated
    key = None
    if match := _KEY.match(text, body):
        key, at = match[1], match.end()
    unclosed: int | None = None
    values: list[Value] = []
    parts, value_start = [""], at
    while token := _TOKEN.match(text, at):
        if token["mark"] == ",":
            values.append(Value(join_pattern(parts), value_start, at))
            parts, value_start = [""], token.end()
        elif token["mark"]:
            parts.append("")
        elif token["quoted"] is not None:
            parts[-1] += _ESCAPE.sub(r"\1", token["quoted"])
            unclosed = None if token["close"] else at
        else:
            parts[-1] += token[0]
        at = token.end()
    values.append(Value(join_pattern(parts), value_start, at))
    return Word(start, body, at, negated, key, tuple(values), unclosed)


def quote(value: str) -> str:
    r"""Return a value as a filter text writes it, in quotes where it would mean something else.

    Spaces, commas, colons, stars, quotes and a leading dash stand for themselves in quotes; a quote
    and a backslash inside are written ``\"`` and ``\\``.

    >>> quote("rate limit"), quote("nightly-user-reflection")
    ('"rate limit"', 'nightly-user-reflection')
    """
    return _written(value, bare=True) or '""'


def write_value(pattern: str, *, bare: bool) -> str:
    """Return a pattern as a filter text writes it: its wildcards bare, the rest quoted as needed.

    A bare word needs quotes around a colon too; after a key a colon is an ordinary character.
    """
    return "*".join(_written(part, bare=bare) for part in split_pattern(pattern))


def _written(part: str, *, bare: bool) -> str:
    if not (_SPECIAL.search(part) or part.startswith("-") or (bare and ":" in part)):
        return part
    return '"' + part.replace("\\", "\\\\").replace('"', '\\"') + '"'
