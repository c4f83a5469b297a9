"""What is said in the place of an answer that is never to be had here."""

from __future__ import annotations

from zos_monitor.model.faults import NotOffered
from zos_monitor.model.text import one_line

NOT_OFFERED = "not offered by this server"


def refusal_words(refusal: NotOffered) -> str:
    """Return why there is no answer; the words that tell that it is no fault are always in it."""
    words = one_line(refusal.message)
    return words if NOT_OFFERED in words.lower() else f"{NOT_OFFERED.capitalize()}: {words}"
