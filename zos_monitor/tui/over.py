"""What lies over the dashboard for a while, and gives way when it is left."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from textual.app import ComposeResult
from textual.await_complete import AwaitComplete
from textual.binding import BindingType
from textual.command import CommandList, CommandPalette
from textual.content import Content
from textual.geometry import Size
from textual.screen import ModalScreen, Screen
from textual.widgets import OptionList, Static

from zos_monitor.tui.arrangement import NEEDED, too_small

if TYPE_CHECKING:
    from textual.app import App

Result = TypeVar("Result")


class OverScreen(ModalScreen[Result]):
    """A screen that is left once: Enter pressed twice in a row has chosen once."""

    _left_with: tuple[Result | None] | None = None

    def dismiss(self, result: Result | None = None) -> AwaitComplete:
        """Leave the screen with a result; nothing happens where it is not the one on top.

        Textual would take away whatever is on top by then, and be it the last screen that is left.
        Where the terminal is too small to show it, it is left once that isn't so any more.
        """
        if self.app.screen is self:
            return super().dismiss(result)
        if isinstance(self.app.screen, Cover) and self.app.screen.covered is self:
            self._left_with = (result,)
        return AwaitComplete()

    def on_screen_resume(self) -> None:
        """Give way to the line that says so where there is no room; else be left at last."""
        if self._left_with is not None and self.app.screen is self:
            (result,) = self._left_with
            self.dismiss(result)
        else:
            cover(self.app, self.app.size)

    # The screen takes no notice of a size that it is not shown at (private): without this it would
    # be laid out in next to no room, and come back scrolled to elsewhere.

    def _screen_resized(self, size: Size) -> None:
        if not too_small(*size):
            super()._screen_resized(size)


class FullScreen(OverScreen[Result]):
    """Lies over the dashboard's header, too, and so says itself where its data is not live."""

    _stale: Static | None = None

    @property
    def lines_free(self) -> int:
        """How many lines there are for what the screen shows."""
        told = self._stale is not None and self._stale.display
        return self.app.size.height - (1 if told else 0)

    def tell_stale(self, stale: tuple[str, str] | None) -> None:
        """Say above all else why the data is not live, in words and their style; None if it is."""
        if self._stale is None:
            if stale is None or not self.is_attached:
                return
            self._stale = Static(classes="stale", markup=False)
            self._stale.display = False
            self.mount(self._stale)
        before = self.lines_free
        self._stale.display = stale is not None
        if stale is not None:
            words, style = stale
            self._stale.update(Content.styled(f" {words}", style))
        if self.lines_free != before:
            self.fit()

    def fit(self) -> None:
        """Arrange what is shown anew: there is a line more or less for it."""


class Cover(Screen[None]):
    """Lies over what there is no room for, and keeps it as it is until there is again.

    What is beneath gets no keys meanwhile, and comes back where it was.
    """

    BINDINGS: ClassVar[list[BindingType]] = [("q", "app.quit", "Quit")]

    def __init__(self, covered: Screen[Any]) -> None:
        super().__init__()
        self.covered = covered
        """The screen right beneath."""

    def compose(self) -> ComposeResult:
        """Build the line."""
        yield Static(NEEDED, classes="too-small", markup=False)

    def on_screen_resume(self) -> None:
        """Give way where there is room by now."""
        cover(self.app, self.app.size)


def cover(app: App[Any], size: Size) -> None:
    """Cover what lies over the dashboard where there is no room for it, uncover it where there is.

    The dashboard itself knows what to show then.
    """
    small, top = too_small(*size), app.screen
    if small and isinstance(top, ModalScreen):
        app.push_screen(Cover(top))
    elif not small and isinstance(top, Cover):
        app.pop_screen()


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
