"""The screen of failure groups, which tells what is new, and since when there is what is not."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from typing import Any, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.getters import query_one
from textual.screen import ModalScreen
from textual.timer import Timer

from zos_monitor.model import phrases
from zos_monitor.model.failures import Failures
from zos_monitor.model.text import one_line
from zos_monitor.store.faults import DatabaseFault
from zos_monitor.tui.failure_words import Age, facts, no_errors, title
from zos_monitor.tui.line_table import LineTable
from zos_monitor.tui.line_view import Cell
from zos_monitor.tui.pacing import Pace
from zos_monitor.tui.run_columns import Setting
from zos_monitor.tui.widgets.failure_foot import FailureFoot
from zos_monitor.tui.widgets.failure_table import FailureTable
from zos_monitor.tui.widgets.key_line import KeyLine

_BORDERS = 2
_FOOT_LINES = ((24, 5), (20, 4), (0, 3))  # by the least height of the terminal
_SHOW_EVERY = 0.25  # seconds between two answers that grow
_SLOW = 0.5  # seconds from which on an answer that replaces another says how far it is
_TRY_AGAIN = 5.0  # seconds after a fault
_WAITING = "Waiting for the database"


def _key(key: str, action: str, id: str, word: str, about: str) -> Binding:
    return Binding(key, action, word or about, id=id, tooltip=about, show=bool(word))


FAILURES_KEYS: list[BindingType] = [
    _key("enter", "open", "failures.filter", "its runs", "Filter the list by the cause"),
    _key("o", "sort('next')", "failures.sort", "sort", "Sort by last seen, errors, first seen …"),
    _key("O", "sort('turned')", "failures.turn", "turn", "Turn the order round"),
    _key("t", "window", "failures.window", "window", "Choose the window"),
    _key("escape,e,q", "leave", "failures.close", "close", "Back to the runs"),
]
"""The keys of this screen; those of its table are the same as in every list."""


class FailuresScreen(ModalScreen[str | None]):
    """Returns the cause to filter the list by, None where it was left.

    ``ask`` asks for the groups, ``span`` says which runs they are of, such as ``last 30 days, as
    filtered``, and ``choose_window`` has another window chosen. ``ask_again`` is to be called when
    the answer may have become another one.
    """

    AUTO_FOCUS = "#failures"
    BINDINGS: ClassVar[list[BindingType]] = FAILURES_KEYS

    table = query_one("#failures", FailureTable)
    foot = query_one("#failure-foot", FailureFoot)
    keys = query_one("#failure-keys", KeyLine)

    def __init__(
        self,
        setting: Setting,
        *,
        ask: Callable[[], AsyncIterator[Failures]],
        span: Callable[[], str],
        choose_window: Callable[[], None],
    ) -> None:
        super().__init__()
        self._setting = setting
        self._ask = ask
        self._span = span
        self._choose_window = choose_window
        self._built = False
        self._pace = Pace()
        self._asking: str | None = None  # the span that is being asked for
        self._shown: str | None = None  # the span of the groups in view
        self._due = False
        self._later: Timer | None = None
        self._share = 1.0
        self._trouble = ""

    def compose(self) -> ComposeResult:
        """Build the screen."""
        yield FailureTable(self._setting, id="failures")
        yield FailureFoot(self._setting.glyphs.ellipsis, id="failure-foot")
        yield KeyLine(id="failure-keys")

    def on_mount(self) -> None:
        """Begin to ask."""
        self._built = True
        self.keys.show_bindings(
            key for key in Binding.make_bindings(FAILURES_KEYS) if key.key not in ("e", "q")
        )
        self._begin()

    def on_resize(self, event: events.Resize) -> None:
        """Give the foot as many lines as there is room for."""
        self.foot.styles.height = next(n for least, n in _FOOT_LINES if event.size.height >= least)
        self._say_titles()

    def set_setting(self, setting: Setting) -> None:
        """Render by another time, zone or set of signs."""
        rezoned = setting.zone != self._setting.zone
        self._setting = setting
        if self._lives:
            self.table.set_setting(setting)
            self._tell_group()
            if rezoned:  # its nights are others
                self.ask_again()

    @property
    def _lives(self) -> bool:
        """Whether there are widgets: when the screen is left they go before its workers do."""
        return self._built and self.is_attached and bool(self.query(FailureTable))

    # Asking

    def ask_again(self) -> None:
        """Ask again, as soon as that is not too often; for another span of time at once."""
        if not self._lives:
            return
        present = self._asking if self._asking is not None else self._shown
        if self._span() != present:
            self._begin()
        else:
            self._due = True
            self._plan()

    def _plan(self) -> None:
        """Have what is due asked when its time has come."""
        if not self._due or self._asking is not None:
            return
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
        self._asking = self._span()
        # No coroutine is made yet: one that is replaced before it has begun would complain.
        begun: Any = self._go_through
        self.run_worker(begun, group="failures", exclusive=True)

    async def _go_through(self) -> None:
        asking, began = self._asking, time.monotonic()
        try:
            await self._take_answers(asking or "", began)
            trouble = ""
        except DatabaseFault as fault:
            trouble = fault.message
        ended = time.monotonic()
        self._pace.answered(began=began, ended=ended)
        if not self._lives:
            return
        self._asking, self._share, self._trouble = None, 1.0, trouble
        self._say_titles()
        if trouble:
            self._begin_after(max(_TRY_AGAIN, self._pace.wait(ended)))
        else:
            self._plan()

    async def _take_answers(self, span: str, began: float) -> None:
        """Show what there is to be shown: an answer grows where no whole one of it is in view."""
        shown, shown_at = self.table.failures, 0.0
        grows = span != self._shown or shown is None or shown.share < 1
        answers = self._ask()
        try:
            async for answer in answers:
                now = time.monotonic()
                whole = answer.share >= 1
                if not self._lives:
                    return
                if whole or (grows and (not shown_at or now - shown_at >= _SHOW_EVERY)):
                    shown_at = now
                    self._show(answer, span)
                if grows or now - began >= _SLOW:
                    self._share = answer.share
                    self._say_titles()
        finally:
            close = getattr(answers, "aclose", None)
            if close is not None:
                await close()

    # What is shown

    def _show(self, answer: Failures, span: str) -> None:
        self._shown = span
        self._trouble = ""
        self.table.show_failures(answer)
        self._say_titles()
        self._tell_group()

    def _say_titles(self) -> None:
        if not self._lives:
            return
        table, span = self.table, self._shown if self._shown is not None else self._span()
        room = self.size.width - 6
        table.set_class(bool(self._trouble), "-faulty")
        table.set_titles(title(table.failures, span, room), self._state_words())
        waiting = self._trouble and table.failures is None
        table.say_nothing(_WAITING if waiting else no_errors(table.failures, span))

    def _state_words(self) -> str:
        """Return what is wrong, else how far the runs are gone through and the order."""
        if self._trouble:
            return f"{self._setting.glyphs.fault} {one_line(self._trouble)}"
        if self._share >= 1:
            return self.table.sort.words
        other = self._asking if self._asking not in (None, self._shown) else None
        of = f" of {one_line(other)}" if other is not None and self._shown is not None else ""
        return f"{phrases.percent(self._share)}{of} gone through, {self.table.sort.words}"

    @on(FailureTable.Moved)
    def _tell_group(self) -> None:
        table, group = self.table, self.table.selected
        if group is None or table.failures is None:
            self.foot.show_facts((), ())
            return
        heading = [Cell(one_line(group.cause), "table--total")]
        age = table.age(group)
        if age is not Age.KNOWN:
            sign = f" {self._setting.glyphs.new}" if age is Age.NEW else ""
            heading.append(Cell(f"{sign} {age}", "failure--new" if sign else "table--dim"))
        known = facts(group, table.failures, self._setting, table.nights)
        self.foot.show_facts(tuple(heading), tuple(known))

    # Keys

    @on(LineTable.Opened, "#failures")
    def _filter_by_group(self) -> None:
        group = self.table.selected
        if group is not None:
            self.dismiss(group.cause)

    def action_open(self) -> None:
        """Filter the list by the selected cause, wherever the focus is."""
        self.table.action_open()

    def action_sort(self, way: str) -> None:
        """Sort by the ``next`` figure, or show the order ``turned``."""
        sort = self.table.sort
        self.table.set_sort(sort.next if way == "next" else sort._replace(turned=not sort.turned))
        self._say_titles()

    def action_window(self) -> None:
        """Have another window chosen."""
        self._choose_window()

    def action_leave(self) -> None:
        """Go back to the dashboard."""
        self.dismiss(None)
