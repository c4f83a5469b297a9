"""Frames as soon as there is something to draw, instead of at the next tick of a timer.

Textual draws by a timer of 60 ticks a second. Its first frame after a rest is prompt, but the next
one waits for up to two ticks: what a key changes a few milliseconds later, such as the detail of
the run that it selected, would be seen 20 to 35 ms after the key. Here a frame is drawn when the
screen has no message left to deal with, as long as no more frames are sent than by the timer.

This leans on private parts of Textual's Screen. Where one is missing, the timer draws as it did.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine
from typing import ParamSpec, TypeVar

from textual import events
from textual.constants import MAX_FPS
from textual.screen import Screen

_Result = TypeVar("_Result")
_Arguments = ParamSpec("_Arguments")

_TOGETHER_SECONDS = 0.01
_BURST = 3  # frames that may follow each other at once: a key's own, and those of two answers

_DRAW = "_on_timer_update"
_REASONS = ("_dirty_widgets", "_layout_required", "_scroll_required", "_repaint_required")


class Pace:
    """Allows ``burst`` frames at once after a rest, and one in each ``period`` seconds for long."""

    def __init__(self, period: float = 1 / MAX_FPS, burst: int = _BURST) -> None:
        self._period = period
        self._ahead = (burst - 1) * period
        self._next = 0.0  # when the next frame is due if they are spread evenly

    def allows(self, now: float) -> bool:
        """Tell whether a frame may be drawn now (seconds of a steady clock); if so, it counts."""
        if now < self._next - self._ahead:
            return False
        self._next = max(now, self._next) + self._period
        return True


class PromptScreen(Screen[_Result]):
    """A screen that is drawn as soon as it has been brought up to date."""

    def __init__(self) -> None:
        super().__init__()
        self._pace = Pace()
        self._followed: asyncio.Task[None] | None = None
        self._hold_ends: asyncio.TimerHandle | None = None  # set while nothing is drawn

    def follow_up(
        self,
        work: Callable[_Arguments, Coroutine[None, None, None]],
        *args: _Arguments.args,
        **kwargs: _Arguments.kwargs,
    ) -> None:
        """Begin work that belongs to what has changed now, so that one frame shows both.

        Nothing is drawn until it is done, or until it has taken longer than an eye would notice:
        no key waits for a slow answer to be seen. Work that was begun before is dropped.
        """
        self._drop_followed()
        if self._hold_ends is None:
            loop = asyncio.get_running_loop()
            self._hold_ends = loop.call_later(_TOGETHER_SECONDS, self._end_hold)
        self._followed = asyncio.create_task(work(*args, **kwargs))
        self._followed.add_done_callback(self._note_followed)

    def _drop_followed(self) -> None:
        if self._followed is not None:
            self._followed.cancel()
            self._followed = None

    def _note_followed(self, work: asyncio.Task[None]) -> None:
        if work is self._followed:
            self._end_hold()
        if not work.cancelled() and work.exception() is not None:
            self.call_next(work.result)  # where it is raised, the app deals with it

    def _on_unmount(self) -> None:
        self._drop_followed()

    def _end_hold(self) -> None:
        if self._hold_ends is not None:
            self._hold_ends.cancel()
            self._hold_ends = None
            self.check_idle()

    async def on_idle(self, event: events.Idle) -> None:
        """Draw what has changed; what may not be drawn yet is left to Textual's timer."""
        if not self._has_changed():
            return
        await asyncio.sleep(0)  # so that widgets that are about to change are in the same frame
        if self._hold_ends or self.message_queue_size:
            event.prevent_default()  # another moment like this follows
        elif self._pace.allows(time.monotonic()):
            getattr(self, _DRAW)()

    def _has_changed(self) -> bool:
        return hasattr(self, _DRAW) and any(getattr(self, name, False) for name in _REASONS)
