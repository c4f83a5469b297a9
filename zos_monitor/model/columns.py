"""Stored column values as the types they should have had; SQLite promises none of them."""

from __future__ import annotations

import json
import math

from zos_monitor.model.text import encodable

LARGEST = 1e30
"""No stored number beyond it, or below its negative, is taken for a figure: sums stay finite."""


def as_int(value: object) -> int | None:
    """Return a whole number, or None where the value is not one (NULL, text, a fraction)."""
    return sum_as_int(value) if _is_figure(value) else None


def as_float(value: object) -> float | None:
    """Return a number, or None where the value is not one."""
    return sum_as_float(value) if _is_figure(value) else None


def _is_figure(value: object) -> bool:
    return isinstance(value, int | float) and -LARGEST <= value <= LARGEST


def sum_as_int(value: object) -> int | None:
    """Return what is a sum of whole numbers, which SQLite may tell as a float; None for none."""
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return None


def sum_as_float(value: object) -> float | None:
    """Return a finite sum, or None where the value is not one."""
    if isinstance(value, int | float):
        number = float(value)
        return number if math.isfinite(number) else None
    return None


def as_text(value: object) -> str:
    """Return any stored value as text that can be encoded; NULL is the empty text."""
    if value is None:
        return ""
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return encodable(str(value))


def as_optional_text(value: object) -> str | None:
    """Return a stored value as text, NULL as None."""
    return None if value is None else as_text(value)


def load_json(value: object) -> object:
    """Return what a JSON column holds; SQL NULL is None.

    Raises ValueError where it is not JSON, or nested too deep to read.
    """
    if value is None:
        return None
    try:
        return json.loads(value if isinstance(value, str | bytes) else as_text(value))
    except RecursionError as fault:
        raise ValueError("nested too deep") from fault
