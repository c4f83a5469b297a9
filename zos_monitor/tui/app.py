"""The Textual application around the dashboard."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual import events
from textual.app import SystemCommand
from textual.binding import Binding
from textual.driver import Driver
from textual.filter import LineFilter
from textual.screen import Screen

from zos_monitor.questions import Service
from zos_monitor.reports import unforeseen
from zos_monitor.tui.arrangement import too_small
from zos_monitor.tui.ascii_filter import AsciiFilter
from zos_monitor.tui.dashboard import DashboardScreen
from zos_monitor.tui.enduring_app import EnduringApp
from zos_monitor.tui.first_rows import FirstRows
from zos_monitor.tui.glyphs import ASCII, UNICODE, Glyphs
from zos_monitor.tui.key_order import KeyOrder
from zos_monitor.tui.mishaps import GONE
from zos_monitor.tui.styles_memory import keep_no_lines
from zos_monitor.tui.whole_cuts import mend_cuts


class MonitorApp(EnduringApp[None]):
    """Shows the dashboard over one service until the operator quits."""

    CSS_PATH = "zos_monitor.tcss"
    TITLE = "zos-monitor"
    COMMAND_PALETTE_DISPLAY: ClassVar[str] = "^p"

    def __init__(
        self,
        service: Service,
        *,
        filter_text: str = "",
        glyphs: Glyphs = UNICODE,
        driver_class: type[Driver] | None = None,
        first_rows: FirstRows | None = None,
        bell: bool = False,
        colourless: bool = False,
    ) -> None:
        super().__init__(driver_class=driver_class)
        keep_no_lines()
        mend_cuts()
        self.animation_level = "none"  # over a slow line every frame of an animation is in the way
        self.first_rows = first_rows
        self._service = service
        self._filter_text = filter_text
        self._glyphs = glyphs
        self._bell = bell
        self._early_input: list[events.Event] | None = []
        self._leave_early: int | None = None
        self._key_order = KeyOrder(self, super().on_event)
        self._more_filters: list[LineFilter] = []
        if colourless:
            from zos_monitor.tui.plain_filter import PlainFilter

            self._more_filters.append(PlainFilter())
        if glyphs is ASCII:
            self._more_filters.append(AsciiFilter())

    def on_mount(self) -> None:
        """Draw borders of ASCII where the signs are."""
        self.set_class(self._glyphs is ASCII, "-ascii")

    async def on_event(self, event: events.Event) -> None:
        """Have keys wait that were typed before there was a screen for them."""
        if event.is_forwarded or not isinstance(event, events.InputEvent | events.Paste):
            await super().on_event(event)
        elif self._early_input is not None:
            self._early_input.append(event)
        else:
            await self._key_order.take(event)

    async def on_key_order_passed(self) -> None:
        """Note that a key has gone all its way."""
        await self._key_order.passed()

    async def on_ready(self) -> None:
        """Take up what had to wait for the screen, and have garbage collected from now on."""
        early, self._early_input = self._early_input or [], None
        if self._leave_early is not None:
            self.leave(self._leave_early)
        for event in early:
            await self._key_order.take(event)
        if not gc.isenabled():
            gc.freeze()  # what there is by now stays for good
            gc.enable()

    def leave(self, status: int) -> None:
        """End the app with an exit status, once there is a screen to be left."""
        if self._early_input is None:
            self.exit(return_code=status)
        else:
            self._leave_early = status

    def on_resize(self, event: events.Resize) -> None:
        """Cover what lies over the dashboard while the terminal has no room for it."""
        if len(self.screen_stack) > 1:
            from zos_monitor.tui.over import cover

            cover(self, event.size)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Open nothing where there is no room for it, and nothing more when leaving."""
        if action != "command_palette":
            return True
        return self.return_code is None and not too_small(*self.size)

    def action_command_palette(self) -> None:
        """Offer all commands by their words."""
        from zos_monitor.tui.over import Palette

        if not isinstance(self.screen, Palette):
            self.push_screen(Palette(id="--command-palette"))

    def search_themes(self) -> None:
        """Offer all themes, in a palette that can be left by keys in any order."""
        from textual.theme import ThemeProvider

        from zos_monitor.tui.over import Palette

        self.push_screen(Palette(providers=[ThemeProvider], placeholder="Search for themes…"))

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Return what every line passes before it is sent; more where the terminal can do less."""
        return [*super().get_line_filters(), *self._more_filters]

    async def on_unmount(self) -> None:
        """Let go of the database before the event loop ends."""
        self.workers.cancel_all()
        try:
            await self._service.closed()
        except Exception as error:  # the terminal is still to be given back
            self.fail(error)

    def tell_mishap(self, error: Exception, doing: str) -> None:
        """Tell over the dashboard of an exception that the app outlives."""
        screens = [one for one in self.screen_stack if isinstance(one, DashboardScreen)]
        if screens and not screens[0].left:
            screens[0].outlive(error, doing)
        elif not isinstance(error, GONE):
            unforeseen(error, doing)

    def get_default_screen(self) -> Screen[None]:
        """Return the dashboard as the app's first screen."""
        return DashboardScreen(
            self._service,
            filter_text=self._filter_text,
            glyphs=self._glyphs,
            first=self.first_rows.answer if self.first_rows is not None else None,
            bell=self._bell,
        )

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Return the colours of the states, for themes that don't set them."""
        return {
            "state-running": "#3fc1d4",
            "state-stalled": "#d670d6",
            "state-interrupted": "#a574a5",
            "state-success": "#4ebf71",
            "state-partial": "#e5c453",
            "state-failed": "#f0567a",
            "state-dry": "#8a8f98",
            "state-unknown": "#e0e0e0",
        }

    def get_key_display(self, binding: Binding) -> str:
        """Return a key as it is shown; by its name where its sign is not of ASCII."""
        display = super().get_key_display(binding)
        plain = self._glyphs is ASCII and not display.isascii()
        return binding.key if plain else display

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Offer in the command palette what the keys do, by the same words."""
        if isinstance(screen, DashboardScreen):
            for binding in DashboardScreen.BINDINGS:
                if isinstance(binding, Binding):
                    yield SystemCommand(
                        binding.tooltip,
                        f"key {self.get_key_display(binding)}",
                        lambda action=binding.action: self.run_action(action, screen),
                    )
        yield SystemCommand("Change the theme", "Colours", self.action_change_theme)
