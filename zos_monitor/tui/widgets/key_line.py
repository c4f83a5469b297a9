"""The footer: the keys that matter here, taken from the bindings, each one to click."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from textual import events
from textual.binding import Binding
from textual.content import Content
from textual.reactive import reactive
from textual.timer import Timer
from textual.widget import Widget

from zos_monitor.model.text import one_line

_SAID_FOR = 5.0  # seconds


class KeyHint(NamedTuple):
    """A key, how it is shown, and what it does."""

    key: str
    display: str
    description: str


class KeyLine(Widget):
    """One line of keys; those that do not fit are left out from the right.

    What was just done is said in their place for a moment.
    """

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    KeyLine { height: 1; padding: 0 1; color: $text-muted; }
    """

    hints: reactive[Sequence[KeyHint]] = reactive(())
    said: reactive[str] = reactive("")
    """What is said in place of the keys; empty for nothing."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._silence: Timer | None = None

    def say(self, words: str) -> None:
        """Say what was just done, for some seconds or until the next words.

        A name in them may be from the database.
        """
        if self._silence is not None:
            self._silence.stop()
        self.said = one_line(words)
        self._silence = self.set_timer(_SAID_FOR, self.be_silent)

    def be_silent(self) -> None:
        """Show the keys again."""
        self.said = ""

    def show_bindings(self, bindings: Iterable[Binding]) -> None:
        """Show these keys."""
        self.hints = tuple(
            KeyHint(binding.key, self.app.get_key_display(binding), binding.description)
            for binding in bindings
        )

    def render(self) -> Content:
        """Return the hints that fit, or what is said."""
        if self.said:
            return Content(self.said).truncate(max(1, self.size.width), ellipsis=True)
        parts = [
            Content.assemble((hint.display, "bold $text-accent"), f" {hint.description}")
            for hint in self._fitting()
        ]
        return Content("  ").join(parts)

    def _fitting(self) -> list[KeyHint]:
        room, fitting = self.size.width + 2, []
        for hint in self.hints:
            room -= _width(hint)
            if room < 0:
                break
            fitting.append(hint)
        return fitting

    def on_click(self, event: events.Click) -> None:
        """Press the key that was clicked."""
        if self.said:
            self.be_silent()
            return
        offset = event.get_content_offset(self)
        x = -1 if offset is None else offset.x
        for hint in self._fitting():
            if 0 <= x < _width(hint):
                self.app.simulate_key(hint.key)
                return
            x -= _width(hint)


def _width(hint: KeyHint) -> int:
    return Content(f"{hint.display} {hint.description}  ").cell_length
