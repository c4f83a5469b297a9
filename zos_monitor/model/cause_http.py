"""What an answer of a provider, or of any other web service, says has gone wrong.

The codes and types are those of the providers' documented errors and of RFC 9110.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from zos_monitor.model.cause_words import folded, printable

MEANINGS: Mapping[int, str] = MappingProxyType(
    {
        400: "invalid request",
        401: "authentication",
        402: "payment required",
        403: "permission",
        404: "not found",
        405: "method not allowed",
        408: "request timeout",
        409: "conflict",
        410: "gone",
        413: "request too large",
        415: "unsupported media type",
        422: "unprocessable request",
        429: "rate limit",
        500: "api error",
        501: "not implemented",
        502: "bad gateway",
        503: "service unavailable",
        504: "gateway timeout",
        520: "unknown origin error",
        521: "origin down",
        522: "origin connect timeout",
        523: "origin unreachable",
        524: "origin timeout",
        525: "TLS handshake with origin failed",
        529: "overloaded",
    }
)
"""What the codes mean, in few words."""

_TYPES: Mapping[str, int] = MappingProxyType(
    {
        "invalid_request_error": 400,
        "authentication_error": 401,
        "invalid_api_key": 401,
        "billing_error": 402,
        "permission_error": 403,
        "not_found_error": 404,
        "model_not_found": 404,
        "request_too_large": 413,
        "rate_limit_error": 429,
        "rate_limit_exceeded": 429,
        "insufficient_quota": 429,
        "api_error": 500,
        "server_error": 500,
        "timeout_error": 504,
        "overloaded_error": 529,
    }
)
_NAMES: Mapping[str, int] = MappingProxyType(
    {
        "BadRequestError": 400,
        "AuthenticationError": 401,
        "PermissionDeniedError": 403,
        "NotFoundError": 404,
        "ConflictError": 409,
        "RequestTooLargeError": 413,
        "UnprocessableEntityError": 422,
        "RateLimitError": 429,
        "InternalServerError": 500,
        "ServiceUnavailableError": 503,
        "OverloadedError": 529,
        "ResourceExhausted": 429,
        "TooManyRequests": 429,
        "ServiceUnavailable": 503,
        "DeadlineExceeded": 504,
    }
)
"""The exceptions of the providers' clients."""

_COUNTED = re.compile(
    r"(?i)\bexpected\b(?! (?:an? )?(?:status|http|response|[23]\d\d\b))(?:(?!status|http).){0,200}$"
)
"""What comes before a number that only counts something, as in *expected 512, got 500*."""

_CODES = (
    re.compile(
        r"(?i:(?<!exit )\b(?:(?:api|upstream|server|gateway) error|error[ _]code"
        r"|status(?:[ _]?code)?|https?(?:/[\d.]+)?(?: error| status| code| response)*))"
        r"\b['\"]?\s*[:=]?\s*[('\"]{0,2}([45]\d\d)\b"
    ),
    re.compile(r"(?i:\b(?:client|server) error) '([45]\d\d)\b"),
    re.compile(
        r"^\W{0,2}([45]\d\d)(?=\W{0,2}$|\s*[-:,{<(]\s*(?=[^\d\s])|\s+(?:[A-Z<{]|page not found))"
    ),
    re.compile(
        r"(?i:\b(?:responded with|failed with|returned|received|got)(?: an?)?(?: error)?)"
        r" ([45]\d\d)\b(?=\W*$|[:;,.)]|\s+(?:[A-Z][a-z]+ |[A-Z]{2}|Forbidden|Unauthorized))"
    ),
    re.compile(r"<Response \[([45]\d\d)\b"),
    re.compile(r"<(?:title|h1)>(?:[^<\d]|\d(?!\d\d)){0,80}([45]\d\d)\b"),
    re.compile(r"['\"](?:code|status)['\"]\s*:\s*['\"]?([45]\d\d)\b"),
)
_TYPE = re.compile(r"['\"](?:type|code)['\"]\s*:\s*['\"](\w{4,40})['\"]")
_TYPE_FIRST = re.compile(
    r"((?:invalid_request|authentication|billing|permission|not_found|rate_limit|overloaded)_error)"
    r": "
)
_MESSAGE = re.compile(
    r"(?:['\"](?:message|detail|error|error_message|msg)['\"]\s*:|\bmessage=)\s*"
    r"(?:'((?:[^'\\]|\\.){1,2000})'|\"((?:[^\"\\]|\\.){1,2000})\")"
)
_MODEL = re.compile(
    r"(?i:\bmodels?)(?:[/:=]\s*|\s*[`'\"]|\s+(?=[\w.:/-]*[\d-]))[`'\"\\]*([\w.:/-]{2,60})"
)
_HOST = re.compile(r"\burl(?::| |=)\s*(?:URL\()?['\"]?https?://(?:[^/@'\"\s]*@)?([^/'\"\s?#]+)")
_REASON = re.compile(
    r"\W{0,8}(?:(?i:Bad Request|Unauthorized|Payment Required|Forbidden|Not Found"
    r"|Method Not Allowed|Conflict|Too Many Requests|Internal Server Error|Bad Gateway"
    r"|Service (?:Temporarily )?Unavailable|Gateway Time-?out"
    r"|Request (?:Time-?out|Entity Too Large)|(?:Payload|Content) Too Large"
    r"|Unprocessable (?:Entity|Content)|Overloaded)|[A-Z]{4,}(?:_[A-Z]+)*\b)?"
    r"(?: ?\(error code: \d+\))?\W{0,8}"
)
_BEFORE = re.compile(r"([^\n]{3,300}) \(\w+[ \w]*:")
_BODY = re.compile(r"\s*[-:.,]?\s*[{<]")
_PLAIN_DETAILS = re.compile(
    r"(?i:(?:unknown |api |internal server )?error\W*$|overloaded|unauthori[sz]ed\W*$"
    r"|forbidden\W*$|not found\W*$"
    r"|your api key does not have permission to use the specified resource"
    r"|the server had an error while processing|an internal error has occurred"
    r"|(?:the )?request (?:timeout|timed out)|timeout$|timed out$)"
)
_OF_PARAMETERS = re.compile(r"(?:Unsupported|Unknown|Unrecognized|Missing|Invalid)\b.{0,30}['`]\w")
_BAD_KEYS = re.compile(
    r"(?i:invalid (?:bearer token|x-api-key|api key|authentication)|incorrect api key"
    r"|bad credentials|(?:you didn't provide an|no|missing) api key|api key not valid)"
)
_SPECIAL = (
    (("credit balance is too low", "insufficient credit", "insufficient balance"),
     "credit balance too low"),
    (("insufficient_quota", "exceeded your current quota"), "quota exceeded"),
    (("usage limit",), "usage limit reached"),
    (("prompt is too long", "context_length_exceeded", "maximum context length",
      "exceed context limit", "exceeds the context window", "input is too long"),
     "{meaning}: prompt too long"),
)  # fmt: skip
HTTP_PHRASES = (
    *MEANINGS.values(),
    "error",
    *(said.format(meaning=meaning) for _, said in _SPECIAL for meaning in MEANINGS.values()),
)
"""What stands behind the codes, but for the details that an answer tells in words of its own."""
_BARE = frozenset({408, 413, 429, 529, *range(520, 526)})  # of which all details mean the same


def provider_cause(text: str, name: str = "") -> str | None:
    """Return code and meaning of an answer that was an error, None where the text is none.

    ``text`` is a message, or its first thousands of characters; ``name`` that of the exception.
    """
    found = _code(text[:1_000])
    types = _TYPE.findall(text[:2_000]) if "'" in text or '"' in text else ()
    if not found and not types and (first := _TYPE_FIRST.match(text)):
        types, text = [first[1]], text[first.end() :]
    kind = next((_TYPES[one] for one in reversed(types) if one in _TYPES), None)
    code, end = found or (kind or _NAMES.get(name), 0)
    if code is None:
        return None
    if kind in (404, 401) and "model_not_found" not in types and code == 400:
        code = kind
    if not found and text.startswith(f"{code} "):
        end = len(f"{code} ")
    meaning = MEANINGS.get(code, "error")
    lower = text[:2_000].lower()
    for needles, said in _SPECIAL:
        if any(needle in lower for needle in needles):
            return f"{code} {said.format(meaning=meaning)}"
    if code == 503 and "overloaded" in lower:
        return f"{code} overloaded"
    detail = _detail(text, end, code)
    return f"{code} {meaning}{': ' if detail else ''}{detail}"


def message_in(text: str) -> str:
    """Return the message in the body of an answer, such as JSON; empty where there is none."""
    said = [found[1] or found[2] for found in _MESSAGE.finditer(text[:2_000])]
    if said[1:] and said[0] == "Provider returned error":  # OpenRouter's, around the provider's own
        return said[1]
    return said[0] if said else ""


def _code(text: str) -> tuple[int, int] | None:
    """Return the status code in a text, and where the text goes on after it."""
    if "4" not in text and "5" not in text:
        return None
    for pattern in _CODES:
        found = pattern.search(text)
        if found and not _COUNTED.search(text, 0, found.start(1)):
            return int(found[1]), found.end()
    return None


def _detail(text: str, end: int, code: int) -> str:
    """Return what an answer says beyond its code, empty where that is nothing more."""
    if code == 404 and (model := _MODEL.search(text[:2_000])):
        return f"model {model[1].strip('.:')}"
    if host := _HOST.search(text[:2_000]):
        return host[1]
    if code in _BARE and "(error code: " not in text[:100]:  # which only Discord's client writes
        return ""
    if said := message_in(text):
        pass
    elif _BODY.match(text, end):
        return ""
    else:
        said = text[end:].split("\n", 1)[0].split("<", 1)[0] if end else text
        if not said.strip(" ).") and (before := _BEFORE.match(text)):
            said = before[1]
    said = printable(_REASON.sub("", said, count=1)).removeprefix(f"{code}: ")
    if not said or _PLAIN_DETAILS.match(said) or (code == 401 and _BAD_KEYS.match(said)):
        return ""
    return folded(said, names=_OF_PARAMETERS.match(said) is not None)
