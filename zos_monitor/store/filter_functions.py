"""The SQL functions of filters: what SQL alone cannot tell about a run's ``errors`` column.

zos stores errors as JSON in which SQLite's own functions stumble over lone surrogates. These take
whatever the column holds and never raise, for that would end the query of all the other rows.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import lru_cache

from zos_monitor.model.errors import parse_errors
from zos_monitor.model.text import encodable
from zos_monitor.model.wildcards import matches


def zos_error_match(errors: object, pattern: str | bytes) -> bool:
    """Tell whether one of a run's error texts contains the pattern.

    ``errors`` is the column's value, best as bytes, since SQLite's text may be no UTF-8. The
    pattern is one that ``matches`` takes; bytes are its UTF-8 form with surrogates passed through,
    as text with lone surrogates can't be bound. An error text is any text in an entry of the list
    but for its topic, its node and the keys. What isn't JSON is one text, as it stands.

    >>> zos_error_match(b'[{"topic": "Ada", "error": "Rate limit", "node": null}]', "rate*")
    True
    """
    return _any_match(errors, pattern, topics=False)


def zos_error_or_topic_match(errors: object, pattern: str | bytes) -> bool:
    """Tell whether one of a run's error texts, or of those errors' topics, contains the pattern."""
    return _any_match(errors, pattern, topics=True)


def zos_cause_match(errors: object, pattern: str | bytes) -> bool:
    """Tell whether the pattern is the whole of the cause of one of a run's errors.

    >>> zos_cause_match(b'[{"error": "Request timed out."}]', "request timed *")
    True
    """
    from zos_monitor.model.causes import cause_of  # few filters ask for causes

    pattern = _unbound(pattern)
    return any(
        matches(pattern, cause_of(error.message), whole=True) for error in parse_errors(errors)
    )


def zos_error_topic_holds(errors: object, ids: str | bytes) -> bool:
    """Tell whether the topic of one of a run's errors holds one of the ids, a JSON list of texts.

    An id is held where it is a whole segment of the key, after the first.

    >>> zos_error_topic_holds(b'[{"topic": "server:1:user:23", "error": ""}]', '["2", "23"]')
    True
    """
    wanted = _ids(ids)
    topics = (entry.get("topic") for entry in _entries(errors) if isinstance(entry, dict))
    return any(
        not wanted.isdisjoint(topic.split(":")[1:]) for topic in topics if isinstance(topic, str)
    )


def zos_error_count(errors: object) -> int:
    """Return how many errors a run has, as lists and details count them.

    >>> zos_error_count(b'[{"error": "late"}, {"error": "later"}]')
    2
    """
    return len(parse_errors(errors))


SQL_FUNCTIONS: list[tuple[str, int, Callable[..., int]]] = [
    ("zos_error_match", 2, zos_error_match),
    ("zos_error_or_topic_match", 2, zos_error_or_topic_match),
    ("zos_cause_match", 2, zos_cause_match),
    ("zos_error_topic_holds", 2, zos_error_topic_holds),
    ("zos_error_count", 1, zos_error_count),
]
"""Name, number of arguments and function of each; all are deterministic."""


def _any_match(errors: object, pattern: str | bytes, *, topics: bool) -> bool:
    pattern = _unbound(pattern)
    # A surrogate is shown as U+FFFD: what was copied from the screen is to be found as well.
    return any(
        matches(pattern, text) or matches(pattern, encodable(text))
        for text in _texts(errors, topics=topics)
    )


def _unbound(pattern: str | bytes) -> str:
    return pattern.decode("utf-8", "surrogatepass") if isinstance(pattern, bytes) else pattern


@lru_cache(maxsize=16)
def _ids(ids: str | bytes) -> frozenset[str]:
    return frozenset(json.loads(ids))


def _entries(errors: object) -> list[object]:
    """Return the entries of an ``errors`` column's list; what isn't JSON is one, as it stands."""
    if errors is None:
        return []
    raw = errors.decode("utf-8", "replace") if isinstance(errors, bytes) else str(errors)
    if not raw.strip():
        return []
    try:
        # Numbers stay as they are written, so that what is found is what is stored.
        document = json.loads(raw, parse_int=str, parse_float=str, parse_constant=str)
    except (ValueError, RecursionError):
        return [raw]
    return document if isinstance(document, list) else [document]


def _texts(errors: object, *, topics: bool) -> Iterator[str]:
    for entry in _entries(errors):
        if isinstance(entry, dict):
            skipped = {"node"} if topics else {"node", "topic"}
            yield from _leaves([value for key, value in entry.items() if key not in skipped])
        else:
            yield from _leaves(entry)


def _leaves(value: object) -> Iterator[str]:
    """Yield the texts in a JSON value; by a list instead of recursion, as it may be deep."""
    waiting = [value]
    while waiting:
        match waiting.pop():
            case str(text):
                yield text
            case bool(truth):
                yield json.dumps(truth)
            case list(items):
                waiting.extend(items)
            case dict(members):
                waiting.extend(members.values())
