"""A small prompt over the dashboard: to which time the list is to go."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.getters import query_one
from textual.widgets import Input, Static

from zos_monitor.model.filter_times import TIME_FORMS, Moment, read_moment
from zos_monitor.model.text import one_line
from zos_monitor.tui.over import OverScreen
from zos_monitor.tui.safe_input import SafeInput

_EXAMPLES = "a date such as 2026-10-03, an instant, a span back such as 30d, yesterday"


class JumpScreen(OverScreen[Moment | None]):
    """Returns the time that was typed; None where the prompt was left by Escape."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Leave", show=False),
    ]
    line = query_one(Input)
    hint = query_one("#jump-hint", Static)

    def compose(self) -> ComposeResult:
        """Build the prompt."""
        with Vertical(id="jump"):
            with Horizontal():
                yield Static(":", markup=False)
                line = SafeInput(compact=True)
                line.cursor_blink = False
                yield line
            yield Static(_EXAMPLES, id="jump-hint", markup=False)

    def on_mount(self) -> None:
        """Begin to take what is typed."""
        self.query_one("#jump").border_title = "Go to"
        self.line.focus()

    def action_leave(self) -> None:
        """Stay where the list is."""
        self.dismiss(None)

    @on(Input.Changed)
    def _typed(self) -> None:
        self._say(_EXAMPLES, wrong=False)

    @on(Input.Submitted)
    def _take(self, event: Input.Submitted) -> None:
        typed = event.value.strip().lstrip(":").strip()
        moment = read_moment(typed)
        if not typed:
            self.dismiss(None)
        elif moment is None:
            self._say(f"{one_line(typed)} is no time; type {TIME_FORMS}", wrong=True)
        else:
            self.dismiss(moment)

    def _say(self, words: str, *, wrong: bool) -> None:
        if words != str(self.hint.content):
            self.hint.update(words)
        self.hint.set_class(wrong, "-wrong")
