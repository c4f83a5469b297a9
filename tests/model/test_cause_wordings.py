"""Causes of messages that say the same in other words, and of such as only look like others."""

from __future__ import annotations

import pytest

from zos_monitor.model.causes import cause_of

RATE_LIMITS = (
    "Too many requests, please try again later.",
    "Rate limited by the API, retrying in 60 seconds",
    "You are being rate limited.",
    "Your account is being rate limited",
    "You have reached your rate limit. Please wait 23 s.",
    "Number of request tokens has exceeded your per-minute rate limit",
    "Requests to the Create Operation under the API have exceeded call rate limit of your tier.",
    "rate_limit_error: Number of request tokens has exceeded your daily rate limit",
    "<Response [429]>",
)
FORM = "400 Bad Request (error code: 50035): Invalid Form Body\nIn %s"
PARAMETER = (
    "Error code: 400 - {'error': {'message': \"Unsupported parameter: '%s' is not supported.\"}}"
)
CAUSES = {
    "overloaded_error: Overloaded": "529 overloaded",
    "invalid_request_error: no messages": "400 invalid request: no messages",
    "401 Unauthorized (error code: 0): 401: Unauthorized": "401 authentication",
    "500 Internal Server Error (error code: 0): 500: Internal Server Error": "500 api error",
    FORM % "content: Must be 2000 or fewer in length.": (
        "400 invalid request: Invalid Form Body: In content: Must be N or fewer in length"
    ),
    FORM % "embeds.0.title: This field is required": (
        "400 invalid request: Invalid Form Body: In embeds.N.title: This field is required"
    ),
    "<html>\n<head><title>Just a moment...</title></head>": "web page: Just a moment",
    "[Errno 98] error while attempting to bind on address ('127.0.0.1', 8080): address already in"
    " use": "address already in use",
    "No row was found (Background on this error at: https://sqlalche.me/e/20/3o7r)": (
        "No row was found"
    ),
    "Encountered unknown tag 'endfro'.": "Encountered unknown tag 'endfro'",
    "No filter named 'tojsn'.": "No filter named 'tojsn'",
    PARAMETER % "top_p": "400 invalid request: Unsupported parameter: 'top_p' is not supported",
    PARAMETER % "user": "400 invalid request: Unsupported parameter: 'user' is not supported",
    "Error code: 400 - {'error': {'message': 'Provider returned error', 'code': 400, 'metadata':"
    """ {'raw': '{"error":{"message":"no such tool"}}'}}}""": "400 invalid request: no such tool",
    "Error code: 502 - {'error': {'message': 'Provider returned error', 'code': 502}}": (
        "502 bad gateway: Provider returned error"
    ),
    "google.api_core.exceptions.ResourceExhausted: 429 Resource has been exhausted (e.g. quota).": (
        "429 rate limit"
    ),
    "google.api_core.exceptions.DeadlineExceeded: 504 Deadline Exceeded": (
        "504 gateway timeout: Deadline Exceeded"
    ),
    "google.api_core.exceptions.ServiceUnavailable: 503 failed to connect to all addresses": (
        "503 service unavailable: failed to connect to all addresses"
    ),
    "jinja2.exceptions.TemplateNotFound: user/self.jinja2": "TemplateNotFound: user/self.jinja2",
    "httpx.ReadTimeout: timed out": "read timed out",
    "httpx.ConnectTimeout: timed out": "connect timed out",
    "TimeoutError: timed out": "timed out",
    # Numbers that only look like an answer's code.
    "expected 512 dimensions, got 500": "expected N dimensions, got N",
    "Expected a list of length 400, received 404.": "Expected a list of length N, received N",
    "Expected status 200, got 503": "503 service unavailable",
    "expected 200, got 503": "503 service unavailable",
    "unexpected answer: got 503": "503 service unavailable",
    # Sentences about rate limits that none was reached in.
    "rate limit headers missing": "rate limit headers missing",
    "Cannot parse rate limit: 'abc'": "Cannot parse rate limit: '…'",
    "parse_error: upstream returned 502 Bad Gateway": "502 bad gateway",
}


@pytest.mark.parametrize("message", RATE_LIMITS)
def test_a_rate_limit_is_one_in_whatever_words(message: str) -> None:
    assert cause_of(message) == "429 rate limit"


@pytest.mark.parametrize("message", CAUSES)
def test_a_message_has_its_own_cause(message: str) -> None:
    assert cause_of(message) == CAUSES[message]
