"""Words of a filter read as terms: the keys there are, and what each of them accepts.

A new key is a member of ``FilterKey``, a check in ``_CHECKS`` where not every value will do, and
its SQL in the store.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from types import MappingProxyType

from zos_monitor.model.filter_terms import TYPED_KEYS, FilterError, FilterKey, LayerKind, Term
from zos_monitor.model.filter_times import TIME_FORMS, read_moment
from zos_monitor.model.filter_words import Value, Word
from zos_monitor.model.states import RunState
from zos_monitor.model.times import means_all

MAX_LENGTH = 1000
"""How many characters one value may have."""


def read_term(text: str, word: Word) -> Term:
    """Return the term that a word of the text means, or raise FilterError."""
    if word.unclosed is not None:
        message = 'This quote is never closed: put a second " at the end of the quoted text.'
        raise FilterError(message, text, word.unclosed, len(text))
    if word.negated and word.body == word.end:
        message = 'This - stands alone: write what it excludes right after it, or quote it as "-".'
        raise FilterError(message, text, word.start, word.end)
    key = FilterKey.TEXT if word.key is None else _read_key(text, word, word.key)
    for value in word.values:
        _check_length(text, word, value)
    check = _CHECKS.get(key)
    if check:
        check(text, word)
    lower = key in _WORDS
    return Term(
        key=key,
        values=tuple(value.pattern.lower() if lower else value.pattern for value in word.values),
        negated=word.negated,
        start=word.start,
        end=word.end,
    )


def _read_key(text: str, word: Word, typed: str) -> FilterKey:
    if typed.lower() in TYPED_KEYS:
        return FilterKey(typed.lower())
    what = f"Unknown key {_shown(typed)}" if typed else "There is no key before this colon"
    message = (
        f"{what}{_nearest(typed, TYPED_KEYS)}: use {_listed(TYPED_KEYS)}, "
        "or put the word in quotes to search for it as text."
    )
    raise FilterError(message, text, word.body, word.body + len(typed) + 1)


def _check_length(text: str, word: Word, value: Value) -> None:
    if not value.pattern:
        where = "beside a comma" if len(word.values) > 1 else "here"
        message = f"A value is missing {where}: write it, or remove the word."
        raise FilterError(message, text, word.start, word.end)
    if len(value.pattern) > MAX_LENGTH:
        message = f"This value is too long: search for at most {MAX_LENGTH} characters of it."
        raise FilterError(message, text, value.start, value.end)


def _check_words(what: str, known: Sequence[str], text: str, word: Word) -> None:
    for value in word.values:
        typed = value.pattern.lower()
        if typed not in known:
            message = (
                f"Unknown {what} {_shown(value.pattern)}{_nearest(typed, known)}: "
                f"use {_listed(known)}."
            )
            raise FilterError(message, text, value.start, value.end)


def _check_time(text: str, word: Word) -> None:
    key = (word.key or "").lower()
    if word.negated:
        other = FilterKey.UNTIL if key == FilterKey.SINCE else FilterKey.SINCE
        message = f"A time cannot be excluded: remove the dash, or use {other}: instead."
        raise FilterError(message, text, word.start, word.end)
    if len(word.values) > 1:
        message = f"{key}: takes one time: remove the others."
        raise FilterError(message, text, word.values[1].start, word.values[-1].end)
    value = word.values[0]
    if means_all(value.pattern) and key == FilterKey.SINCE:
        return
    if read_moment(value.pattern) is None:
        forms = f"{TIME_FORMS}, or all" if key == FilterKey.SINCE else TIME_FORMS
        message = f"{_shown(value.pattern)} is not a time: write {forms}."
        raise FilterError(message, text, value.start, value.end)


def _nearest(typed: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(typed.lower(), known, n=1)
    return f" (did you mean {near[0]}?)" if near else ""


def _listed(words: Iterable[str]) -> str:
    *first, last = words
    return f"{', '.join(first)} or {last}"


def _shown(value: str) -> str:
    return f'"{value}"' if len(value) <= 40 else f'"{value[:39]}…"'


_WORDS = frozenset({FilterKey.STATUS, FilterKey.KIND})  # which take words of ours, in any case
_CHECKS: Mapping[FilterKey, Callable[[str, Word], None]] = MappingProxyType(
    {
        FilterKey.STATUS: partial(_check_words, "state", tuple(RunState)),
        FilterKey.KIND: partial(_check_words, "kind", tuple(LayerKind)),
        FilterKey.SINCE: _check_time,
        FilterKey.UNTIL: _check_time,
    }
)
