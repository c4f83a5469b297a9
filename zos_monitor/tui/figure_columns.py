"""The columns of the full statistics, and what each of them says of a layer or a model."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from rich.cells import cell_len

from zos_monitor.model import phrases
from zos_monitor.model.breakdown import LayerFigures, ModelFigures
from zos_monitor.model.states import RARE_STATES, RunState
from zos_monitor.tui.cells import MOST_CHARACTERS, Column, fit
from zos_monitor.tui.figure_rows import (
    LAYER_VALUES,
    STRIP_NIGHTS,
    FigureContext,
    FigureRow,
    Sort,
    View,
    name_of,
)
from zos_monitor.tui.line_table import fit_cells
from zos_monitor.tui.line_view import Cell
from zos_monitor.tui.run_columns import Setting

SORTED = "figure--sorted"
"""The component class of the title of the column that rows are sorted by."""

_WIDE = 100
_MOST_NAME = 40
_STATE_RANKS = {
    RunState.FAILED: 3,
    RunState.SUCCESS: 4,
    RunState.PARTIAL: 6,
    RunState.RUNNING: 8,
    RunState.DRY: 8,
    RunState.STALLED: 8,
    RunState.INTERRUPTED: 8,
    RunState.UNKNOWN: 8,
}
_SELDOM = (*RARE_STATES, RunState.RUNNING, RunState.DRY)
"""States without a column where room is scarce and no run has them: all others have to fit."""


def figure_columns(
    view: View, rows: Sequence[FigureRow], sort: Sort, context: FigureContext, width: int
) -> list[Column]:
    """Return the columns of a view for so many cells; what it is sorted by is seen in any."""
    names = (name_of(row)[: _MOST_NAME * MOST_CHARACTERS] for row in rows)
    name = min(_MOST_NAME, max([16, *map(cell_len, names)]))
    least = min(name, 24) if width >= _WIDE else 16
    seldom = RARE_STATES if width >= _WIDE else _SELDOM
    columns = list(_layer_columns(rows, context, least, name, seldom))
    if view is View.MODELS:
        columns = list(_model_columns(max(24, name)))
    return [
        column._replace(rank=1) if column.name == sort.name and column.rank > 1 else column
        for column in columns
    ]


def _layer_columns(
    rows: Sequence[FigureRow],
    context: FigureContext,
    least: int,
    name: int,
    seldom: Collection[RunState],
) -> Iterator[Column]:
    totals = rows[0].figures.totals if rows and isinstance(rows[0].figures, LayerFigures) else None
    counts = totals.counts if totals is not None else {}
    glyphs = context.setting.glyphs
    yield Column("layer", "LAYER", least, rank=0, grow=True, most=name)
    if context.strips:
        yield Column("nights", f"LAST {STRIP_NIGHTS} NIGHTS", STRIP_NIGHTS, rank=9)
    yield Column("runs", "RUNS", 5, rank=2, align="right")
    for state in RunState:
        if state not in seldom or counts.get(state):
            width = max(3, len(phrases.compact(counts.get(state, 0))))
            yield Column(state, glyphs.states[state], width, _STATE_RANKS[state], "right")
    yield Column("rate", "OK%", 4, rank=7, align="right")
    yield Column("cost", "COST", 8, rank=5, align="right")
    yield Column("share", "SHARE", 5, rank=10, align="right")
    yield Column("average", "AVG", 7, rank=11, align="right")
    yield Column("p95", "P95", 7, rank=11, align="right")
    yield Column("last_failure", f"LAST {glyphs.states[RunState.FAILED]}", 11, 13, "right")
    yield Column("next", "NEXT", 11, rank=14, align="right")
    yield Column("insights", "INSIGHTS", 8, rank=15, align="right")
    yield Column("input", "IN", 6, rank=16, align="right")
    yield Column("output", "OUT", 6, rank=16, align="right")
    yield Column("last_success", f"LAST {glyphs.states[RunState.SUCCESS]}", 11, 17, "right")
    yield Column("last", "LAST RUN", 11, rank=18, align="right")


def _model_columns(name: int) -> Iterator[Column]:
    yield Column("model", "MODEL", 20, rank=0, grow=True, most=name)
    yield Column("calls", "CALLS", 6, rank=2, align="right")
    yield Column("failures", "FAILED", 6, rank=3, align="right")
    yield Column("failed_share", "", 4, rank=6, align="right")
    yield Column("input", "IN", 6, rank=7, align="right")
    yield Column("output", "OUT", 6, rank=7, align="right")
    yield Column("cost", "COST", 8, rank=4, align="right")
    yield Column("share", "SHARE", 5, rank=8, align="right")
    yield Column("average", "AVG", 7, rank=5, align="right")
    yield Column("p95", "P95", 7, rank=5, align="right")
    yield Column("called", "LAST CALL", 11, rank=9, align="right")


def head_cells(chosen: Sequence[tuple[Column, int]], sort: Sort) -> list[Cell]:
    """Return the columns' titles; that of the order stands out."""
    cells = []
    for column, room in chosen:
        style = SORTED if column.name == sort.name else "table--head"
        if column.name in list(RunState) and style == "table--head":
            style = f"run--{column.name}"
        cells.append(Cell(fit(column.title, room, align=column.align), style))
    return cells


def row_cells(
    chosen: Sequence[tuple[Column, int]], row: FigureRow, context: FigureContext
) -> list[Cell]:
    """Return what the columns say of a row, a gap between each two."""
    more = context.setting.glyphs.ellipsis
    line: list[Cell] = []
    for column, room in chosen:
        line += [Cell(" ")] if line else []
        if column.name == "nights":
            name = "" if row.total else row.figures.name
            line += fit_cells(context.strips.get(name, ()), room, ellipsis=more)
        else:
            text, style = _text(column.name, row, context)
            line.append(Cell(fit(text, room, align=column.align, ellipsis=more), style))
    return line


def _text(column: str, row: FigureRow, context: FigureContext) -> tuple[str, str]:
    """Return what a column says of a row, and in which style."""
    plain = "table--total" if row.total else ""
    if column in ("layer", "model"):
        return name_of(row), plain
    figures = row.figures
    if isinstance(figures, ModelFigures):
        return _model_text(column, figures, row.total, context.setting), plain
    if column in list(RunState):
        count = figures.totals.counts.get(RunState(column), 0)
        return (
            (phrases.compact(count), f"run--{column}")
            if count
            else (context.setting.glyphs.dot, "table--dim")
        )
    return _layer_text(column, figures, context), plain


def _layer_text(column: str, figures: LayerFigures, context: FigureContext) -> str:
    if column == "share":
        return phrases.percent(figures.share)
    value = LAYER_VALUES[column](figures, context)
    match column:
        case "runs" | "insights" | "input" | "output":
            return phrases.compact(value)
        case "rate":
            return phrases.percent(value)
        case "cost":
            return phrases.partial_cost(value, figures.totals.uncosted)
        case "average" | "p95":
            return phrases.duration(value)
        case "next" if value is None:
            return ""
    return phrases.when(value, context.setting.now, context.setting.zone)


def _model_text(column: str, figures: ModelFigures, total: bool, setting: Setting) -> str:
    match column:
        case "calls":
            return phrases.compact(figures.calls)
        case "failures":
            return (
                phrases.compact(figures.failed_calls)
                if figures.failed_calls
                else setting.glyphs.dot
            )
        case "failed_share":
            share = figures.failed_calls / figures.calls if figures.calls else None
            return phrases.percent(share) if figures.failed_calls else ""
        case "input":
            return phrases.compact(figures.tokens_input)
        case "output":
            return phrases.compact(figures.tokens_output)
        case "cost":
            return phrases.cost(figures.cost_usd)
        case "share":
            return phrases.percent(figures.share)
        case "called":
            return phrases.when(figures.last_called, setting.now, setting.zone)
    if total:
        return ""  # a mean of means is none
    return phrases.finely(figures.average_latency if column == "average" else figures.p95_latency)
