"""A screen alone, in the style of the real app, and one whose questions are answered by hand."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, tzinfo
from typing import Generic, TypeVar

from textual.app import App
from textual.filter import LineFilter
from textual.screen import Screen

from zos_monitor.tui.app import MonitorApp
from zos_monitor.tui.ascii_filter import AsciiFilter
from zos_monitor.tui.glyphs import ASCII, UNICODE, Glyphs
from zos_monitor.tui.run_columns import Setting

Answer = TypeVar("Answer")


class ScreenStage(App[None]):
    """Shows the screen that a subclass names; what the screen returns is noted in ``left``."""

    CSS_PATH = "../../zos_monitor/tui/zos_monitor.tcss"
    TITLE = "zos-monitor"
    get_theme_variable_defaults = MonitorApp.get_theme_variable_defaults

    def __init__(self, now: datetime, *, glyphs: Glyphs = UNICODE, zone: tzinfo = UTC) -> None:
        super().__init__()
        self.animation_level = "none"
        self.setting = Setting(now, zone, glyphs)
        self.left: list[str | None] = []

    @property
    def alone(self) -> Screen[str | None]:
        """The screen."""
        raise NotImplementedError

    def on_mount(self) -> None:
        self.set_class(self.setting.glyphs is ASCII, "-ascii")
        self.push_screen(self.alone, self.left.append)

    def get_line_filters(self) -> Sequence[LineFilter]:
        plain = [AsciiFilter()] if self.setting.glyphs is ASCII else []
        return [*super().get_line_filters(), *plain]

    def lines(self) -> list[str]:
        return [strip.text for strip in self.screen._compositor.render_strips()]

    def text(self) -> str:
        return "\n".join(self.lines())

    def line(self, words: str) -> str:
        return next(line for line in self.lines() if words in line)


class AskedStage(ScreenStage, Generic[Answer]):
    """Answers a screen's questions by hand.

    Each time it is asked it takes the next of ``answers``: an answer or a fault, None to wait until
    ``go_on`` is set. Asked more often it gives the last answer again, as a whole one.
    """

    def __init__(
        self, now: datetime, *answers: Answer | Exception | None, span: str, glyphs: Glyphs
    ) -> None:
        super().__init__(now, glyphs=glyphs)
        self.span = span
        self.answers = list(answers)
        self.last: Answer | None = None
        self.go_on = asyncio.Event()
        self.asked = self.closed = self.windows = 0

    def is_whole(self, answer: Answer) -> bool:
        """Return whether nothing follows an answer."""
        raise NotImplementedError

    def made_whole(self, answer: Answer) -> Answer:
        """Return an answer as one that nothing follows."""
        raise NotImplementedError

    def choose_window(self) -> None:
        self.windows += 1

    async def ask(self) -> AsyncIterator[Answer]:
        self.asked += 1
        try:
            while self.answers:
                answer = self.answers.pop(0)
                if answer is None:
                    await self.go_on.wait()
                    self.go_on.clear()
                    continue
                if isinstance(answer, Exception):
                    raise answer
                self.last = answer
                yield answer
                if self.is_whole(answer):
                    return
            if self.last is not None:
                yield self.made_whole(self.last)
        finally:
            self.closed += 1
