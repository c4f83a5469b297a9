"""What stands in the place of a text that is hidden, and how it is known again.

It says how much there is of the text, and nothing of what it says; nor does it look like JSON. In
the place of an error's message the cause stands before that, in a line of its own, so that errors
group as before.
"""

from __future__ import annotations

import re

from zos_monitor.model.cause_words import printable, shortened

_END = " hidden)"
_MARK = re.compile(r"\((?:text|[\d,]+ characters?(?: on [\d,]+ lines)?) hidden\)", re.ASCII)
_SHORTEST = "(text hidden)"


def hidden_text(text: str) -> str:
    r"""Return what stands for a text; an empty one stays what it is.

    >>> hidden_text("Dear diary,\nno")
    '(14 characters on 2 lines hidden)'
    """
    if not text:
        return text
    lines = text.count("\n") + 1
    on_lines = f" on {lines:,} lines" if lines > 1 else ""
    return f"({len(text):,} character{'s' * (len(text) != 1)}{on_lines}{_END}"


def hidden_message(cause: str, text: str, *, whole: bool = True) -> str:
    r"""Return what stands for an error's message that has this cause; an empty one stays empty.

    Where the text is not the ``whole`` message, how long that is stays open.

    >>> hidden_message("429 rate limit", "Error code: 429")
    '429 rate limit\n(15 characters hidden)'
    """
    if not text:
        return text
    return f"{cause}\n{hidden_text(text) if whole else _SHORTEST}"


def is_hidden(text: str) -> bool:
    """Tell whether a text stands for one that is hidden."""
    return text.endswith(_END) and _MARK.fullmatch(text.rpartition("\n")[2]) is not None


def hidden_cause(message: str) -> str | None:
    """Return the cause that stands in a hidden message, None where the message is none."""
    if not message.endswith(_END) or not is_hidden(message):
        return None
    cause, line_end, _ = message.rpartition("\n")
    if not line_end or "\n" in cause:
        return None
    return shortened(printable(cause)) or None  # whoever has written it
