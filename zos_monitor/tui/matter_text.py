"""A tab of the detail that tells of a run in paragraphs."""

from __future__ import annotations

from collections.abc import Hashable, Iterator

from zos_monitor.tui.run_columns import Setting
from zos_monitor.tui.tab_view import Matter
from zos_monitor.tui.text_pane import TextPane
from zos_monitor.tui.wrapping import Paragraph


class MatterText(TextPane):
    """A subclass says what it reads of a matter, and by what it tells one from another.

    A fresh state of the same matter keeps the scroll position; what reads as before is left alone.
    """

    def __init__(self, setting: Setting, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.setting = setting
        self.matter = Matter()
        """What is told of."""
        self._told: list[Paragraph] = []

    # What a subclass says

    def identity(self, matter: Matter) -> Hashable:
        """Return what tells a matter from all others, whatever becomes of it."""
        raise NotImplementedError

    def told_of(self, matter: Matter) -> object:
        """Return the part of a matter, beside its run, that is told."""
        raise NotImplementedError

    def read(self) -> Iterator[Paragraph]:
        """Return the text."""
        raise NotImplementedError

    @staticmethod
    def refusal(matter: Matter, part: str) -> str:
        """Return why a part of a matter is not told; empty where it is offered."""
        return matter.refused.get(part) or matter.refused.get("run", "")

    # What is shown

    def show(self, matter: Matter) -> None:
        """Show a matter, as far as it is known by now."""
        last, self.matter = self.matter, matter
        if matter.run != last.run or self.told_of(matter) != self.told_of(last):
            self._tell(from_top=self.identity(matter) != self.identity(last))

    def set_setting(self, setting: Setting) -> None:
        """Render by another time, zone or set of signs."""
        self.setting = setting
        self._tell(from_top=False)

    def _tell(self, *, from_top: bool) -> None:
        told, self._told = self._told, list(self.read())
        if from_top or told != self._told:
            self.show_text(self.read, from_top=from_top)

    def step(self, by: int) -> None:
        """Return None: there is no text here to be read whole."""
