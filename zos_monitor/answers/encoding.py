"""Answers as JSON: dataclasses to plain values, and these to text that every reader takes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields
from datetime import UTC, datetime
from math import isfinite
from typing import Any

from zos_monitor.model.text import encodable

LEFT_OUT = {"left out": True}
"""Metadata of a field that has no key at all where it is None: nobody has asked for it."""


def plain(answer: Any) -> Any:  # noqa: ANN401 (any value that JSON has, or a dataclass of them)
    """Return an answer as dicts, lists, text and numbers.

    Text that no encoding can carry (lone surrogates) has replacement characters in its place,
    and what is no finite number is null.
    """
    if isinstance(answer, str):
        return encodable(str(answer))
    if isinstance(answer, float):
        return answer if isfinite(answer) else None  # JSON has no word for the others
    if answer is None or isinstance(answer, int):
        return answer
    if isinstance(answer, Mapping):
        return {plain(key): plain(value) for key, value in answer.items()}
    if isinstance(answer, list | tuple):
        return [plain(value) for value in answer]
    return {
        one.name: plain(value)
        for one in fields(answer)
        if (value := getattr(answer, one.name)) is not None or not one.metadata.get("left out")
    }


def to_json(answer: Any, *, indent: int | None = None) -> str:  # noqa: ANN401
    """Return an answer as a JSON document, in letters of ASCII alone."""
    return json.dumps(plain(answer), indent=indent, allow_nan=False)


def instant(at: datetime | None) -> str | None:
    """Return an instant in ISO 8601, in UTC, such as ``2026-11-01T03:00:00.250000Z``."""
    return stamp(at) if at is not None else None


def stamp(at: datetime) -> str:
    """Return the same of an instant that is surely there."""
    return at.astimezone(UTC).isoformat().removesuffix("+00:00") + "Z"


def dollars(amount: float | None) -> float | None:
    """Return US dollars without the noise in which sums of floats end; None for no finite number.

    >>> dollars(0.1 + 0.2), dollars(float("inf"))
    (0.3, None)
    """
    return round(amount, 9) if amount is not None and isfinite(amount) else None
