"""The screen's panes: which are shown in the room there is, which is in use, and how to go on."""

from __future__ import annotations

from textual import events
from textual.widget import Widget

from zos_monitor.tui.arrangement import Pane, arrange
from zos_monitor.tui.frames import PromptScreen


class PanedScreen(PromptScreen[None]):
    """A screen of the three panes with lines around them; a subclass composes them.

    The panes have their names as ids; ``#upper`` holds runs and detail, ``#body`` all three.
    """

    def __init__(self) -> None:
        super().__init__()
        self._pane = Pane.RUNS
        self._zoomed = False
        self._in_use: Widget | None = None  # what the keys went to before there was no room

    @property
    def pane(self) -> Pane:
        """The pane in use."""
        return self._pane

    def lines_around(self) -> list[Widget]:
        """Return what is shown around the panes wherever there is room for anything."""
        raise NotImplementedError

    def on_resize(self, event: events.Resize) -> None:
        """Show what the terminal has room for, and the keys that then do something."""
        self.arrange_panes()
        self.refresh_bindings()  # of itself Textual does so only for the screen on top

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Follow the focus, however it moved."""
        ids = {widget.id for widget in event.widget.ancestors_with_self}
        for pane in Pane:
            if pane in ids and pane is not self._pane:
                self._pane = pane
                self.arrange_panes()

    def arrange_panes(self) -> None:
        """Show the panes that there is room for."""
        width, height = self.app.size
        shown = arrange(width, height, pane=self._pane, zoomed=self._zoomed)
        if shown.too_small:
            self._in_use = self.focused or self._in_use
        for pane in Pane:
            self.query_one(f"#{pane}").display = pane in shown.panes
        self.query_one("#upper").display = bool(shown.panes & {Pane.RUNS, Pane.DETAIL})
        self.set_class(len(shown.panes & {Pane.RUNS, Pane.DETAIL}) < 2, "-single")
        self.set_class(shown.panes == {Pane.LAYERS}, "-layers-only")
        self.query_one("#totals").display = shown.totals_line
        for widget in (*self.lines_around(), self.query_one("#body")):
            widget.display = not shown.too_small
        self.query_one("#too-small").display = shown.too_small
        if self.focused is None and not shown.too_small:
            (self._in_use or self.query_one(f"#{self._pane}")).focus()
        if not shown.too_small:
            self._in_use = None

    def go_to(self, pane: Pane) -> None:
        """Use a pane."""
        self._pane = pane
        self.arrange_panes()
        self.query_one(f"#{pane}").focus()

    def action_next_pane(self, by: int) -> None:
        """Go to the next or the previous pane."""
        panes = list(Pane)
        self.go_to(panes[(panes.index(self._pane) + by) % len(panes)])

    def action_zoom(self) -> None:
        """Give all room to the pane in use, or show all panes again."""
        self._zoomed = not self._zoomed
        self.arrange_panes()

    def go_back(self) -> bool:
        """Leave the zoom, else the pane for the list; tell whether there was anything to leave."""
        if self._zoomed:
            self.action_zoom()
        elif self._pane is not Pane.RUNS:
            self.go_to(Pane.RUNS)
        else:
            return False
        return True
