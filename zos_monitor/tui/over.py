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

    _left = False

    def dismiss(self, result: Result | None = None) -> AwaitComplete:
        """Leave the screen with a result, and what lies over it; nothing where it has been left.

        Textual would take away whatever screen is on top by then, and be it the only one.
        """
        if self._left or self not in self.app.screen_stack:
            return AwaitComplete()
        self._left = True
        self.pop_until_active()
        return super().dismiss(result)


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
