"""The cause of an error in few words: errors with the same words belong together.

A cause is made of what a message says, without the data in it: ``429 rate limit``, ``database is
locked``, ``validation of Insight: confidence``. Nothing else is known about an error, so two
messages that no rule knows belong together only where they differ in numbers, ids and the like.
"""

from __future__ import annotations

import re
from functools import lru_cache

from zos_monitor.model.cause_http import message_in, provider_cause
from zos_monitor.model.cause_rules import known_cause
from zos_monitor.model.cause_words import (
    folded,
    printable,
    shortened,
    tells,
    without_escapes,
)
from zos_monitor.model.hidden import hidden_cause
from zos_monitor.model.tracebacks import HEAD, last_exception, last_function

NO_MESSAGE = "no message"
"""The cause of an error with an empty text."""

UNREADABLE = "no readable message"
"""The cause of an error whose text has characters, but none that can be shown."""

_TOLD = 300  # characters of a line that are told of, once what is data in it is folded
_SHORT = 400  # characters up to which a message is remembered
_LOOKED_AT = 6_000  # characters of a message, from its first word on
_NAMED = re.compile(
    r"(?:[A-Za-z_]\w{0,40}\.){0,8}([A-Za-z_]\w{0,60}(?:Error|Exception|Timeout|Warning|Failure|Interrupt|Exit|Group)"
    r"|StopIteration|StopAsyncIteration|RateLimited|Forbidden|NotFound|ConnectionClosed(?:OK)?"
    r"|(?:(?<=\.exceptions\.)|(?<=\.errors\.)|(?<=\.exc\.))[A-Z]\w{0,60})"
    r"(?::[ \t]*|(?=\n|$)|(?P<called>\())"
)
_ANY_NAME = re.compile(r"(?:[A-Za-z_]\w{0,40}\.){0,8}([A-Z]\w{0,60})(?::[ \t]*|(?=\n|$))")
# About the code itself, where a name in quotes is no data.
_OF_CODE = frozenset(
    {"AttributeError", "ImportError", "KeyError", "ModuleNotFoundError", "NameError",
     "NotImplementedError", "TypeError", "UnboundLocalError", "UndefinedError",
     "TemplateNotFound"}
)  # fmt: skip
_PLAIN = frozenset({"Exception", "RuntimeError", "Error", "BaseException"})
_CODE_TALK = re.compile(
    r"object has no attribute|module '\S+' has no|object is not|is not (?:subscriptable|callable)"
    r"|No module named|cannot import name|unsupported operand|not supported between|positional arg"
    r"|keyword argument|is (?:un|not )defined|referenced before|not associated with a value"
    r"|No (?:filter|test) named|unknown tag|expected token|has no element"
    r"|codec can't|indices must be|can only concatenate|must be \w+, not|argument must be"
)
_SENTENCE = re.compile(r"[^\W\d_]{2,}\W{1,3}[^\W\d_]{2,}|[^\W\d_A-Za-z]{4}")
_BODY = re.compile(r"\{|\d{3}, message=")
_TITLE = re.compile(r"(?i)<title\b[^>]{0,80}>\s*([^<]{1,300})")
_AWS = re.compile(
    r"An error occurred \((\w+)\) when calling the (\w+) operation(?: \([^)]*\))?: (.*)"
)
_BACKGROUND = re.compile(r"\s*\(Background on this error at: [^\s()]{1,200}\)")
_KEY = re.compile(r"'([^\W\d]\w*)'")
_LEVEL = re.compile(
    r"[^\w…]{0,8}(?:…\W{0,8})?(?:CRITICAL|ERROR|WARNING|FATAL)\b[\s:\]-]{0,8}(?=\w)"
)


def cause_of(message: str) -> str:
    """Return the cause of an error in one line of at most 90 printable characters.

    Messages of the same cause have the same text. It is safe to show: no escape sequences, no
    control characters, no lone surrogates. Never raises, and takes about as long for a huge text as
    for a short one.

    >>> cause_of("Unterminated string starting at: line 1 column 47 (char 46)")
    'invalid JSON: unterminated string'
    """
    return _of_short(message) if len(message) <= _SHORT else _cause_of(message)


def _cause_of(message: str) -> str:
    text = message.lstrip()
    if not text:
        return NO_MESSAGE
    if (cause := hidden_cause(message)) is not None:
        return cause
    if HEAD in text:
        return _of_traceback(text)
    return _of_text(without_escapes(text[:_LOOKED_AT]).strip(), _NAMED)


_of_short = lru_cache(maxsize=1_000)(_cause_of)  # most runs fail for the reasons of others


def identity(cause: str) -> str:
    """Return what is the same of causes that belong to one group: they may differ in case.

    Only in that of ASCII letters, as for the filter ``cause:``.
    """
    return cause.lower() if cause.isascii() else cause.encode("utf-8", "replace").lower().decode()


def _of_traceback(text: str) -> str:
    exception = last_exception(text)
    if exception is None:  # the words alone, somewhere in a very long text
        return _of_text(without_escapes(text[:_LOOKED_AT]).strip(), _NAMED)
    if not exception:
        function = printable(last_function(text))
        return shortened(f"traceback without its end{', in ' if function else ''}{function}")
    return _of_text(without_escapes(exception).strip(), _ANY_NAME)


def _of_text(text: str, named: re.Pattern[str]) -> str:
    name, message = _exception(_in_one_line(text), named)
    known = None
    if message.startswith(("Error code: ", "<")):  # as the clients of most providers begin, or HTML
        known = provider_cause(message, name)
    if known is None:
        known = known_cause(message, name) or provider_cause(message, name)
    cause = shortened(printable(known or _told(message, name)))
    return cause if cause.strip("… ") else UNREADABLE


def _in_one_line(text: str) -> str:
    """Return a text with its reason beside it, and without the address where more is said."""
    if "Invalid Form Body\n" in text:  # as discord.py writes, and then what was wrong with it
        text = text.replace("Invalid Form Body\n", "Invalid Form Body: ", 1)
    if "(Background on this error at: " in text:  # SQLAlchemy's
        text = _BACKGROUND.sub("", text)
    return text


def _exception(text: str, named: re.Pattern[str]) -> tuple[str, str]:
    """Return the name of the exception that a text begins with, and its message."""
    name = ""
    for _ in range(4):  # one exception may be told as the message of another
        found = _NAMED.match(text) or named.match(text)
        if found is None or (name in _OF_CODE):
            break
        rest = text[found.end() :]
        if found.groupdict().get("called"):
            inside = re.fullmatch(r"(.*?),?\)\W?", rest, re.DOTALL)
            if inside is None:
                break
            rest = inside[1]
            if rest[:1] in ("'", '"') and rest[-1:] == rest[:1] and found[1] != "KeyError":
                rest = rest[1:-1]
        if name and found[1] not in _PLAIN and name not in _PLAIN and not rest.strip():
            break
        name = name if found[1] in _PLAIN and name else found[1]
        text = rest.strip()
    return name, text


def _told(message: str, name: str) -> str:
    """Return the first line that says something, without its data."""
    said = ""
    for whole in message.splitlines():
        line = printable(whole)
        if tells(line):
            said = line
            break
        said = said or line
    if _BODY.match(said) and (inner := message_in(message)):
        said = printable(inner)
    elif said.startswith("<") and (title := _TITLE.search(message)):
        said = f"web page: {printable(title[1])}"
    elif aws := _AWS.match(said):
        said = f"{aws[1]} in {aws[2]}: {aws[3]}"
    elif not name and _KEY.fullmatch(said):
        name = "KeyError"  # whose text is the key alone
    of_code = name in _OF_CODE or _CODE_TALK.search(said) is not None
    short = folded(said[:_TOLD], names=of_code) + "…" * (len(said) > _TOLD)
    short = _LEVEL.sub("", short, count=1)
    if said and not tells(re.sub(r"\bN\b", "", short)):
        short = said  # nothing is left of it without its data
    of_name = name in _OF_CODE and " " not in short  # a file's or a module's alone says little
    if not name or (_SENTENCE.search(short) and not of_name) or (short and name in _PLAIN):
        return short  # which says it all; often the name isn't recorded
    return f"{name}: {short}" if short else name
