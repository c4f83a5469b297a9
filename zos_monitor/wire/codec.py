"""Frozen answers to plain JSON and back, by their type hints alone, with nothing lost.

Made for what ``zos_monitor.model`` consists of, and no more. The ready-made codecs either refuse
lone surrogates, turn bytes into text, take ``"5"`` for a number, or need a rule of ours for nearly
every type, which is all that there is here.

Text, whole numbers, booleans, None and finite floats stand for themselves. A dataclass is an
object of those fields that differ from their defaults; a NamedTuple and a tuple are lists; a
mapping is a list of pairs, so that any key will do; an instant or a day is its ISO form with the
offset, a span of time its microseconds, an enum its value.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, Field, fields, is_dataclass
from enum import Enum
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints

from zos_monitor.wire.scalars import SCALARS, STORED, Codec, Plain, WireError

__all__ = ["Codec", "Plain", "WireError", "codec_of"]


@cache
def codec_of(hint: Any) -> Codec:  # noqa: ANN401 (a type, or what stands for one in a hint)
    """Return the codec of a type. Raises TypeError for a type that is in no answer."""
    if hint in SCALARS:
        return SCALARS[hint]
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return _union(arguments)
    if origin is tuple:
        return _tuple(arguments)
    if origin in (dict, Mapping):
        return _mapping(*arguments)
    if isinstance(hint, type):
        if issubclass(hint, Enum):
            return _enum(hint)
        if is_dataclass(hint):
            return _dataclass(hint)
        if issubclass(hint, tuple) and hasattr(hint, "_fields"):
            return _named_tuple(hint)
    raise TypeError(f"{hint!r} has no form on the wire")


def _union(members: Sequence[Any]) -> Codec:
    """Return the codec of a value that may be None, or of what a column may hold.

    Of other unions nothing would tell which of the types is meant.
    """
    others = [member for member in members if member is not type(None)]
    optional = len(others) < len(members)
    if len(others) == 1:
        inner = codec_of(others[0])
    elif set(others) == {str, int, float, bytes}:
        inner = STORED
    else:
        raise TypeError(f"{members!r} has no form on the wire")
    if not optional:
        return inner
    encode, decode = inner
    return Codec(
        lambda value: None if value is None else encode(value),
        lambda value: None if value is None else decode(value),
    )


def _items(value: Plain, size: int | None = None) -> list[Plain]:
    if type(value) is not list or (size is not None and len(value) != size):
        raise WireError(f"a list expected{f' of {size}' if size is not None else ''}")
    return value


def _tuple(arguments: Sequence[Any]) -> Codec:
    if len(arguments) == 2 and arguments[1] is Ellipsis:
        encode, decode = codec_of(arguments[0])
        return Codec(
            lambda values: [encode(value) for value in values],
            lambda values: tuple([decode(value) for value in _items(values)]),
        )
    return _fixed([codec_of(one) for one in arguments], tuple)


def _fixed(codecs: Sequence[Codec], make: Callable[[list[Any]], Any]) -> Codec:
    size = len(codecs)

    def encode(values: Any) -> Plain:  # noqa: ANN401
        return [codec.encode(value) for codec, value in zip(codecs, values, strict=True)]

    def decode(values: Plain) -> Any:  # noqa: ANN401
        found = _items(values, size)
        return make([codec.decode(value) for codec, value in zip(codecs, found, strict=True)])

    return Codec(encode, decode)


def _named_tuple(kind: Any) -> Codec:  # noqa: ANN401
    hints = get_type_hints(kind)
    return _fixed([codec_of(hints[name]) for name in kind._fields], kind._make)


def _mapping(key: Any, value: Any) -> Codec:  # noqa: ANN401
    keys, values = codec_of(key), codec_of(value)

    def encode(mapping: Mapping[Any, Any]) -> Plain:
        return [[keys.encode(one), values.encode(other)] for one, other in mapping.items()]

    def decode(pairs: Plain) -> dict[Any, Any]:
        found = {}
        for pair in _items(pairs):
            one, other = _items(pair, 2)
            found[keys.decode(one)] = values.decode(other)
        return found

    return Codec(encode, decode)


def _enum(kind: type[Enum]) -> Codec:
    def decode(value: Plain) -> Enum:
        try:
            return kind(value)
        except (TypeError, ValueError):
            raise WireError(f"no {kind.__name__}") from None

    return Codec(lambda value: kind(value).value, decode)


class _Left:
    """What a field is compared with that has no default: it is always written."""


def _default(field: Field[Any]) -> Any:  # noqa: ANN401
    if field.default is not MISSING:
        return field.default
    return field.default_factory() if field.default_factory is not MISSING else _Left


def _dataclass(kind: Any) -> Codec:  # noqa: ANN401
    """Return the codec of a dataclass; where one that extends it is held, its name is written."""
    own = _fields(kind)

    def encode(value: Any) -> Plain:  # noqa: ANN401
        held: Any = type(value)
        if held is kind:
            return own.encode(value)
        if not issubclass(held, kind):
            raise TypeError(f"{held.__name__} is no {kind.__name__}")
        return {_KIND: held.__name__, **_fields(held).encode(value)}

    def decode(value: Plain) -> Any:  # noqa: ANN401
        if type(value) is not dict:
            raise WireError(f"a {kind.__name__} expected, not {type(value).__name__}")
        if _KIND not in value:
            return own.decode(value)
        extending = [one for one in kind.__subclasses__() if one.__name__ == value[_KIND]]
        if not extending:
            raise WireError(f"not a kind of {kind.__name__}")
        rest = {name: held for name, held in value.items() if name != _KIND}
        return _fields(extending[-1]).decode(rest)

    return Codec(encode, decode)


_KIND = ""  # the key of a name; no field has it


@cache
def _fields(kind: Any) -> Codec:  # noqa: ANN401
    """Return the codec of the fields of exactly this dataclass."""
    hints = get_type_hints(kind)
    known = {one.name: (codec_of(hints[one.name]), _default(one)) for one in fields(kind)}
    needed = {name for name, (_, default) in known.items() if default is _Left}
    columns = [(name, codec.encode, default) for name, (codec, default) in known.items()]
    decoders = {name: codec.decode for name, (codec, _) in known.items()}

    def encode(value: Any) -> Plain:  # noqa: ANN401
        found = {}
        for name, encoded, default in columns:
            held = getattr(value, name)
            if type(held) is not type(default) or held != default:
                found[name] = encoded(held)
        return found

    def decode(value: Plain) -> Any:  # noqa: ANN401
        if not needed <= value.keys() <= decoders.keys():
            raise WireError(f"not the fields of a {kind.__name__}")
        return kind(**{name: decoders[name](held) for name, held in value.items()})

    return Codec(encode, decode)
