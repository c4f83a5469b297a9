"""What goes wrong in the demo: error texts of every kind that real rows hold."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Literal

Takes = Literal["quick", "usual", "slow"]
TRACEBACK_LENGTH = 6000
"""The least length of the long traceback, in characters."""


@dataclass(frozen=True, slots=True)
class Mishap:
    """A way for a target to fail. ``<request>`` in the text stands for a provider's request id."""

    kind: str
    text: str
    where: Literal["fetch", "call", "store"] = "call"
    """Before its call, in the call, or after a call that went well and was paid for."""
    takes: Takes = "quick"
    recorded: bool = True
    """Whether zos manages to record the failed call: text that has no UTF-8 cannot be stored."""

    @property
    def unseen(self) -> bool:
        """Whether it leaves no call behind: nobody can tell that the target failed, till the end.

        In real runs that is rare: 10 of 418 had one such target, and none had two.
        """
        return self.where == "fetch" or not self.recorded


BAD_KEY = Mishap(
    "authentication",
    "Error code: 401 - {'type': 'error', 'error': {'type': 'authentication_error',"
    " 'message': 'invalid x-api-key'}, 'request_id': '<request>'}",
)
MISHAPS = (
    Mishap(
        "rate limit",
        "Error code: 429 - {'type': 'error', 'error': {'type': 'rate_limit_error', 'message':"
        " 'This request would exceed your organization’s rate limit of 40,000 input tokens per"
        " minute'}, 'request_id': '<request>'}",
    ),
    Mishap(
        "overloaded",
        "Error code: 529 - {'type': 'error', 'error': {'type': 'overloaded_error', 'message':"
        " 'Overloaded'}, 'request_id': '<request>'}",
    ),
    Mishap("timeout", "Request timed out.", takes="slow"),
    Mishap("connection", "Connection error.", takes="usual"),
    Mishap("empty", ""),
    Mishap("unterminated", "Unterminated string starting at: line 3 column 14 (char 92)", "store"),
    Mishap(
        "validation",
        "2 validation errors for Insight\n"
        "confidence\n"
        "  Input should be less than or equal to 1 [type=less_than_equal, input_value=7,"
        " input_type=int]\n"
        "    For further information visit https://errors.pydantic.dev/2.12/v/less_than_equal\n"
        "valence_warmth\n"
        "  Input should be a valid number, unable to parse string as a number"
        " [type=float_parsing, input_value='plutôt élevée', input_type=str]\n"
        "    For further information visit https://errors.pydantic.dev/2.12/v/float_parsing",
        "store",
    ),
    Mishap(
        "locked",
        "(sqlite3.OperationalError) database is locked\n"
        "[SQL: UPDATE topics SET last_activity_at=? WHERE topics.key = ?]\n"
        "[parameters: ('2026-01-04 03:01:07.204418', 'self:zos')]\n"
        "(Background on this error at: https://sqlalche.me/e/20/e3q8)",
        "fetch",
        "usual",
    ),
    Mishap("traceback", "<traceback>"),
    Mishap(
        "escapes",
        "\x1b[31mERROR\x1b[0m worker \x1b[1m3\x1b[0m gave up\x1b]0;not a title\x07 after 3 tries\r",
    ),
    Mishap("surrogate", "stream closed after \udcf0\udc9f of 4096 bytes", recorded=False),
    Mishap(
        "markup",
        "template left [bold]feeling[/bold] open: expected [/reply] but got [link=x] at [red]12[/]",
        "fetch",
    ),
)


def error_text(mishap: Mishap, rng: Random) -> str:
    """Return the text of a mishap as zos would record it."""
    if mishap.kind == "traceback":
        return _traceback()
    letters = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
    request = "req_011C" + "".join(rng.choices(letters, k=20))
    return mishap.text.replace("<request>", request)


def _traceback() -> str:
    frames = (
        ("zos/executor.py", 1911, "run_target", "outcome = await self.run_node(node, context)"),
        ("zos/llm/client.py", 288, "complete", "reply = await self._send(request)"),
        ("httpx/_transports/default.py", 101, "map_exceptions", "yield"),
        ("httpcore/_async/http11.py", 136, "handle_request", "raise exc\t# сеть недоступна"),
    )
    lines = ["Traceback (most recent call last):"]
    length = 0
    while length < TRACEBACK_LENGTH:
        for path, line, function, code in frames:
            lines.append(f'  File "/srv/venv/lib/python3.12/site-packages/{path}", line {line},')
            lines.append(f"\tin {function}\n    {code}")
            length += len(lines[-1]) + len(lines[-2])
    lines.append("httpcore.RemoteProtocolError: peer closed the connection mid-answer")
    return "\n".join(lines)


class Deck:
    """Deals mishaps in a shuffled order, every kind once before any comes again.

    Only kinds that leave no call behind can be passed over for a while, where they are not wanted.
    """

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._left: list[Mishap] = []

    def deal(self, *, unseen: bool = True) -> Mishap:
        """Return the next mishap; without ``unseen`` the next that leaves a call behind."""
        if not any(unseen or not mishap.unseen for mishap in self._left):
            # Those that were passed over come before any of the new ones.
            self._left = self._rng.sample(MISHAPS, len(MISHAPS)) + self._left
        at = max(n for n, mishap in enumerate(self._left) if unseen or not mishap.unseen)
        return self._left.pop(at)
