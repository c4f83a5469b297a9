"""The filter language: one small language for the dashboard, the command line and the API.

``status:failed,partial layer:nightly-* since:7d -layer:dm-response error:"rate limit" Ada``

A word is ``key:value`` or bare. A space means and, a comma or, a leading ``-`` not, ``*`` any run
of characters; in double quotes all of these stand for themselves.

What reads the words is imported when there are words to read: most starts have no filter.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, tzinfo
from itertools import product
from typing import TYPE_CHECKING

from zos_monitor.model.filter_terms import (
    FilterError,
    FilterKey,
    LayerKind,
    RunFilter,
    Term,
    TimeBounds,
)
from zos_monitor.model.wildcards import literal, matches

if TYPE_CHECKING:
    from zos_monitor.model.filter_words import Word

__all__ = [
    "FilterError",
    "FilterKey",
    "LayerKind",
    "RunFilter",
    "Term",
    "TimeBounds",
    "kinds_of",
    "literal",
    "matches",
    "parse_filter",
    "time_bounds",
    "values_of",
    "with_term",
]

MAX_VALUES = 100
"""How many values one filter may have: more would be a program's text, and too much SQL."""


def parse_filter(text: str) -> RunFilter:
    """Return the filter that a text means, or raise FilterError where it means none.

    >>> [term.values for term in parse_filter("status:failed,partial Ada").terms]
    [('failed', 'partial'), ('Ada',)]
    """
    if not text or text.isspace():
        return RunFilter(text=text)
    from zos_monitor.model.filter_checks import read_term
    from zos_monitor.model.filter_words import split_words

    if (nul := text.find("\0")) >= 0:
        raise FilterError("Remove the NUL character: nothing contains it.", text, nul, nul + 1)
    words = tuple(split_words(text))
    count = 0
    for word in words:
        count += len(word.values)
        if count > MAX_VALUES:
            message = f"Leave out some words: a filter takes up to {MAX_VALUES} values."
            raise FilterError(message, text, word.start, word.end)
    terms = tuple(read_term(text, word) for word in words)
    _check_order(text, terms)
    return RunFilter(text=text, terms=terms)


def time_bounds(flt: RunFilter, *, now: datetime, zone: tzinfo = UTC) -> TimeBounds:
    """Return the span of time that a filter means now, for a reader in this zone.

    Asked again later it has moved on with ``now``, if spans or ``today`` are in it. Of several
    ``since:`` the latest counts, of several ``until:`` the earliest. ``since:all`` bounds nothing.
    """
    if not flt.terms:
        return TimeBounds()
    from zos_monitor.model.filter_times import read_moment, resolve_moment

    def instants(key: FilterKey) -> list[datetime]:
        moments = (read_moment(value) for value in values_of(flt, key))
        closing = key is FilterKey.UNTIL
        return [
            resolve_moment(moment, now=now, zone=zone, closing=closing)
            for moment in moments
            if moment is not None
        ]

    return TimeBounds(
        since=max(instants(FilterKey.SINCE), default=None),
        until=min(instants(FilterKey.UNTIL), default=None),
    )


def values_of(flt: RunFilter, key: FilterKey | str) -> tuple[str, ...]:
    """Return the values of all terms with this key that are not negated, in their order."""
    return tuple(
        value for term in flt.terms if term.key == key and not term.negated for value in term.values
    )


def kinds_of(flt: RunFilter) -> frozenset[LayerKind]:
    """Return the kinds of layers whose runs a filter lets through; both, where it names none."""
    kinds = frozenset(LayerKind)
    for term in flt.terms:
        if term.key is FilterKey.KIND:
            named = kinds.intersection(map(LayerKind, term.values))
            kinds = kinds - named if term.negated else named
    return kinds


def with_term(text: str, key: FilterKey | str, values: Iterable[str]) -> str:
    """Return the text with one term of these values in place of all un-negated ones of the key.

    The new term stands where the first old one stood, else at the end; without values the old ones
    are removed. All else stays as typed, mistakes included. Values are in the form of
    ``Term.values``, so those of ``values_of`` can be given back; empty ones are left out.

    >>> with_term("status:dry  Ada", "status", ("failed", "partial"))
    'status:failed,partial  Ada'
    """
    from zos_monitor.model.filter_words import split_words, write_value

    bare = key == FilterKey.TEXT
    written = ",".join(write_value(value, bare=bare) for value in values if value)
    term = written if bare or not written else f"{key}:{written}"
    words = list(split_words(text))
    old = [word for word in words if not word.negated and _is_of(word, key)]
    if not old and term:
        return _added(text, term, words)
    for word in reversed(old):
        if term and word is old[0]:
            text = text[: word.start] + term + text[word.end :]
        else:
            text = _removed(text, word)
    return text


def _is_of(word: Word, key: str) -> bool:
    return (FilterKey.TEXT if word.key is None else word.key.lower()) == key


def _added(text: str, term: str, words: list[Word]) -> str:
    if words and words[-1].unclosed is not None:  # It would swallow all that comes after it.
        at = words[-1].start
        return f"{text[:at]}{term} {text[at:]}"
    gap = "" if not text or text[-1].isspace() else " "
    return f"{text}{gap}{term}"


def _removed(text: str, word: Word) -> str:
    before, after = text[: word.start], text[word.end :]
    return before + after.lstrip() if after.strip() else before.rstrip()


def _check_order(text: str, terms: Iterable[Term]) -> None:
    """Raise FilterError if nothing can lie between two times that do not depend on now."""
    from zos_monitor.model.filter_times import as_written, read_moment

    fixed: dict[FilterKey, list[tuple[datetime, Term]]] = {FilterKey.SINCE: [], FilterKey.UNTIL: []}
    for term in terms:
        moment = read_moment(term.values[0]) if term.key in fixed else None
        if isinstance(moment, date):
            closing = term.key is FilterKey.UNTIL
            fixed[term.key].append((as_written(moment, closing=closing), term))
    for (since, first), (until, last) in product(*fixed.values()):
        if (since.tzinfo is None) == (until.tzinfo is None) and since >= until:
            later = max(first, last, key=lambda term: term.start)
            message = (
                f"since:{first.values[0]} is not before until:{last.values[0]}, "
                "so that no run can lie between them: change one of them."
            )
            raise FilterError(message, text, later.start, later.end)
