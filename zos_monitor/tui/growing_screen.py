"""A screen whose answer takes long and grows: asked again when it may have become another."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from typing import Any, Generic, TypeVar

from textual.timer import Timer

from zos_monitor.model import phrases
from zos_monitor.model.faults import DatabaseFault, NotOffered
from zos_monitor.model.nights import Nights
from zos_monitor.model.text import one_line
from zos_monitor.reports import unforeseen
from zos_monitor.tui.line_table import LineTable
from zos_monitor.tui.over import FullScreen
from zos_monitor.tui.pacing import Pace
from zos_monitor.tui.refusals import refusal_words
from zos_monitor.tui.run_columns import Setting

_SHOW_EVERY = 0.25  # seconds between two answers that grow
_SLOW = 0.5  # seconds from which on an answer that replaces another says how far it is
_TRY_AGAIN = 5.0  # seconds after a fault

Answer = TypeVar("Answer")


class GrowingScreen(FullScreen[str | None], Generic[Answer]):
    """A table of an answer, shown while it grows where no whole one of its span is in view.

    ``ask`` asks for it, ``span`` says which runs it is of, such as ``last 7 days, as filtered``,
    and ``choose_window`` has another window chosen. A subclass shows it. ``ask_again`` is to be
    called when the answer may have become another one: the database has changed, or the filter
    has. Leaving the screen ends the question.
    """

    def __init__(
        self,
        setting: Setting,
        *,
        ask: Callable[[], AsyncIterator[Answer]],
        span: Callable[[], str],
        choose_window: Callable[[], None],
    ) -> None:
        super().__init__()
        self.setting = setting
        self._ask = ask
        self._span = span
        self._choose_window = choose_window
        self._built = False
        self._pace = Pace()
        self._asking: str | None = None  # the span that is being asked for
        self._shown: str | None = None  # the span of what is in view
        self._whole = False  # whether what is in view is of all its runs
        self._due = False
        self._later: Timer | None = None
        self._share = 1.0
        self.trouble = ""
        """What keeps it from being answered, as a sentence; empty for nothing."""
        self.refused = ""
        """Why it is never answered here; empty where it is."""
        self._refused_span: str | None = None  # the span whose answer is not offered

    def on_mount(self) -> None:
        """Begin to ask; a subclass's own method for this event comes before."""
        self._built = True
        self.say_titles()
        self._begin()

    @property
    def lives(self) -> bool:
        """Whether there are widgets: when the screen is left they go before its workers do."""
        return self._built and self.is_attached and bool(self.query(LineTable))

    def set_setting(self, setting: Setting) -> None:
        """Render by another time, zone or set of signs."""
        rezoned = setting.zone != self.setting.zone
        self.setting = setting
        if self.lives:
            self.show_setting()
            if rezoned:  # its days and nights are others
                self.ask_again()

    def set_nights(self, nights: Nights | None) -> None:
        """Show other nights, where the screen tells of any."""

    def action_window(self) -> None:
        """Have another window chosen."""
        self._choose_window()

    def action_leave(self) -> None:
        """Go back to the dashboard."""
        self.dismiss(None)

    # What a subclass says

    def share_of(self, answer: Answer) -> float:
        """Return how much of the runs (0 to 1) is in an answer."""
        raise NotImplementedError

    def show_answer(self, answer: Answer) -> None:
        """Show an answer; the titles are said after that."""
        raise NotImplementedError

    def show_setting(self) -> None:
        """Render by the setting that there is now."""
        raise NotImplementedError

    def say_titles(self) -> None:
        """Say what is in view, in which order, and what is wrong or under way."""
        raise NotImplementedError

    # What it may say

    @property
    def shown_span(self) -> str:
        """The span of what is in view; while there is nothing, of what is asked for."""
        return one_line(self._shown if self._shown is not None else self._span())

    def state_words(self, order: str) -> str:
        """Return what is wrong, else how far the runs are gone through and their order, if any."""
        if self.refused:  # said in the place of an answer, unless there is another one
            return self.refused if self._shown is not None else ""
        if self.trouble:  # what to do about it stands whole in the place of an answer, if any
            what = one_line(self.trouble).partition("; ")[0]
            return f"{self.setting.glyphs.fault} {what}"
        return ", ".join(filter(None, (self._progress_words(), order)))

    def words_for_nothing(self, words: str, *, known: bool) -> str:
        """Return what stands where there is nothing; ``words`` where an answer is ``known``."""
        return self.refused or (one_line(self.trouble) if not known else "") or words

    def _progress_words(self) -> str:
        if self._share >= 1:
            return ""
        other = self._asking if self._asking not in (None, self._shown) else None
        of = f" of {one_line(other)}" if other is not None and self._shown is not None else ""
        return f"{phrases.percent(self._share)}{of} gone through"

    # Asking

    def ask_again(self) -> None:
        """Ask again, as soon as that is not too often; for another span of time at once."""
        if not self.lives or (self._asking is None and self._span() == self._refused_span):
            return
        present = self._asking if self._asking is not None else self._shown
        if self._span() != present:
            self._begin()
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
        self._later = self.set_timer(seconds, self._begin) if seconds > 0 else None
        if self._later is None:
            self._begin()

    def _begin(self) -> None:
        """Begin to ask, in place of what may be going on."""
        if self._later is not None:
            self._later.stop()
            self._later = None
        self._due, self._share = False, 1.0
        self._asking, self._refused_span = self._span(), None
        # No coroutine is made yet: one that is replaced before it has begun would complain.
        begun: Any = self._go_through
        self.run_worker(begun, group="growing", exclusive=True)

    async def _go_through(self) -> None:
        asking, began = self._asking, time.monotonic()
        trouble = refused = ""
        try:
            await self._take_answers(asking or "", began)
        except NotOffered as refusal:
            refused, self._refused_span = refusal_words(refusal), asking
        except DatabaseFault as fault:
            trouble = fault.message
        except Exception as error:  # whatever it is, what is shown stays, and it is tried again
            if not self.lives:
                return
            trouble = unforeseen(error, "going through the runs").message
        ended = time.monotonic()
        self._pace.answered(began=began, ended=ended)
        if not self.lives:
            return
        self._asking, self._share, self.trouble, self.refused = None, 1.0, trouble, refused
        self.say_titles()
        if trouble:
            self._begin_after(max(_TRY_AGAIN, self._pace.wait(ended)))
        else:
            self._plan()

    async def _take_answers(self, span: str, began: float) -> None:
        grows, shown_at = span != self._shown or not self._whole, 0.0
        answers = self._ask()
        try:
            async for answer in answers:
                now, share = time.monotonic(), self.share_of(answer)
                if not self.lives:
                    return
                tells = grows or now - began >= _SLOW
                if tells:
                    self._share = share
                shows = grows and (not shown_at or now - shown_at >= _SHOW_EVERY)
                if shows or share >= 1:
                    shown_at, self._shown, self._whole = now, span, share >= 1
                    self.trouble = ""
                    self.show_answer(answer)
                if tells or share >= 1:
                    self.say_titles()
        finally:
            close = getattr(answers, "aclose", None)
            if close is not None:
                await close()
