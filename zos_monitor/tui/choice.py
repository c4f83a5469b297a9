"""A small menu over the dashboard: choose one or several of a few words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.getters import query_one
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from zos_monitor.model.text import one_line
from zos_monitor.tui.over import Options, OverScreen

Choice = tuple[str, ...]


class ChoiceScreen(OverScreen[Choice | None]):
    """Returns the chosen values, none for any; None where the menu was left by Escape.

    Enter takes the line under the cursor, together with those marked by Space.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "cursor(1)", "Down", show=False),
        Binding("k", "cursor(-1)", "Up", show=False),
        Binding("space", "mark", "Mark", show=False),
        Binding("escape,q", "leave", "Leave", show=False),
    ]
    options = query_one(OptionList)

    def __init__(
        self, title: str, values: Sequence[str], chosen: Sequence[str], *, several: bool
    ) -> None:
        super().__init__()
        self._title = title
        self._values = ["", *values]
        self._marked = {value for value in chosen if value in values}
        self._several = several

    def compose(self) -> ComposeResult:
        """Build the menu."""
        with Vertical(id="choice"):
            yield Options(*(Option(self._label(value)) for value in self._values), markup=False)
            keys = "space marks  enter takes" if self._several else "enter takes"
            yield Static(keys, id="choice-keys", markup=False)

    def on_mount(self) -> None:
        """Put the cursor on the first chosen value."""
        self.query_one("#choice").border_title = self._title
        first = next((n for n, value in enumerate(self._values) if value in self._marked), 0)
        self.options.highlighted = first

    def _label(self, value: str) -> Content:
        mark = "x" if value in self._marked else " "
        box = f"[{mark}] " if self._several and value else ""
        return Content(f"{box}{one_line(value) or 'any'}")

    def action_cursor(self, by: int) -> None:
        """Move the cursor."""
        if by > 0:
            self.options.action_cursor_down()
        else:
            self.options.action_cursor_up()

    def action_mark(self) -> None:
        """Mark or unmark the line under the cursor."""
        index = self.options.highlighted
        if self._several and index:
            self._marked ^= {self._values[index]}
            self.options.replace_option_prompt_at_index(index, self._label(self._values[index]))

    def action_leave(self) -> None:
        """Leave everything as it was."""
        self.dismiss(None)

    @on(OptionList.OptionSelected)
    def _take(self, event: OptionList.OptionSelected) -> None:
        value = self._values[event.option_index]
        if not value:
            self.dismiss(())
        elif self._several:
            marked = self._marked | {value}
            self.dismiss(tuple(name for name in self._values if name in marked))
        else:
            self.dismiss((value,))
