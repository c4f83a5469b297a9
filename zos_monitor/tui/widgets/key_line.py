"""The footer: the keys that matter here, taken from the bindings, each one to click."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from textual import events
from textual.binding import Binding
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget


class KeyHint(NamedTuple):
    """A key, how it is shown, and what it does."""

    key: str
    display: str
    description: str


class KeyLine(Widget):
    """One line of keys; those that do not fit are left out from the right."""

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    KeyLine { height: 1; padding: 0 1; color: $text-muted; }
    """

    hints: reactive[Sequence[KeyHint]] = reactive(())

    def show_bindings(self, bindings: Iterable[Binding]) -> None:
        """Show these keys."""
        self.hints = tuple(
            KeyHint(binding.key, self.app.get_key_display(binding), binding.description)
            for binding in bindings
        )

    def render(self) -> Content:
        """Return the hints that fit."""
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
        offset = event.get_content_offset(self)
        x = -1 if offset is None else offset.x
        for hint in self._fitting():
            if 0 <= x < _width(hint):
                self.app.simulate_key(hint.key)
                return
            x -= _width(hint)


def _width(hint: KeyHint) -> int:
    return Content(f"{hint.display} {hint.description}  ").cell_length
