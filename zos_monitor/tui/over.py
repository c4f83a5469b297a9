"""What lies over the dashboard for a while, and gives way when it is left."""

from __future__ import annotations

from typing import TypeVar

from textual.await_complete import AwaitComplete
from textual.command import CommandList, CommandPalette
from textual.screen import ModalScreen
from textual.widgets import OptionList

Result = TypeVar("Result")


class OverScreen(ModalScreen[Result]):
    """A screen that is left once: Enter pressed twice in a row has chosen once."""

    def dismiss(self, result: Result | None = None) -> AwaitComplete:
        """Leave the screen with a result; nothing happens where it is not the one on top.

        Textual would take away whatever is on top by then, and be it the last screen that is left.
        """
        return super().dismiss(result) if self.app.screen is self else AwaitComplete()


def _can_be_paged(options: OptionList, action: str) -> bool:
    """Tell whether a list has lines yet: keys may come right behind the one that opens it."""
    return action not in ("page_up", "page_down") or bool(options.scrollable_content_region)


class Options(OptionList):
    """Options to choose from, also by keys that are typed before they are drawn."""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Page through nothing that has no lines yet."""
        return _can_be_paged(self, action)


class Palette(CommandPalette, OverScreen[None]):
    """Textual's command palette, safe from keys that are typed before its list is drawn."""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Page through nothing that has no lines yet."""
        if action != "command_list":
            return True
        return _can_be_paged(self.query_one(CommandList), str(parameters[0]))
