"""The screen of failure groups, which tells what is new, and since when there is what is not."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from zos_monitor.model.failures import Failures
from zos_monitor.model.text import one_line
from zos_monitor.tui.bindings import bound
from zos_monitor.tui.failure_words import Age, facts, no_errors, title
from zos_monitor.tui.growing_screen import GrowingScreen
from zos_monitor.tui.line_table import LineTable
from zos_monitor.tui.line_view import Cell
from zos_monitor.tui.run_columns import Setting
from zos_monitor.tui.widgets.failure_foot import FailureFoot
from zos_monitor.tui.widgets.failure_table import FailureTable
from zos_monitor.tui.widgets.key_line import KeyLine

_FOOT_LINES = ((24, 5), (20, 4), (0, 3))  # by the least height of the terminal

FAILURES_KEYS: list[BindingType] = [
    bound("enter", "open", "failures.filter", "its runs", "Filter the list by the cause"),
    bound("o", "sort('next')", "failures.sort", "sort", "Sort by last seen, errors, first seen …"),
    bound("O", "sort('turned')", "failures.turn", "turn", "Turn the order round"),
    bound("t", "window", "failures.window", "window", "Choose the window"),
    bound("escape,e,q", "leave", "failures.close", "close", "Back to the runs"),
]
"""The keys of this screen; those of its table are the same as in every list."""


class FailuresScreen(GrowingScreen[Failures]):
    """Returns the cause to filter the list by, None where it was left."""

    AUTO_FOCUS = "#failures"
    BINDINGS: ClassVar[list[BindingType]] = FAILURES_KEYS

    def __init__(
        self,
        setting: Setting,
        *,
        ask: Callable[[], AsyncIterator[Failures]],
        span: Callable[[], str],
        choose_window: Callable[[], None],
    ) -> None:
        super().__init__(setting, ask=ask, span=span, choose_window=choose_window)
        # Not looked up: on leaving they go before the messages that tell of them.
        self.table = FailureTable(setting, id="failures")
        self.foot = FailureFoot(setting.glyphs.ellipsis, id="failure-foot")
        self.keys = KeyLine(id="failure-keys")

    def compose(self) -> ComposeResult:
        """Build the screen."""
        yield from (self.table, self.foot, self.keys)

    def on_mount(self) -> None:
        """Show the keys."""
        self.keys.show_bindings(
            key for key in Binding.make_bindings(FAILURES_KEYS) if key.key not in ("e", "q")
        )

    def on_resize(self, event: events.Resize) -> None:
        """Give the foot as many lines as there is room for."""
        self.foot.styles.height = next(n for least, n in _FOOT_LINES if event.size.height >= least)
        self.say_titles()

    # What is shown

    def share_of(self, answer: Failures) -> float:
        """Return how much of the runs is in an answer."""
        return answer.share

    def show_answer(self, answer: Failures) -> None:
        """Show groups."""
        self.table.show_failures(answer)

    def show_setting(self) -> None:
        """Render by another time, zone or set of signs."""
        self.table.set_setting(self.setting)
        self._tell_group()

    def say_titles(self) -> None:
        """Say which groups there are, in which order, and what is wrong or under way."""
        if not self.lives:
            return
        table, span = self.table, self.shown_span
        table.set_class(bool(self.trouble), "-faulty")
        head = title(table.failures, span, self.size.width - 6)
        table.set_titles(head, self.state_words(table.sort.words))
        words = no_errors(table.failures, span)
        table.say_nothing(self.words_for_nothing(words, known=table.failures is not None))

    @on(FailureTable.Moved)
    def _tell_group(self) -> None:
        table, group = self.table, self.table.selected
        if group is None or table.failures is None:
            self.foot.show_facts((), ())
            return
        heading = [Cell(one_line(group.cause), "table--total")]
        age = table.age(group)
        if age is not Age.KNOWN:
            new = age is Age.NEW
            words = f" {self.setting.glyphs.new} {age}" if new else f", {age}"
            heading.append(Cell(words, "failure--new" if new else "table--dim"))
        known = facts(group, table.failures, self.setting, table.nights)
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
        self.say_titles()
