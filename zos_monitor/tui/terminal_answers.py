"""What a terminal answers to questions, picked out from among the keys.

Textual takes what it doesn't know for keys. Answers may come that nobody here has asked for: late
ones to the program that ran before, or to a shell that looked for what the terminal can do.
"""

from __future__ import annotations

import re

_STRING = "\x1b[\\]P_^X][^\x07\x1b]*(?:\x07|\x1b\\\\)"  # colours, versions, contents
_MARKED = "\x1b\\[(?:[>=][\\d;:]*[ -/]*[@-~]|\\?[\\d;:]*(?:[ -#%-/]*[@-xz-~]|\\$[@-xz-~]))"
_PLAIN = "\x1b\\[(?:(?!48;)[\\d;]*t|[\\d;]*[cnx])"  # sizes, kinds, states
_ANSWER = re.compile(f"{_STRING}|{_MARKED}|{_PLAIN}")
_BEGUN = re.compile("\x1b(?:[\\]P_^X][^\x07\x1b]*\x1b?|\\[[?>=][\\d;:]*[ -/]*|\\[[\\d;:]+)\\Z")
ANSWER_SECONDS = 0.1
"""How long an answer that has begun is waited for; then it was a key held with Alt."""
_LONGEST = 100_000
"""Characters of an answer, such as of a clipboard's contents, that is waited for."""


class TerminalAnswers:
    """Leaves answers out of what is typed, also those that come in pieces."""

    def __init__(self) -> None:
        self._begun = ""

    @property
    def are_begun(self) -> bool:
        """Whether something is kept back that may become an answer."""
        return bool(self._begun)

    def keys(self, text: str) -> str:
        """Return what has been typed."""
        text = _ANSWER.sub("", self._begun + text)
        begun = _BEGUN.search(text[-_LONGEST:])
        self._begun = begun[0] if begun is not None else ""
        return text[: len(text) - len(self._begun)]

    def given_up(self) -> str:
        """Return what has become no answer, when nothing more has come: it was typed."""
        text, self._begun = self._begun, ""
        return text
