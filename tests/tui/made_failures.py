"""Failure groups made by hand, and their screen alone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from textual.pilot import Pilot

from tests.tui.stages import AskedStage
from zos_monitor.model.failures import FailureGroup, Failures
from zos_monitor.tui.failures_screen import FailuresScreen
from zos_monitor.tui.glyphs import UNICODE, Glyphs

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
    }
    return Failures(**(known | fields))  # type: ignore[arg-type]


SAMPLE = failures(*GROUPS)


class Stage(AskedStage[Failures]):
    """The screen alone; what is asked is answered by hand."""

    def __init__(self, *answers: Failures | Exception | None, glyphs: Glyphs = UNICODE) -> None:
        super().__init__(NOW, *answers, span="last 30 days", glyphs=glyphs)
        self.failures = FailuresScreen(
            self.setting, ask=self.ask, span=lambda: self.span, choose_window=self.choose_window
        )

    @property
    def alone(self) -> FailuresScreen:
        return self.failures

    def is_whole(self, answer: Failures) -> bool:
        return answer.share >= 1

    def made_whole(self, answer: Failures) -> Failures:
        return replace(answer, share=1.0)


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
