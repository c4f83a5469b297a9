"""What of a cause holds no private words: nothing but phrases that are written here or in rules.

A cause is made of a message's own words where no rule knows it, and rules leave names in as well.
So what may be shown is not told by how a cause came about, but by comparing it with all phrases.
"""

from __future__ import annotations

import builtins
import errno
import os
import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import NamedTuple

from zos_monitor.model.cause_http import HTTP_PHRASES
from zos_monitor.model.cause_rules import RULE_PHRASES
from zos_monitor.model.causes import NO_MESSAGE, UNREADABLE, identity
from zos_monitor.model.insight_columns import PLAIN, PRIVATE

_MORE = (
    NO_MESSAGE,
    UNREADABLE,
    "traceback without its end",
    "web page",
    "TLS: certificate has expired",
    "TLS: unable to get local issuer certificate",
    "TLS: wrong version number",
    "TLS: EOF occurred in violation of protocol",
    "JSONDecodeError",
    "RemoteProtocolError",
    "ReadError",
    "HTTPStatusError",
    "ClientError",
    "ValidationError",
    "OperationalError",
    "IntegrityError",
)
_JSON = (
    "expecting value",
    "expecting ',' delimiter",
    "expecting ':' delimiter",
    "expecting property name enclosed in double quotes",
    "unterminated string",
    "extra data",
    "invalid control character",
    "illegal trailing comma before end of object",
    "illegal trailing comma before end of array",
    "unexpected UTF-8 BOM (decode using utf-8-sig)",
    "invalid \\escape",
    "invalid \\uXXXX escape",
    "EOF while parsing a string",
    "EOF while parsing a value",
    "EOF while parsing a list",
    "EOF while parsing an object",
    "expected value",
    "expected ident",
    "trailing characters",
    "control character found while parsing a string",
)
_FIELDS = PLAIN | PRIVATE  # their names in a validation's cause are no data


class Plain(NamedTuple):
    """The part of a cause that may be shown, empty for none, and whether that is all of it."""

    part: str
    whole: bool


def plain_part(cause: str) -> Plain:
    """Return what may be shown of a cause. It is the same for causes of one ``identity``.

    >>> plain_part("429 rate limit")
    Plain(part='429 rate limit', whole=True)
    >>> plain_part("KeyError: 'Ada'"), plain_part("Ada is not amused")
    (Plain(part='KeyError', whole=False), Plain(part='', whole=False))
    """
    text = identity(cause)
    if (validation := _validation(text)) is not None:
        return validation
    found = _pattern().match(text)
    if found is None:
        return Plain("", whole=False)
    code, phrase, local = found.groups(default="")
    part = f"{code}{_words()[phrase]}{local}"
    return Plain(part, whole=found.end() == len(text))


def _validation(text: str) -> Plain | None:
    model, colon, told = text.removeprefix("validation of ").partition(": ")
    if not text.startswith("validation of "):
        return None
    fields = re.sub(r" and \d+ more$", "", told).split(", ") if colon else []
    known = all(field.removesuffix(" missing") in _FIELDS for field in fields)
    if model != "insight":
        return Plain("validation", whole=False)
    if not known:
        return Plain("validation of Insight", whole=False)
    return Plain(f"validation of Insight{colon}{told}", whole=True)


@cache
def _words() -> Mapping[str, str]:
    """Return the phrases as they are written, by their identity."""
    exceptions = (
        name
        for name, value in vars(builtins).items()
        if isinstance(value, type) and issubclass(value, BaseException)
    )
    models = ("", " for Insight")
    json = (f"invalid JSON{model}: {said}" for said in _JSON for model in models)
    more = (*_MORE, "invalid JSON", "invalid JSON for Insight")
    errors = map(os.strerror, errno.errorcode)
    system = (said[:1].lower() + said[1:] for said in errors)
    every = (*exceptions, *system, *json, *more, *RULE_PHRASES, *HTTP_PHRASES)
    return {identity(phrase): phrase for phrase in every}


@cache
def _pattern() -> re.Pattern[str]:
    """Return what finds the longest phrase that a cause begins with."""
    begins = rf"([45]\d\d )?({_any(_words())})"
    return re.compile(rf"{begins}(?=$|[:,;.]| [(\[…]| for )(: localhost(?::\d{{1,5}})?(?=$))?")


def _any(phrases: Iterable[str]) -> str:
    return "|".join(map(re.escape, sorted(phrases, key=len, reverse=True)))
