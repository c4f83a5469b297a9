"""The words of an error message without its data: what two messages of one cause have in common.

Numbers become ``N``; ids, times, quoted values and the like ``…``; paths keep their last part and
URLs their host. Nothing is looked at beyond ``LINE_LENGTH`` characters of a line.
"""

from __future__ import annotations

import re

CAUSE_LENGTH = 90
"""How many characters a cause has at most."""

_END_LENGTH = 45  # characters up to which what comes after the last colon is kept

LINE_LENGTH = 600
"""How many characters of a line are looked at."""

_ESCAPES = re.compile(
    "(?:\x1b\\[|\x9b)[0-?]*[ -/]*[@-~]|(?:\x1b[]PX^_]|[\x90\x9d])[^\x07\x1b\x9c]{0,2000}"
    "(?:\x07|\x1b\\\\|\x9c)|\x1b[ -/]*[0-~]?"
)
_SPACES = re.compile("[\x00-\x20\x7f-\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+")
_FORMAT = re.compile(
    "[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufe0e\ufe0f]+"
)
_UNKNOWN = re.compile("\ufffd+(?: \ufffd+)*")
_LETTERS = re.compile(r"[^\W\d_]{2}|[^\W\d_ -ʯ]")
_TIMES = re.compile(
    r"(?<![\w-])\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?: ?Z|[+-]\d\d:?\d\d)?)?"
    r"(?!\w)|(?<![\w:])\d\d?:\d\d:\d\d(?:[.,]\d+)?(?![\w:])"
)
_URL = re.compile(r"\b[a-z][a-z0-9+.-]{1,15}://([^\s/'\"<>()?#]*)[^\s'\"<>()]*", re.IGNORECASE)
_MAIL = re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_PATH = re.compile(
    r"(?<![\w<.~])(?:[A-Za-z]:|~|\.{1,2})?(?:[/\\][\w.@+%~-]+)+[/\\]([\w.@+%~-]+)[/\\]?"
)
_QUOTED = re.compile(
    r"(?<!\w)(?:'((?:[^'\\]|\\.)*)'|\"((?:[^\"\\]|\\.)*)\"|`([^`]*)`)(?!\w)|“[^”]*”|«[^»]*»|‘[^’]*’"
)
_NAME = re.compile(r"[^\W\d][\w.-]{0,40}")
# A code is no data: what it stands for is the cause. Beside it, whatever has a digit in it.
_DIGITS = re.compile(
    r"\b(?:code|status|errno|signal|error|closed with)[ _]?[:=#]?[ ]?-?\d{1,5}(?![\w.,-]*\d)\b"
    r"|(?<![\w-])[\w-]*\d[\w-]*",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"[-+]?\d[\d_]*(?:e[-+]?\d+)?([a-z%]{0,3})", re.IGNORECASE)
_ID = re.compile(
    r"0x[0-9a-f]+|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?=\w*[a-f])[0-9a-f]{8,}|\w{16,}",
    re.IGNORECASE,
)
_NAMED_ID = re.compile(r"([A-Za-z]{2,10})[_-](?=[\w-]{8})[\w-]*\d[\w-]*")
_MODEL = re.compile(r"(?i:claude|gpt|gemini|llama|mistral|o\d)-?[\w-]*")
_NUMBERS = re.compile(r"\bN(?:[.,:]N\b)+")
_LISTS = re.compile(r"\bN(?:, ?N\b)+")


def without_escapes(text: str) -> str:
    """Return text without terminal escape sequences, the titles and links in them included."""
    if "\x1b" in text or "\x9b" in text or "\x9d" in text or "\x90" in text:
        return _ESCAPES.sub("", text)
    return text


def printable(text: str) -> str:
    """Return the beginning of a text as one line that can be printed.

    What stands for no character, such as a lone surrogate or U+FFFD, becomes ``…``.
    """
    line = _SPACES.sub(" ", text[:LINE_LENGTH]).strip()
    if not line.isprintable():
        line = _FORMAT.sub("", line)
        for char in set(line):
            if not char.isprintable():
                line = line.replace(char, "\ufffd")
    return _UNKNOWN.sub("…", line) if "\ufffd" in line else line


def shortened(line: str) -> str:
    """Return a printable line cut to the length of a cause, without the punctuation at its end.

    A short part after the last colon stays: one error told in another's message stands there.
    """
    line = line.strip(" \t").rstrip(" .:;,-") or line.strip()
    if len(line) <= CAUSE_LENGTH:
        return line
    _, colon, last = line.rpartition(": ")
    whole = bool(colon) and len(last) <= _END_LENGTH and not last.endswith("…")
    end = f"…: {last}" if whole else "…"
    return line[: CAUSE_LENGTH - len(end)].rstrip(" :…") + end


def tells(line: str) -> bool:
    """Tell whether there are words in a line, not only signs, numbers and placeholders."""
    return _LETTERS.search(line) is not None


def folded(line: str, *, names: bool = False) -> str:
    """Return a printable line with all data in it folded; with ``names`` quoted names are kept.

    >>> folded("topic 'Ada' took 3,417 ms at /opt/zos/run.py")
    "topic '…' took N ms at …/run.py"
    """
    if "://" in line:
        line = _URL.sub(_host_only, line)
    if "@" in line:
        line = _MAIL.sub("…", line)
    if "/" in line or "\\" in line:
        line = _PATH.sub(r"…/\1", line)
    if "'" in line or '"' in line or "`" in line or not line.isascii():
        line = _QUOTED.sub(_kept_name if names else _no_value, line)
    return folded_numbers(line)


def folded_numbers(line: str) -> str:
    """Return a line with numbers, ids and times folded, but for codes that tell what happened."""
    if any(map(line.__contains__, "0123456789")) or not line.isascii():
        line = _DIGITS.sub(_digits, _TIMES.sub("…", line))
        if "N" in line:
            line = _LISTS.sub("N, …", _NUMBERS.sub("N", line))
    return line


def _host_only(match: re.Match[str]) -> str:
    host = match[1].rpartition("@")[2]
    return f"{host}/…" if host else "…"


def _no_value(match: re.Match[str]) -> str:
    opening, closing = match[0][0], match[0][-1]
    return f"{opening}…{closing}" if len(match[0]) > 2 else match[0]


def _kept_name(match: re.Match[str]) -> str:
    inside = match[0][1:-1]
    return match[0] if _NAME.fullmatch(inside) else _no_value(match)


def _digits(match: re.Match[str]) -> str:
    token = match[0]
    if ":" in token or "=" in token or " " in token or "#" in token:  # a code
        return token
    if token[:2] in ("0x", "0X"):
        return "…"
    if number := _NUMBER.fullmatch(token):
        return f"N{number[1]}"
    if _MODEL.fullmatch(token):
        return token
    if _ID.fullmatch(token):
        return "…"
    if named := _NAMED_ID.fullmatch(token):
        return f"{named[1]}_…"
    if "-" in token or "_" in token:
        return re.sub(r"(?<![A-Za-z\d])\d+(?![A-Za-z])|\d{3,}", "N", token)
    return re.sub(r"\d{3,}", "N", token)
