"""What could stand in the place of the filter word that is being typed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from zos_monitor.model.filter_terms import TYPED_KEYS, FilterKey, LayerKind
from zos_monitor.model.filter_words import Word, split_words, write_value
from zos_monitor.model.states import RunState
from zos_monitor.model.wildcards import join_pattern, literal, matches, split_pattern

SAMPLE_TIMES = ("1h", "24h", "7d", "30d", "today", "yesterday")
"""Times that are offered for since and until; for since there is also all of history."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    """Candidates, the best first, each of which could replace ``text[start:end]``."""

    start: int
    end: int
    candidates: tuple[str, ...] = ()


def complete(text: str, cursor: int, *, layers: Sequence[str]) -> Completion:
    """Return what could replace the word, or the value in it, that the cursor stands in or after.

    Outside of words that is every key. Candidates that begin with what is typed before the cursor
    come first, then those that only contain it; a list's other values are not offered again.

    >>> complete("status:fa", 9, layers=())
    Completion(start=7, end=9, candidates=('failed',))
    """
    cursor = max(0, min(cursor, len(text)))
    whole = next((word for word in split_words(text) if word.start < cursor <= word.end), None)
    if whole is None:
        return Completion(start=cursor, end=cursor, candidates=_keys(""))
    *_, typed = split_words(text[:cursor])
    if typed.key is None:
        return _complete_key(text, cursor, whole)
    return _complete_value(cursor, whole, typed, layers)


def _complete_key(text: str, cursor: int, whole: Word) -> Completion:
    typed = text[whole.body : cursor]
    end = whole.end if whole.key is None else whole.body + len(whole.key) + 1
    return Completion(start=whole.body, end=end, candidates=_keys(typed))


def _keys(typed: str) -> tuple[str, ...]:
    return _ranked((f"{key}:" for key in TYPED_KEYS), literal(typed))


def _complete_value(cursor: int, whole: Word, typed: Word, layers: Sequence[str]) -> Completion:
    at = len(typed.values) - 1
    value = typed.values[at]
    # A quote that is still open has swallowed the rest of the text: what it will close is unknown.
    end = cursor if whole.unclosed is not None else whole.values[at].end
    others = {other.pattern for number, other in enumerate(whole.values) if number != at}
    choices = (choice for choice in _choices(typed, layers) if literal(choice) not in others)
    candidates = (
        write_value(literal(name), bare=False) for name in _ranked(choices, value.pattern)
    )
    return Completion(start=value.start, end=end, candidates=tuple(candidates))


def _choices(typed: Word, layers: Sequence[str]) -> Sequence[str]:
    match (typed.key or "").lower():
        case FilterKey.STATUS:
            return tuple(RunState)
        case FilterKey.KIND:
            return tuple(LayerKind)
        case FilterKey.LAYER:
            return layers
        case FilterKey.SINCE if len(typed.values) == 1:
            return (*SAMPLE_TIMES, "all")
        case FilterKey.UNTIL if len(typed.values) == 1:
            return SAMPLE_TIMES
    return ()


def _ranked(choices: Iterable[str], pattern: str) -> tuple[str, ...]:
    found = [choice for choice in choices if matches(pattern, choice)]
    beginning = join_pattern((*split_pattern(pattern), ""))
    return tuple(sorted(found, key=lambda choice: not matches(beginning, choice, whole=True)))
