"""Single values on the wire: text, numbers, instants, and what a column of SQLite's may hold."""

from __future__ import annotations

import base64
import math
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

Plain = Any
"""What JSON has: None, bool, int, float, str, and lists and dicts of these."""


class WireError(ValueError):
    """What was received is no such answer; the message says where it differs."""


class Codec(NamedTuple):
    """Turns values of one type to plain ones and back.

    ``encode`` raises TypeError for a value of another type, ``decode`` WireError.
    """

    encode: Callable[[Any], Plain]
    decode: Callable[[Plain], Any]


def _scalar(*kinds: type) -> Codec:
    """Return the codec of a type that JSON has; a bool is no number."""

    def encode(value: Any) -> Plain:  # noqa: ANN401
        if type(value) not in kinds:
            raise TypeError(f"{value!r} is no {kinds[0].__name__}")
        return value

    def decode(value: Plain) -> Any:  # noqa: ANN401
        if type(value) not in kinds:
            raise WireError(f"{kinds[0].__name__} expected, not {type(value).__name__}")
        return value

    return Codec(encode, decode)


# JSON has one escape for both a character beyond the BMP and two surrogates in a row.
_PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")


def _encode_text(value: Any) -> Plain:  # noqa: ANN401
    if type(value) is not str:
        raise TypeError(f"{value!r} is no text")
    if value.isascii() or not _PAIR.search(value):
        return value
    return {"utf-8": _base64(value.encode("utf-8", "surrogatepass"))}


def _decode_text(value: Plain) -> str:
    if type(value) is str:
        return value
    return _bytes_in(value, "utf-8").decode("utf-8", "surrogatepass")


def _base64(value: bytes) -> str:
    return base64.b64encode(value).decode("ascii")


def _bytes_in(value: Plain, key: str) -> bytes:
    if type(value) is dict and set(value) == {key} and type(value[key]) is str:
        return base64.b64decode(value[key], validate=True)
    raise WireError(f"text or bytes expected, not {type(value).__name__}")


def _encode_bytes(value: Any) -> Plain:  # noqa: ANN401
    if type(value) is not bytes:
        raise TypeError(f"{value!r} is no bytes")
    return {"bytes": _base64(value)}


def _encode_float(value: Any) -> Plain:  # noqa: ANN401
    if type(value) is int or (type(value) is float and math.isfinite(value)):
        return value
    if type(value) is float:
        return {"float": str(value)}
    raise TypeError(f"{value!r} is no float")


def _decode_float(value: Plain) -> float:
    if type(value) in (float, int):
        return value  # type: ignore[no-any-return]
    if type(value) is dict and value.get("float") in ("inf", "-inf", "nan") and len(value) == 1:
        return float(value["float"])
    raise WireError(f"float expected, not {type(value).__name__}")


def _written(kind: type, encode: Callable[[Any], Plain], decode: Callable[[Any], Any]) -> Codec:
    """Return the codec of a type that is written by one function and read by another."""

    def encoded(value: Any) -> Plain:  # noqa: ANN401
        if type(value) is not kind:
            raise TypeError(f"{value!r} is no {kind.__name__}")
        return encode(value)

    def decoded(value: Plain) -> Any:  # noqa: ANN401
        try:
            return decode(value)
        except (TypeError, ValueError, OverflowError) as error:
            raise WireError(f"no {kind.__name__}: {error}") from None

    return Codec(encoded, decoded)


def _instant(text: str) -> datetime:
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError("an instant needs an offset")
    return instant


def _aware(instant: datetime) -> str:
    if instant.tzinfo is None:
        raise TypeError(f"{instant!r} is naive")
    return instant.isoformat()


_MICROSECOND = timedelta(microseconds=1)


def _span(microseconds: int) -> timedelta:
    if type(microseconds) is not int:
        raise TypeError("a span is a number of microseconds")
    return timedelta(microseconds=microseconds)


SCALARS: Mapping[Any, Codec] = {
    int: _scalar(int),
    bool: _scalar(bool),
    type(None): _scalar(type(None)),
    float: Codec(_encode_float, _decode_float),
    str: _written(str, _encode_text, _decode_text),
    bytes: _written(bytes, _encode_bytes, lambda value: _bytes_in(value, "bytes")),
    datetime: _written(datetime, _aware, _instant),
    date: _written(date, date.isoformat, date.fromisoformat),
    timedelta: _written(timedelta, lambda span: span // _MICROSECOND, _span),
}
"""The codecs of the types that are made of no others."""


def _encode_stored(value: Any) -> Plain:  # noqa: ANN401
    for kind in (str, int, float, bytes):
        if type(value) is kind:
            return SCALARS[kind].encode(value)
    raise TypeError(f"{value!r} is in no column")


def _decode_stored(value: Plain) -> Any:  # noqa: ANN401
    kind: type = type(value)
    if kind is dict:
        kind = {"bytes": bytes, "utf-8": str}.get(next(iter(value), ""), float)
    if kind not in (str, int, float, bytes):
        raise WireError(f"what a column holds expected, not {kind.__name__}")
    return SCALARS[kind].decode(value)


STORED = Codec(_encode_stored, _decode_stored)
"""The codec of what a column of SQLite's may hold, but for None."""
