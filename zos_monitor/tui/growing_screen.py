"""A screen whose answer takes long and grows: asked again when it may have become another."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from typing import Any, Generic, TypeVar

from textual.screen import ModalScreen
from textual.timer import Timer

from zos_monitor.model import phrases
from zos_monitor.store.faults import DatabaseFault
from zos_monitor.tui.pacing import Pace

_SHOW_EVERY = 0.25  # seconds between two answers that grow
_SLOW = 0.5  # seconds from which on an answer that replaces another says how far it is
_TRY_AGAIN = 5.0  # seconds after a fault

Answer = TypeVar("Answer")


class GrowingScreen(ModalScreen[str | None], Generic[Answer]):
    """Asks for an answer, and shows it while it grows where nothing of its span is in view.

    A subclass says what is asked and of which span, and shows it. ``ask_again`` is to be called
    when the answer may have become another one. Leaving the screen ends the question.
    """

    def __init__(self) -> None:
        super().__init__()
        self._pace = Pace()
        self._asking: str | None = None  # the span that is being asked for
        self._shown: str | None = None  # the span of what is in view
        self._due = False
        self._later: Timer | None = None
        self._share = 1.0
        self.trouble = ""
        """What keeps it from being answered, as a sentence; empty for nothing."""

    # What a subclass says

    @property
    def lives(self) -> bool:
        """Whether there are widgets: when the screen is left they go before its workers do."""
        raise NotImplementedError

    def ask(self) -> AsyncIterator[Answer]:
        """Ask."""
        raise NotImplementedError

    def span(self) -> str:
        """Return what is asked about now, in words."""
        raise NotImplementedError

    def share_of(self, answer: Answer) -> float:
        """Return how much (0 to 1) is in an answer."""
        raise NotImplementedError

    def show_answer(self, answer: Answer) -> None:
        """Show an answer."""
        raise NotImplementedError

    def say_titles(self) -> None:
        """Say what is in view, and how far it is."""
        raise NotImplementedError

    # What it may say

    @property
    def shown_span(self) -> str:
        """The span of what is in view; while there is nothing, of what is asked for."""
        return self._shown if self._shown is not None else self.span()

    @property
    def progress_words(self) -> str:
        """How far the question is that is gone through, empty where none says so."""
        if self._share >= 1:
            return ""
        other = self._asking if self._asking not in (None, self._shown) else None
        of = f" of {other}" if other is not None and self._shown is not None else ""
        return f"{phrases.percent(self._share)}{of} gone through"

    # Asking

    def ask_again(self) -> None:
        """Ask again, as soon as that is not too often; for another span of time at once."""
        if not self.lives:
            return
        present = self._asking if self._asking is not None else self._shown
        if self.span() != present:
            self.begin()
        else:
            self._due = True
            self._plan()

    def _plan(self) -> None:
        """Have what is due asked when its time has come."""
        if self._due and self._asking is None:
            self._begin_after(self._pace.wait(time.monotonic()))

    def _begin_after(self, seconds: float) -> None:
        if self._later is not None:
            self._later.stop()
        self._later = self.set_timer(seconds, self.begin) if seconds > 0 else None
        if self._later is None:
            self.begin()

    def begin(self) -> None:
        """Begin to ask, in place of what may be going on."""
        if self._later is not None:
            self._later.stop()
            self._later = None
        self._due = False
        self._asking = self.span()
        # No coroutine is made yet: one that is replaced before it has begun would complain.
        begun: Any = self._go_through
        self.run_worker(begun, group="growing", exclusive=True)

    async def _go_through(self) -> None:
        asking, began = self._asking, time.monotonic()
        try:
            await self._take_answers(asking or "", began)
            trouble = ""
        except DatabaseFault as fault:
            trouble = fault.message
        ended = time.monotonic()
        self._pace.answered(began=began, ended=ended)
        if not self.lives:
            return
        self._asking, self._share, self.trouble = None, 1.0, trouble
        self.say_titles()
        if trouble:
            self._begin_after(max(_TRY_AGAIN, self._pace.wait(ended)))
        else:
            self._plan()

    async def _take_answers(self, span: str, began: float) -> None:
        grows, shown_at = span != self._shown, 0.0
        answers = self.ask()
        try:
            async for answer in answers:
                now, share = time.monotonic(), self.share_of(answer)
                if not self.lives:
                    return
                if grows or now - began >= _SLOW:
                    self._share = share
                if share >= 1 or (grows and (not shown_at or now - shown_at >= _SHOW_EVERY)):
                    shown_at, self._shown, self.trouble = now, span, ""
                    self.show_answer(answer)
                self.say_titles()
        finally:
            close = getattr(answers, "aclose", None)
            if close is not None:
                await close()
