"""Failure groups made by hand, and their screen alone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from textual.app import App
from textual.filter import LineFilter
from textual.pilot import Pilot

from zos_monitor.model.failures import FailureGroup, Failures
from zos_monitor.tui.app import MonitorApp
from zos_monitor.tui.ascii_filter import AsciiFilter
from zos_monitor.tui.failures_screen import FailuresScreen
from zos_monitor.tui.glyphs import ASCII, UNICODE, Glyphs
from zos_monitor.tui.run_columns import Setting

NOW = datetime(2026, 11, 22, 7, 30, tzinfo=UTC)
LAST_NIGHT = date(2026, 11, 21)  # by its noon before
LAYERS = ("nightly-user-reflection", "nightly-dyad-reflection", "weekly-meta-reflection")


def group(cause: str, *counts: int, layers: int = 1, node: str = "reflect") -> FailureGroup:
    """Return a group with so many errors in the last nights, the newest of them last."""
    nights = {
        LAST_NIGHT - timedelta(days=back): count
        for back, count in enumerate(reversed(counts))
        if count
    }
    started = [NOW.replace(hour=3, minute=0) - (LAST_NIGHT - night) for night in nights]
    return FailureGroup(
        cause=cause,
        errors=sum(counts),
        runs=max(1, sum(counts) // 3),
        nodes=((node, sum(counts)),),
        layers=tuple((name, sum(counts) - n) for n, name in enumerate(LAYERS[:layers])),
        first_seen=min(started),
        last_seen=max(started),
        nights=nights,
    )


GROUPS = (
    group("429 rate limit", *[4, 0, 6, 2, 9, 0, 0, 3] * 3, 8, 12, 24, layers=3),
    group("timeout", 2, *[0] * 6, 1, 3, 0, 2, 5, layers=2),
    group("401 authentication", 41, layers=2, node="llm_call"),
    group("validation error: confidence, importance", 3, 0, 4, 1, 0, 0),
    group("database locked", 1, 2, 7, 1, *[0] * 9, node="store_insight"),
    group("invalid JSON", 1, *[0] * 20, 1),
    group("529 overloaded", 5, 5, 0, 0, 0, 0),
)


def failures(*groups: FailureGroup, **fields: object) -> Failures:
    """Return an answer over the last 30 days, whole unless it is said otherwise."""
    nights = [night for group in groups for night in group.nights]
    known: dict[str, object] = {
        "groups": groups,
        "runs": 420,
        "failing": sum(group.runs for group in groups),
        "share": 1.0,
        "since": NOW - timedelta(days=30),
        "until": None,
        "first_night": min(nights, default=None),
        "last_night": max(nights, default=None),
    }
    return Failures(**(known | fields))  # type: ignore[arg-type]


SAMPLE = failures(*GROUPS)


class Stage(App[None]):
    """The screen alone, in the style of the real app; what is asked is answered by hand.

    Each time it is asked it takes the next of ``answers``: an answer or a fault, None to wait until
    ``go_on`` is set. Asked more often it gives the last answer again.
    """

    CSS_PATH = "../../zos_monitor/tui/zos_monitor.tcss"
    TITLE = "zos-monitor"
    get_theme_variable_defaults = MonitorApp.get_theme_variable_defaults

    def __init__(self, *answers: Failures | Exception | None, glyphs: Glyphs = UNICODE) -> None:
        super().__init__()
        self.animation_level = "none"
        self.setting = Setting(NOW, UTC, glyphs)
        self.span = "last 30 days"
        self.answers = list(answers)
        self.last: Failures | None = None
        self.go_on = asyncio.Event()
        self.asked = self.closed = self.windows = 0
        self.left: list[str | None] = []
        self.failures = FailuresScreen(
            self.setting, ask=self._ask, span=lambda: self.span, choose_window=self._choose_window
        )

    def _choose_window(self) -> None:
        self.windows += 1

    async def _ask(self) -> AsyncIterator[Failures]:
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
                if answer.share >= 1:
                    return
            if self.last is not None:
                yield replace(self.last, share=1.0)
        finally:
            self.closed += 1

    def on_mount(self) -> None:
        self.set_class(self.setting.glyphs is ASCII, "-ascii")
        self.push_screen(self.failures, self.left.append)

    def get_line_filters(self) -> Sequence[LineFilter]:
        plain = [AsciiFilter()] if self.setting.glyphs is ASCII else []
        return [*super().get_line_filters(), *plain]

    def lines(self) -> list[str]:
        return [strip.text for strip in self.screen._compositor.render_strips()]

    def text(self) -> str:
        return "\n".join(self.lines())

    def line(self, words: str) -> str:
        return next(line for line in self.lines() if words in line)


@asynccontextmanager
async def stage(
    *answers: Failures | Exception | None,
    size: tuple[int, int] = (120, 40),
    glyphs: Glyphs = UNICODE,
) -> AsyncIterator[tuple[Stage, Pilot[None]]]:
    app = Stage(*(answers or (SAMPLE,)), glyphs=glyphs)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        yield app, pilot
