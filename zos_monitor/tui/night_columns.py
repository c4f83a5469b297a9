"""What the columns of a night's table say of a row, and the note that goes with it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from rich.cells import cell_len

from zos_monitor.model import phrases
from zos_monitor.model.nights import NightRun, Outcome, ScheduledLayer, ScheduleSource
from zos_monitor.model.states import OPEN_STATES, RunState
from zos_monitor.model.text import one_line
from zos_monitor.tui.cells import GAP, Column, choose_columns
from zos_monitor.tui.line_table import fit_cells
from zos_monitor.tui.line_view import Cell, Line
from zos_monitor.tui.night_rows import NightRow, RowKind
from zos_monitor.tui.run_columns import Setting
from zos_monitor.tui.tonight_text import counts, minutes, next_start, time_of_day, until

DRY_NIGHTS = 3
"""From so many dry nights in a row on, a layer is worth a warning."""
OUTCOME_STYLES = frozenset(f"outcome--{outcome.replace(' ', '-')}" for outcome in Outcome)
"""The component classes of outcomes; ``outcome_style`` names the one of each."""
WARNING = "night--warning"

_LATE = timedelta(minutes=1)
_LAYER_WIDTHS = 16, 32
_OUTCOME_WIDTHS = 14, 29
_OUTCOME_WIDTH_SHORT = 23
_WIDE = 96
_TARGETS, _NOTE = 7, 20


class NightContext(NamedTuple):
    """What a night's rows are read by, besides themselves.

    ``present`` tells whether it is the present night: only there does it matter what comes next.
    ``say_inferred`` is False where that is said of all schedules elsewhere.
    """

    setting: Setting
    day: date
    layers: Mapping[str, ScheduledLayer]
    present: bool
    say_inferred: bool


def outcome_style(outcome: Outcome) -> str:
    """Return the component class of an outcome."""
    return f"outcome--{outcome.replace(' ', '-')}"


def night_columns(rows: Sequence[NightRow], context: NightContext, width: int) -> list[Column]:
    """Return the columns for these rows, as wide as the rows need and ``width`` cells allow."""
    times = [cell_len(_time(row, context)) for row in rows]
    names = [cell_len(one_line(row.layer_name)) for row in rows]
    outcomes = [sum(cell_len(cell.text) for cell in _outcome(row, context)) for row in rows]
    least, most = _OUTCOME_WIDTHS
    most = most if width >= _WIDE else _OUTCOME_WIDTH_SHORT
    layer = _between(_LAYER_WIDTHS, names) if width >= _WIDE else _LAYER_WIDTHS[0]
    time = max([5, *times])
    outcome = _between((least, most), outcomes)
    room = width - sum((time, layer, outcome, _TARGETS, _NOTE)) - 4 * GAP
    noted = room >= 0 and any(True for row in rows for _ in note(row, context))
    columns = [
        Column("time", "TIME", time, rank=2),
        Column("layer", "LAYER", layer, rank=0, grow=not noted, most=max([layer, *names])),
        Column("outcome", "OUTCOME", outcome, rank=1),
        Column("targets", "TARGETS", _TARGETS, rank=3, align="right"),
        Column("duration", "DUR", 7, rank=5, align="right"),
        Column("insights", "INSIGHTS", 8, rank=6, align="right"),
        Column("note", "NOTE", _NOTE, rank=4, grow=True, most=width),
    ]
    return columns if noted else columns[:-1]


def _between(bounds: tuple[int, int], widths: Sequence[int]) -> int:
    least, most = bounds
    return min(most, max([least, *widths]))


def row_line(
    columns: Sequence[Column], width: int, row: NightRow, context: NightContext
) -> list[Cell]:
    """Return what the columns that fit say of a row, a gap between each two."""
    more = context.setting.glyphs.ellipsis
    chosen = choose_columns(columns, width)
    noted = any(column.name == "note" for column, _ in chosen)
    line: list[Cell] = []
    for column, room in chosen:
        cells = _cells(column, row, context)
        if column.name == "outcome" and not noted:
            cells += _flag(row, context)
        if line:
            line.append(Cell(" "))
        line += fit_cells(cells, room, align=column.align, ellipsis=more)
    return line


def _flag(row: NightRow, context: NightContext) -> Line:
    """Return a sign that there is a warning, for where its words have no room."""
    warned = any(cell.style == WARNING for cell in note(row, context))
    return (Cell(f" {context.setting.glyphs.fault}", WARNING),) if warned else ()


def _cells(column: Column, row: NightRow, context: NightContext) -> Line:
    match column.name:
        case "time":
            return (Cell(_time(row, context), "table--dim"),)
        case "layer":
            return (Cell(one_line(row.layer_name)),)
        case "outcome":
            return _outcome(row, context)
        case "note":
            return joined(note(row, context))
    run = row.run
    if run is None:
        return ()
    if column.name == "targets":
        return (Cell(_targets(run)),)
    if column.name == "insights":
        return () if run.state in OPEN_STATES else (Cell(phrases.compact(run.insights_created)),)
    return (Cell(_duration(run, context.setting)),)


def _time(row: NightRow, context: NightContext) -> str:
    return time_of_day(row.at, context.setting.zone, context.day)


def _outcome(row: NightRow, context: NightContext) -> Line:
    now, glyphs = context.setting.now, context.setting.glyphs
    if row.kind is RowKind.FOLD:
        found = counts((slot.outcome for slot in row.slots), glyphs)
        cells = [(Cell(" "), Cell(words, outcome_style(one))) for words, one in found]
        return tuple(cell for pair in cells for cell in pair)[1:]
    outcome = row.outcome
    words = glyphs.outcome(outcome)
    if row.kind is RowKind.OFF_SCHEDULE:
        return Cell(words, outcome_style(outcome)), Cell(f", {row.kind}", "table--dim")
    if outcome is Outcome.TO_COME:
        words += f", {until(row.at, now)}"
    elif outcome is Outcome.MISSED:
        words += ", or nothing eligible"
    return (Cell(words, outcome_style(outcome)),)


def _targets(run: NightRun) -> str:
    if run.targets_matched is None:
        return phrases.NOTHING
    if run.state in OPEN_STATES:
        done = "?" if run.targets_processed is None else f"~{run.targets_processed}"
    else:
        done = phrases.grouped(run.targets_processed)
    return f"{done}/{run.targets_matched}"


def _duration(run: NightRun, setting: Setting) -> str:
    if run.completed_at is not None:
        span = run.completed_at - run.started_at
        return phrases.duration(span) if span >= timedelta(0) else phrases.NOTHING
    if run.state is RunState.RUNNING and run.started_at <= setting.now:
        lasts = setting.now - run.started_at
        return f"{minutes(lasts)}+" if lasts >= timedelta(minutes=1) else "<1m"
    return phrases.NOTHING


def note(row: NightRow, context: NightContext) -> Iterator[Cell]:
    """Yield what else there is to say of a row, the most important first."""
    run, layer = row.run, context.layers.get(row.layer_name)
    if run is not None:
        for name in run.too_early_for:
            yield Cell(f"started before {one_line(name)} ended", WARNING)
    if layer is not None and context.present and row.first and layer.dry_streak >= DRY_NIGHTS:
        yield Cell(f"{layer.dry_streak} dry nights in a row", WARNING)
    if run is not None and run.dry_reason:
        yield Cell(one_line(run.dry_reason))
    if row.kind is RowKind.FOLD:
        yield Cell(f"enter shows all {len(row.slots)}" if row.last else "enter folds them")
    elif row.kind is RowKind.OFF_SCHEDULE:
        yield Cell("near none of its times")
    elif run is not None and run.started_at - row.at >= _LATE:
        yield Cell(f"started {minutes(run.started_at - row.at)} late")
    elif row.outcome is Outcome.MISSED and row.last and context.present and layer is not None:
        yield from _after_a_miss(layer, context.setting)
    if layer is not None and layer.source is ScheduleSource.INFERRED and context.say_inferred:
        yield Cell("inferred")


def _after_a_miss(layer: ScheduledLayer, setting: Setting) -> Iterator[Cell]:
    """Yield what becomes of a missed start: whether zos makes up for it, and what comes next."""
    if layer.catches_up is not None:
        makes_up = "would" if layer.catches_up else "would not"
        yield Cell(f"a restart {makes_up} catch up")
    if layer.next_at is not None:
        yield Cell(f"next {next_start(layer.next_at, setting.now, setting.zone)}")


def about(row: NightRow, context: NightContext) -> Line:
    """Return all that is known about a row and its layer's schedule, for where there is room."""
    layer = context.layers.get(row.layer_name)
    remarks = list(note(row, context._replace(say_inferred=False)))  # the schedule says so
    if layer is not None:
        setting = context.setting
        if layer.next_at is not None and not any(cell.text.startswith("next ") for cell in remarks):
            remarks.append(Cell(f"next {next_start(layer.next_at, setting.now, setting.zone)}"))
        remarks.append(Cell(f"schedule {schedule(layer)}"))
    name = Cell(one_line(row.layer_name), "table--total")
    return name, Cell(": " if remarks else ""), *joined(remarks)


def schedule(layer: ScheduledLayer) -> str:
    """Return a layer's cron string, and whether it is a guess; no line breaks inside."""
    guess = ", inferred" if layer.source is ScheduleSource.INFERRED else ""
    return f"{one_line(layer.cron)}{guess}".replace(" ", "\N{NO-BREAK SPACE}")


def joined(cells: Iterable[Cell]) -> Line:
    """Return remarks as one line, those without a style of their own dim."""
    gap = Cell("; ", "table--dim")
    parts = [part for cell in cells for part in (gap, Cell(cell.text, cell.style or "table--dim"))]
    return tuple(parts[1:])
