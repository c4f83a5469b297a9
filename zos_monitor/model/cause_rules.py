"""Causes that are known by their words: connections, timeouts, JSON, validation, databases."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from zos_monitor.model.cause_words import CAUSE_LENGTH, folded, folded_numbers, printable

_SQL = re.compile(
    r"\(([\w.]*\b(?:builtins|sqlite3|aiosqlite|psycopg2?|asyncpg|pymysql)\.[\w.]+)\)\s*"
    r"(?:<class '[^']*'>: )?"
)
_SQL_NAMES = frozenset(
    {"OperationalError", "IntegrityError", "DatabaseError", "ProgrammingError", "InterfaceError",
     "DataError", "InternalError", "NotSupportedError"}
)  # fmt: skip
_SQL_CAUSES = re.compile(
    r"(?P<locked>database is locked)|(?P<full>database or disk is full)"
    r"|(?P<readonly>attempt to write a readonly database)"
    r"|(?:no such (?:table|column|index|function|collation|module|savepoint)"
    r"|no such column|table \S+ has no column named|(?:UNIQUE|NOT NULL|CHECK|FOREIGN KEY"
    r"|PRIMARY KEY) constraint failed|database (?:table|schema) is locked"
    r"|database disk image is malformed|unable to open database file|disk I/O error"
    r"|file is not a database)"
)
_JSON = re.compile(
    r"(?:^|[:( \"'])(?P<what>(?:Expecting|Unterminated|Extra|Invalid|Illegal|Unexpected|unexpected"
    r"|BOM)\b[^:\n]{0,70}?(?:':' delimiter)?)(?: starting)?(?: at)?: line \d+ column \d+ \(char \d+"
)
_VALIDATION = re.compile(r"(?:^|\s)\d+ validation errors? for ([^\n]{1,120})(?:\n|$)")
_FIELD = re.compile(r"\S.{0,200}")
_MISSING = re.compile(r"[\[(]type=(?:value_error\.)?missing\b")
_JSON_TYPE = "type=json_invalid"
_ERRNO = re.compile(r"\[(?:Errno|WinError) (-?\d+)\] ([^\n:'\[(<]+)(?:[:,]? ['\"]([^'\"]*)['\"])?")
_HOST = re.compile(
    r"host=['\"]([^'\"\s]+)['\"]|\bhost ([\w.-]+:\d+)|Connect call failed \('([^']+)', (\d+)"
    r"|Failed to resolve '([^']+)'"
    r"|(?:\burl:? ?=?|\b[Cc]onnect(?:ing|ion)? to) ?['\"]?https?://(?:[^/@\s]*@)?([^/'\"\s?#]+)"
)
_TLS = re.compile(
    r"\[SSL(?:: ?\w+)?\]\s*(?:certificate verify failed: )?([^(\[\n\"']+)"
    r"|(certificate verify failed[^(\[\n\"']*|EOF occurred in violation of protocol)"
)

_PHRASES: tuple[tuple[tuple[str, ...], str, bool], ...] = (
    (("queuepool limit of size",), "connection pool exhausted", False),
    (("connection refused", "connect call failed", "errno 111"), "connection refused", True),
    (("temporary failure in name resolution",), "DNS lookup failed for now", True),
    (("name or service not known", "nodename nor servname", "getaddrinfo failed",
      "no address associated with hostname", "name resolution"), "DNS lookup failed", True),
    (("connection reset by peer", "connection reset", "connectionreset"), "connection reset", True),
    (("network is unreachable",), "network unreachable", True),
    (("no route to host",), "no route to host", True),
    (("broken pipe",), "broken pipe", False),
    (("connection aborted", "remote end closed connection without", "server disconnected",
      "server disconnected without sending"), "server disconnected", True),
    (("peer closed connection", "peer closed the connection", "incomplete chunked read",
      "response payload is not completed", "incompleteread"), "connection closed mid-answer", True),
    (("<connectionterminated",), "HTTP/2 connection terminated", False),
    (("all connection attempts failed",), "all connection attempts failed", False),
    (("read timed out", "read operation timed out", "reading from socket timed out"),
     "read timed out", True),
    (("connection timed out", "connect timed out", "connect timeout", "connection timeout to host"),
     "connect timed out", True),
    (("request timed out", "request timeout"), "request timed out", True),
    (("no space left on device",), "disk full", False),
    (("too many open files",), "too many open files", False),
    (("address already in use",), "address already in use", False),
    (("cannot allocate memory",), "out of memory", False),
    (("maximum recursion depth exceeded",), "maximum recursion depth exceeded", False),
)  # fmt: skip
_NEEDLES = tuple((needle, said, hosted) for needles, said, hosted in _PHRASES for needle in needles)
_EXCEPTIONS: Mapping[str, str] = MappingProxyType(
    {
        "ReadTimeout": "read timed out",
        "ReadTimeoutError": "read timed out",
        "WriteTimeout": "write timed out",
        "ConnectTimeout": "connect timed out",
        "ConnectTimeoutError": "connect timed out",
        "ConnectionTimeoutError": "connect timed out",
        "PoolTimeout": "no free connection in time",
        "APITimeoutError": "request timed out",
        "APIConnectionError": "connection error",
        "TimeoutError": "timed out",
        "ServerTimeoutError": "server timed out",
        "ConnectionResetError": "connection reset",
        "ConnectionRefusedError": "connection refused",
        "ConnectionAbortedError": "connection aborted",
        "BrokenPipeError": "broken pipe",
        "MemoryError": "out of memory",
        "CancelledError": "cancelled",
        "KeyboardInterrupt": "interrupted by hand",
    }
)
_STARTS = (
    (re.compile(r"connection error\.?$", re.IGNORECASE), "connection error"),
    (re.compile(r"time(?:out|d out)(?: error)?\.?$|timeouterror$", re.IGNORECASE), "timed out"),
    (re.compile(r"(?:api )?overloaded(?:_error)?\.?$", re.IGNORECASE), "529 overloaded"),
    (re.compile(r"rate.?limit(?:ed)?(?:[.,:;]|$| (?:exceeded|reached|hit|error)\b)"
                r"|rate.?limited by\b|too many requests(?:\W*$|[.,;!] |\W*(?:please|try|retry)\b)"
                r"|(?:you are|we are|your account is) (?:being |currently )?rate.?limited\b"
                r"|(?:you |you've |we )?(?:have |has )?(?:reached|hit|exceeded) (?:the|your|our) "
                r"(?:[\w-]+ ){0,4}rate.?limit\b"
                r"|(?:[\w-]+ ){1,12}(?:exceeded|exceeds|would exceed) (?:the |your |call )?"
                r"(?:[\w-]+[ -]){0,4}rate.?limit\b", re.IGNORECASE), "429 rate limit"),
)  # fmt: skip

RULE_PHRASES = (
    *(said for _, said, _ in _PHRASES),
    *_EXCEPTIONS.values(),
    *(said for _, said in _STARTS),
    "database is locked", "database is read-only", "disk full",
    "TLS", "TLS error", "TLS: certificate verify failed",
    *(f"no such {what}" for what in
      ("table", "column", "index", "function", "collation", "module")),
    *(f"{what} constraint failed" for what in
      ("UNIQUE", "NOT NULL", "CHECK", "FOREIGN KEY", "PRIMARY KEY")),
    "database table is locked", "database schema is locked", "database disk image is malformed",
    "unable to open database file", "disk I/O error", "file is not a database",
)  # fmt: skip
"""What stands in the causes of these rules, but for names, hosts and words of the message's own."""


def known_cause(text: str, name: str = "") -> str | None:
    """Return the cause that is known by the words of a message, None where it is none of them.

    ``name`` is that of the exception, without its module.
    """
    found = _validation(text) or _json(text)
    if found is None:
        line = printable(text)
        found = _database(text, line, name) or _system(line, name)
    return found


def _validation(text: str) -> str | None:
    if "validation error" not in text:
        return None
    found = _VALIDATION.search(text, 0, 1_000)
    if found is None:
        return None
    model = folded(printable(found[1]))
    fields: dict[str, bool] = {}
    field = ""
    for line in text[found.end() : found.end() + 20_000].split("\n"):
        if line[:1].strip():
            if not _FIELD.fullmatch(line):
                break
            field = re.sub(r"(?<![^.])\d+(?![^.])", "N", printable(line))
            continue
        if _JSON_TYPE in line:
            what = printable(line.split("[type", 1)[0]).removeprefix("Invalid JSON: ")
            return f"invalid JSON for {model}: {folded_numbers(what.split(' at line ')[0])}"
        if line.strip() and not line.startswith("    "):
            fields[field or folded(printable(re.split(r" [\[(]type=", line)[0]))] = bool(
                _MISSING.search(line)
            )
    said = _listed(model, sorted(f"{one} missing" if gone else one for one, gone in fields.items()))
    return said if fields else f"validation of {model}"


def _listed(model: str, fields: list[str]) -> str:
    whole = f"validation of {model}: {', '.join(fields)}"
    shown = len(fields)
    while len(whole) > CAUSE_LENGTH and shown > 1:
        shown -= 1
        whole = f"validation of {model}: {', '.join(fields[:shown])} and {len(fields) - shown} more"
    return whole


def _json(text: str) -> str | None:
    found = _JSON.search(text, 0, 2_000) if "(char " in text else None
    if found is None:
        return None
    what = printable(found["what"])
    return f"invalid JSON: {_lowered(what)}"


def _database(text: str, line: str, name: str) -> str | None:
    prefix = _SQL.search(text, 0, 300) if "(" in text else None
    if prefix is not None:
        text = text[prefix.end() :]
    first = printable(text.split("\n", 1)[0]) if prefix or "\n" in text else line
    found = _SQL_CAUSES.search(first)
    if found is None:
        return folded(first, names=True) if prefix or name in _SQL_NAMES else None
    match found.lastgroup:
        case "locked":
            return "database is locked"
        case "full":
            return "disk full"
        case "readonly":
            return "database is read-only"
    return first[found.start() :]


def _system(line: str, name: str) -> str | None:
    lower = line.lower()
    if "ssl" in lower or "certificate verify failed" in lower:
        tls = _TLS.search(line)
        if tls:
            said = (tls[1] or tls[2]).split(", certificate is not valid")[0].strip(" :.")
            return f"TLS: {_lowered(said)}" if said else "TLS error"
    for needle, said, hosted in _NEEDLES:
        if needle in lower:
            host = _host(line) if hosted else ""
            return f"{said}: {host}" if host else said
    if "[Errno " in line or "[WinError " in line:
        found = _ERRNO.search(line)
        if found:
            path = re.split(r"[/\\]", found[3].rstrip("/\\"))[-1] if found[3] else ""
            said = _lowered(found[2].strip())
            return f"{said}: {folded_numbers(path)}" if path else said
    if name in _EXCEPTIONS and lower in ("", "timed out"):
        return _EXCEPTIONS[name]
    return next((said for start, said in _STARTS if start.match(line)), None)


def _lowered(text: str) -> str:
    """Return a text without the capital it begins with, unless that is an acronym's."""
    return text[:1].lower() + text[1:] if text[1:2].islower() else text


def _host(line: str) -> str:
    """Return the host and port that a line tells; addresses are data, but for this machine's."""
    found = _HOST.search(line)
    if found is None:
        return ""
    host = found[1] or found[2] or found[3] or found[5] or found[6] or ""
    if host in ("127.0.0.1", "::1"):
        host = "localhost"
    if found[4]:
        host = f"{host}:{found[4]}"
    port = host.rpartition(":")[2]
    if re.match(r"\d+(?:\.\d+){3}", host):
        return f"…:{port}" if port.isdigit() and ":" in host else "…"
    return host
