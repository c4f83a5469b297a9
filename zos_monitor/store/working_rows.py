"""Rows of calls and insights to models: whatever a row holds, something honest comes out."""

from __future__ import annotations

import sqlite3
from datetime import timedelta

from zos_monitor.model.calls import Call, Insight
from zos_monitor.model.columns import as_float, as_int, as_optional_text, as_text
from zos_monitor.model.names import Names
from zos_monitor.model.times import parse_stored
from zos_monitor.model.workings import StoredValue

BEGINNING = 500
"""How many characters of a call's error message, or of an insight's content, a list has."""

ENDING = 2_000
"""How many of the last characters of a long error message: a traceback's cause is at its end."""

VALUE_BYTES = 100_000
"""How many bytes of a stored value are told."""


def call(row: sqlite3.Row, names: Names) -> Call:
    """Return the list form of a row of ``llm_calls`` with ``beginning``, its error message's."""
    topic = as_optional_text(row["topic_key"])
    return Call(
        id=as_text(row["id"]),
        topic=topic,
        topic_name=_name(topic, names),
        kind=as_text(row["call_type"]),
        model_profile=as_optional_text(row["model_profile"]),
        model_provider=as_optional_text(row["model_provider"]),
        model_name=as_optional_text(row["model_name"]),
        tokens_input=as_int(row["tokens_input"]),
        tokens_output=as_int(row["tokens_output"]),
        tokens_total=as_int(row["tokens_total"]),
        cost_usd=as_float(row["estimated_cost_usd"]),
        latency=_milliseconds(row["latency_ms"]),
        succeeded=_truth(row["success"]),
        error=_error(as_text(row["beginning"]), as_text(row["ending"])),
        ended_at=parse_stored(row["created_at"]),
    )


def insight(row: sqlite3.Row, names: Names) -> Insight:
    """Return the list form of a row of ``insights`` with ``beginning``, its content's."""
    topic = as_optional_text(row["topic_key"])
    return Insight(
        id=as_text(row["id"]),
        topic=topic,
        topic_name=_name(topic, names),
        category=as_text(row["category"]),
        strength=as_float(row["strength"]),
        confidence=as_float(row["confidence"]),
        importance=as_float(row["importance"]),
        created_at=parse_stored(row["created_at"]),
        gist=as_text(row["beginning"])[:BEGINNING],
    )


def _error(beginning: str, ending: str) -> str:
    """Return an error message, of a long one without its middle."""
    if not ending and len(beginning) <= BEGINNING + ENDING:
        return beginning
    return f"{beginning[:BEGINNING]}\n…\n{(ending or beginning)[-ENDING:]}"


def _name(topic: str | None, names: Names) -> str | None:
    return names.topic(topic) if topic else None


def _milliseconds(value: object) -> timedelta | None:
    """Return a stored latency; no number, or one below zero, tells none."""
    number = as_float(value)
    if number is None or number < 0:
        return None
    try:
        return timedelta(milliseconds=number)
    except OverflowError:
        return None


def _truth(value: object) -> bool | None:
    number = as_float(value)
    return None if number is None else number != 0


def stored_values(row: sqlite3.Row) -> tuple[StoredValue, ...]:
    """Return the columns of a row as they are stored.

    Of a value longer than ``VALUE_BYTES`` there is the beginning, and how much is left out. Bytes
    are told as hexadecimal digits, and NULL as no text of the type ``null``.
    """
    return tuple(StoredValue(name, *_stored(row[name])) for name in row.keys())  # noqa: SIM118


def _stored(value: object) -> tuple[str, str, int]:
    """Return a stored value as text, SQLite's name of its type, and how many bytes are left out."""
    match value:
        case None:
            return "", "null", 0
        case bytes():
            return value[:VALUE_BYTES].hex(), "blob", max(0, len(value) - VALUE_BYTES)
        case str():
            raw = as_text(value).encode()
            if len(raw) <= VALUE_BYTES:
                return as_text(value), "text", 0
            told = raw[:VALUE_BYTES].decode("utf-8", "ignore")  # not the half of a character
            return told, "text", len(raw) - len(told.encode())
        case int():
            return str(value), "integer", 0
    return str(value), "real", 0
