"""A run's errors, as its ``errors`` column tells them."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

from zos_monitor.model.columns import as_text, load_json


@dataclass(frozen=True, slots=True, kw_only=True)
class RunError:
    """One error of a run: where it happened (as far as recorded) and its whole message.

    ``topic_name`` is what people call the topic, None where no name is known.
    """

    message: str
    topic: str | None = None
    topic_name: str | None = None
    node: str | None = None


_KNOWN = ("error", "topic", "node")


def _exact(value: object) -> str:
    """Return text as it is; what is none as JSON."""
    if isinstance(value, str):
        return value
    try:
        return json.dumps(value, ensure_ascii=False)
    except (RecursionError, ValueError):
        return repr(type(value))


def _plain(value: object) -> str:
    return as_text(_exact(value))


def _error(entry: object, told: Callable[[object], str]) -> RunError:
    if not isinstance(entry, dict):
        return RunError(message=told(entry))
    message, topic, node = (None if entry.get(key) is None else told(entry[key]) for key in _KNOWN)
    rest = {key: value for key, value in entry.items() if key not in _KNOWN}
    if rest:
        message = f"{message}\n{told(rest)}" if message else told(rest)
    return RunError(message=message or "", topic=topic, node=node)


def parse_errors(value: object, *, exact: bool = False) -> tuple[RunError, ...]:
    """Return the errors in a stored ``errors`` value, in their stored order.

    SQL NULL, blank text and the JSON text ``null`` all mean none. zos writes a list of
    ``{"topic", "error", "node"}``; anything else is kept as one error with the text as it stands,
    so that nothing recorded goes unseen. Never raises. Lone surrogates, which no encoding can
    carry, are replaced unless the text is to be ``exact``.
    """
    if isinstance(value, bytes):  # read as such, or stored as such: they are the same errors
        value = value.decode("utf-8", "replace")
    if isinstance(value, str) and not value.strip():
        return ()
    try:
        loaded = load_json(value)
    except ValueError:
        return (RunError(message=as_text(value)),)
    if loaded is None:
        return ()
    told = _exact if exact else _plain
    if isinstance(loaded, list):
        return tuple(_error(entry, told) for entry in loaded if entry is not None)
    return (_error(loaded, told),)
