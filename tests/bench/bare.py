"""The least that Textual can do: an app with one static text. Run as a process, as a baseline."""

from __future__ import annotations

from textual.app import App, ComposeResult
from textual.widgets import Static

TEXT = "nothing but this"


class Bare(App[None]):
    """Shows a text."""

    def compose(self) -> ComposeResult:
        """Make the only widget."""
        yield Static(TEXT)


if __name__ == "__main__":
    Bare().run()
