"""The screen of the full statistics: everything that runs come to, by layer and by model."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from zos_monitor.model.breakdown import Breakdown, LayerFigures
from zos_monitor.model.nights import Nights
from zos_monitor.tui.bindings import bound
from zos_monitor.tui.figure_rows import View, name_of
from zos_monitor.tui.figure_words import days_of, layer_facts, model_facts, totals_words
from zos_monitor.tui.growing_screen import GrowingScreen
from zos_monitor.tui.line_table import LineTable
from zos_monitor.tui.run_columns import Setting
from zos_monitor.tui.widgets.figure_foot import FigureFoot
from zos_monitor.tui.widgets.figure_head import FigureHead
from zos_monitor.tui.widgets.figure_table import FigureTable
from zos_monitor.tui.widgets.key_line import KeyLine

_FOOT_LINES = ((22, 6), (18, 4), (0, 3))  # by the least height of the terminal
_WIDE = 100

FIGURES_KEYS: list[BindingType] = [
    bound("enter", "open", "figures.filter", "its runs", "Filter the list by the layer"),
    bound("left_square_bracket", "view(-1)", "figures.previous", "view", "The view before"),
    bound("right_square_bracket", "view(1)", "figures.next", "view", "The next view"),
    bound("1", "show_view(0)", "figures.by_layer", "", "The figures by layer"),
    bound("2", "show_view(1)", "figures.by_model", "", "The figures by model"),
    bound("o", "sort('next')", "figures.sort", "sort", "Sort by the next figure"),
    bound("O", "sort('turned')", "figures.turn", "turn", "Turn the order round"),
    bound("t", "window", "figures.window", "window", "Choose the window"),
    bound("escape,L,q", "leave", "figures.close", "close", "Back to the runs"),
]
"""The keys of this screen; those of its table are the same as in every list."""

_ALIASES = ("q", "L", "1", "2", "left_square_bracket")  # keys that the key line does without


class FiguresScreen(GrowingScreen[Breakdown]):
    """Returns the name of a layer to filter the list by, None where it was left."""

    AUTO_FOCUS = "#figures"
    BINDINGS: ClassVar[list[BindingType]] = FIGURES_KEYS

    def __init__(
        self,
        setting: Setting,
        *,
        ask: Callable[[], AsyncIterator[Breakdown]],
        span: Callable[[], str],
        nights: Nights | None,
        choose_window: Callable[[], None],
    ) -> None:
        super().__init__(setting, ask=ask, span=span, choose_window=choose_window)
        self._nights = nights
        # Not looked up: on leaving they go before the messages that tell of them.
        self.head = FigureHead(id="figure-head")
        self.table = FigureTable(setting, id="figures")
        self.foot = FigureFoot(setting.glyphs, id="figure-foot")
        self.keys = KeyLine(id="figure-keys")

    def compose(self) -> ComposeResult:
        """Build the screen."""
        yield from (self.head, self.table, self.foot, self.keys)

    def on_mount(self) -> None:
        """Show the keys, and the nights."""
        self._show_keys()
        self.table.show_nights(self._nights)

    def on_resize(self, event: events.Resize) -> None:
        """Give the foot as many lines as there is room for."""
        self.foot.styles.height = next(n for least, n in _FOOT_LINES if event.size.height >= least)
        self.say_titles()
        self._tell_row()

    def set_nights(self, nights: Nights | None) -> None:
        """Show other nights."""
        if nights != self._nights:
            self._nights = nights
            if self.lives:
                self.table.show_nights(nights)

    # What is shown

    def share_of(self, answer: Breakdown) -> float:
        """Return how much of the runs is in an answer."""
        return answer.gone_through

    def show_answer(self, answer: Breakdown) -> None:
        """Show figures."""
        self.table.show_breakdown(answer)
        self.head.words = totals_words(answer)

    def show_setting(self) -> None:
        """Render by another time, zone or set of signs."""
        self.table.set_setting(self.setting)

    def say_titles(self) -> None:
        """Say which figures there are, in which order, and what is wrong or under way."""
        if not self.lives:
            return
        table = self.table
        table.set_class(bool(self.trouble), "-faulty")
        order = table.sort.words if table.rows else ""
        table.set_titles(f"{table.view}, {self.shown_span}", self.state_words(order))
        known = table.breakdown is not None
        what = "run" if table.view is View.LAYERS else "call"
        words = f"No {what}: {self.shown_span}" if known else "Going through the runs"
        table.say_nothing(self.words_for_nothing(words, known=known))

    @on(FigureTable.Moved)
    def _tell_row(self) -> None:
        table, row = self.table, self.table.selected
        if row is None or table.breakdown is None:
            self.foot.show_facts("", (), {}, None)
            return
        figures, context = row.figures, table.context
        if isinstance(figures, LayerFigures):
            setting = context.setting
            days = days_of(table.breakdown, setting.now, setting.zone)
            facts = tuple(layer_facts(figures, context, brief=self.size.width < _WIDE))
            self.foot.show_facts(name_of(row), facts, figures.cost_by_day, days)
        else:
            facts = tuple(model_facts(figures, context, total=row.total))
            self.foot.show_facts(name_of(row), facts, {}, None)

    # Keys and mouse

    @on(LineTable.Opened, "#figures")
    def _filter_by_layer(self) -> None:
        row = self.table.selected
        if row is not None and not row.total and isinstance(row.figures, LayerFigures):
            self.dismiss(row.figures.name)

    def action_open(self) -> None:
        """Filter the list by the selected layer, wherever the focus is."""
        self.table.action_open()

    @on(FigureHead.Chosen)
    def _view_chosen(self, event: FigureHead.Chosen) -> None:
        self._show(event.view)

    def action_view(self, by: int) -> None:
        """Show the next view."""
        views = list(View)
        self._show(views[(views.index(self.table.view) + by) % len(views)])

    def action_show_view(self, number: int) -> None:
        """Show a view by its number."""
        self._show(list(View)[number])

    def _show(self, view: View) -> None:
        self.table.set_view(view)
        self.head.view = view
        self._show_keys()
        self.say_titles()

    def _show_keys(self) -> None:
        unfit = () if self.table.view is View.LAYERS else ("enter",)
        keys = Binding.make_bindings(FIGURES_KEYS)
        self.keys.show_bindings(key for key in keys if key.key not in (*_ALIASES, *unfit))

    def action_sort(self, way: str) -> None:
        """Sort by the ``next`` figure, or show the order ``turned``."""
        table = self.table
        if way == "next":
            table.set_sort(table.sort.next(table.view))
        else:
            table.set_sort(table.sort._replace(turned=not table.sort.turned))
        self.say_titles()
