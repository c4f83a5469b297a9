"""A run's errors, as its ``errors`` column tells them."""

from __future__ import annotations

import json
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


def _plain(value: object) -> str:
    if isinstance(value, str):
        return as_text(value)
    try:
        return as_text(json.dumps(value, ensure_ascii=False))
    except (RecursionError, ValueError):
        return as_text(repr(type(value)))


def _optional(value: object) -> str | None:
    return None if value is None else _plain(value)


def _error(entry: object) -> RunError:
    if isinstance(entry, dict):
        known = {"error", "topic", "node"}
        message = _optional(entry.get("error")) or ""
        rest = {key: value for key, value in entry.items() if key not in known}
        if rest:
            message = f"{message}\n{_plain(rest)}" if message else _plain(rest)
        return RunError(
            message=message,
            topic=_optional(entry.get("topic")),
            node=_optional(entry.get("node")),
        )
    return RunError(message=_plain(entry))


def parse_errors(value: object) -> tuple[RunError, ...]:
    """Return the errors in a stored ``errors`` value, in their stored order.

    SQL NULL, blank text and the JSON text ``null`` all mean none. zos writes a list of
    ``{"topic", "error", "node"}``; anything else is kept as one error with the text as it stands,
    so that nothing recorded goes unseen. Never raises.
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
    if isinstance(loaded, list):
        return tuple(_error(entry) for entry in loaded if entry is not None)
    return (_error(loaded),)
