"""The stats panel: totals by layer, and over all of them a line whose counts add up."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar

from textual.message import Message

from zos_monitor.model import phrases
from zos_monitor.model.states import RARE_STATES, RunState
from zos_monitor.model.text import one_line
from zos_monitor.tui.cells import Column, choose_columns, fit
from zos_monitor.tui.line_table import LineTable, spaced
from zos_monitor.tui.line_view import Cell, Line, Reading
from zos_monitor.tui.run_columns import Setting

if TYPE_CHECKING:
    from zos_monitor.model.stats import LayerTotals, RunTotals, Totals

_STATE_RANKS = {
    RunState.FAILED: 2,
    RunState.SUCCESS: 3,
    RunState.PARTIAL: 4,
    RunState.RUNNING: 5,
    RunState.DRY: 6,
    RunState.STALLED: 7,
    RunState.INTERRUPTED: 8,
    RunState.UNKNOWN: 9,
}

_ALL = "all layers"


def _columns(setting: Setting, totals: Totals) -> list[Column]:
    """Return the columns; those of rare states, and of what zos has stored, only where needed."""
    states = [
        Column(state, setting.glyphs.states[state], _count_width(totals, state), rank, "right")
        for state, rank in _STATE_RANKS.items()
        if state not in RARE_STATES or totals.overall.counts.get(state)
    ]
    stored = [Column("stored", "STORED", 7, rank=14, align="right")]
    if not any(part.cost_differs for part in (totals.overall, *totals.by_layer)):
        stored = []
    states.sort(key=lambda column: list(RunState).index(RunState(column.name)))
    return [
        Column("layer", "LAYER", 16, rank=0, grow=True, most=40),
        Column("runs", "RUNS", 6, rank=1, align="right"),
        *states,
        Column("rate", "OK%", 4, rank=10, align="right"),
        Column("insights", "INSIGHTS", 8, rank=12, align="right"),
        Column("tokens", "TOKENS", 7, rank=13, align="right"),
        Column("cost", "COST", 8, rank=11, align="right"),
        *stored,
        Column("average", "AVERAGE", 8, rank=15, align="right"),
        Column("last", "LAST RUN", 11, rank=16, align="right"),
    ]


def _count_width(totals: Totals, state: RunState) -> int:
    return max(3, len(phrases.compact(totals.overall.counts.get(state, 0))))


_TEXTS: dict[str, Callable[[RunTotals, Setting], str]] = {
    "runs": lambda totals, setting: phrases.compact(totals.runs),
    "rate": lambda totals, setting: phrases.percent(totals.success_rate),
    "insights": lambda totals, setting: phrases.compact(totals.insights),
    "tokens": lambda totals, setting: phrases.compact(totals.tokens),
    "cost": lambda totals, setting: phrases.partial_cost(totals.cost_usd, totals.uncosted),
    "stored": lambda totals, setting: (
        phrases.cost(totals.stored_cost_usd) if totals.cost_differs else ""
    ),
    "average": lambda totals, setting: phrases.duration(totals.average_duration),
    "last": lambda totals, setting: phrases.when(totals.last_started, setting.now, setting.zone),
}


def _text(column: Column, totals: RunTotals, setting: Setting) -> str:
    if column.name in _TEXTS:
        return _TEXTS[column.name](totals, setting)
    count = totals.counts.get(RunState(column.name), 0)
    return phrases.compact(count) if count else setting.glyphs.dot


def _style(column: Column, totals: RunTotals, plain: str) -> str:
    if column.name in _TEXTS or column.name == "layer":
        return plain
    return f"run--{column.name}" if totals.counts.get(RunState(column.name)) else "table--dim"


class LayersPanel(LineTable):
    """Totals by layer under the line of all layers; Enter on a layer asks to filter by it."""

    head_height = 2
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"run--{state}" for state in RunState}

    class Chosen(Message):
        """A layer was opened."""

        def __init__(self, layer_name: str) -> None:
            super().__init__()
            self.layer_name = layer_name

    def __init__(self, setting: Setting, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.setting = setting
        self._totals: Totals | None = None
        self._cursor: str | None = None
        self._refused = ""

    @property
    def totals(self) -> Totals | None:
        """What is shown; None until it is known."""
        return self._totals

    def show_totals(self, totals: Totals, span: str) -> None:
        """Show totals over a span; the cursor stays on its layer, the scroll where it is."""
        self._totals, self._refused = totals, ""
        self.set_titles(f"Layers, {span}", phrases.uncosted(totals.overall.uncosted))
        names = [layer.layer_name for layer in totals.by_layer]
        if self._cursor not in names:
            self._cursor = names[0] if names else None
        self.reshape()
        self.sync()

    def refuse(self, words: str, span: str) -> None:
        """Say why there are no totals over a span."""
        if (words, None) != (self._refused, self._totals):
            self._totals, self._refused = None, words
            self.set_titles(f"Layers, {span}")
            self.reshape()
            self.sync()

    def set_setting(self, setting: Setting) -> None:
        """Render by another time, zone or set of signs."""
        self.setting = setting
        self.sync()

    @property
    def _layers(self) -> tuple[LayerTotals, ...]:
        return self._totals.by_layer if self._totals is not None else ()

    @property
    def row_count(self) -> int:
        """How many layers there are."""
        return len(self._layers)

    @property
    def cursor_row(self) -> int | None:
        """The row of the selected layer."""
        names = [layer.layer_name for layer in self._layers]
        return names.index(self._cursor) if self._cursor in names else None

    def select_row(self, row: int) -> None:
        """Select the layer at a row."""
        self._cursor = self._layers[row].layer_name

    def action_open(self) -> None:
        """Ask to filter by the selected layer."""
        if self._cursor is not None:
            self.post_message(self.Chosen(self._cursor))

    def readings(self, height: int) -> list[Reading]:
        """Return what the lines read; where there are no totals, why, in the head's place."""
        if self._totals is not None or not self._refused:
            return super().readings(height)
        return self.said(self._refused, height)

    def head_line(self, index: int) -> Line:
        """Return the column titles, then the line of all layers."""
        if self._totals is None:
            return ()
        if index == 1:
            return self._line(_ALL, self._totals.overall, "table--total")
        return spaced(
            Cell(
                fit(column.title, width, align=column.align),
                f"run--{column.name}" if column.name in list(RunState) else "table--head",
            )
            for column, width in choose_columns(self._chosen_columns(), self.line_width)
        )

    def row_line(self, row: int) -> Line:
        """Return a layer's line."""
        layer = self._layers[row]
        return self._line(one_line(layer.layer_name), layer, "")

    def _chosen_columns(self) -> list[Column]:
        return _columns(self.setting, self._totals) if self._totals is not None else []

    def _line(self, name: str, totals: RunTotals, style: str) -> Line:
        cells: list[Cell] = []
        for column, width in choose_columns(self._chosen_columns(), self.line_width):
            text = name if column.name == "layer" else _text(column, totals, self.setting)
            cut = fit(text, width, align=column.align, ellipsis=self.setting.glyphs.ellipsis)
            cells.append(Cell(cut, _style(column, totals, style)))
        return spaced(cells)
