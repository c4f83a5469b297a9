"""How a screen's keys are told: in its key line, in the help and in the palette."""

from __future__ import annotations

from textual.binding import Binding


def bound(key: str, action: str, id: str, word: str, about: str) -> Binding:
    """Return a binding; it stands in the key line where it has a word for that."""
    return Binding(key, action, word or about, id=id, tooltip=about, show=bool(word))
