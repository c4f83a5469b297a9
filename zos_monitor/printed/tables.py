"""Answers as plain text tables, for people who read them in a shell."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from zos_monitor.model import phrases
from zos_monitor.model.states import RARE_STATES, RunState
from zos_monitor.model.stats import LayerTotals, RunTotals, Totals
from zos_monitor.model.text import cells, one_line
from zos_monitor.model.times import format_stored

Colour = Callable[[str], str]
"""What tells a cell's colour from its text: SGR parameters, empty for none."""


class Schedule(NamedTuple):
    """When a layer starts: a cron string, and its next start, in the form of columns."""

    cron: str = phrases.NOTHING
    next_start: str = phrases.NOTHING


_GAP = "  "
_STATE_COLOURS = {
    "running": "36",
    "stalled": "35",
    "interrupted": "2;35",
    "success": "32",
    "partial": "33",
    "failed": "31",
    "dry": "2",
    "to come": "2",
    "due": "36",
    "missed": "1;33",
    "gone": "31",
}
"""SGR parameters; the colours are the terminal's own."""


def layers_table(
    totals: Totals,
    schedules: Mapping[str, Schedule] | None = None,
    *,
    width: int | None = None,
) -> list[str]:
    """Return the lines of a table: a head, each layer, and all layers together.

    States that are rare have a column only where they occur. ``schedules`` has those of layers by
    name; one without a run has a line too.
    """
    counts = totals.overall.counts
    states = [state for state in RunState if state not in RARE_STATES or counts.get(state)]
    named = {layer.layer_name for layer in totals.by_layer}
    without = (LayerTotals(layer_name=name) for name in schedules or () if name not in named)
    layers = sorted((*totals.by_layer, *without), key=lambda layer: layer.layer_name)
    rows = [_figures(one_line(layer.layer_name), layer, states) for layer in layers]
    rows.append(_figures("all layers", totals.overall, states))
    head = ["LAYER", "RUNS", *(state.upper() for state in states), "INSIGHTS", "TOKENS", "COST"]
    head += ["STORED", "AVERAGE", "LAST RUN (UTC)"]
    if schedules:
        starts = [schedules.get(layer.layer_name, Schedule()) for layer in layers]
        head += ["SCHEDULE", "NEXT START (UTC)"]
        for row, schedule in zip(rows, [*starts, Schedule("", "")], strict=True):
            row += [one_line(schedule.cron), schedule.next_start]
    first_out = ["STORED", "SCHEDULE", "TOKENS", "AVERAGE", "INSIGHTS", "LAST RUN (UTC)"]
    first_out += ["NEXT START (UTC)", "COST"]
    first_out += [state.upper() for state in reversed(RARE_STATES)]  # the gravest stays longest
    if not counts.get(RunState.RUNNING):
        first_out.insert(0, "RUNNING")
    spare = [head.index(name) for name in first_out if name in head]
    left = [n for n, name in enumerate(head) if name in ("LAYER", "SCHEDULE")]
    return grid(head, rows, left=left, spare=spare, width=width)


def _figures(name: str, totals: RunTotals, states: Sequence[RunState]) -> list[str]:
    last = format_stored(totals.last_started) if totals.last_started else None
    return [
        name,
        f"{totals.runs:,}",
        *(f"{totals.counts.get(state, 0):,}" for state in states),
        f"{totals.insights:,}",
        phrases.grouped(totals.tokens),
        phrases.partial_cost(totals.cost_usd, totals.uncosted),
        phrases.cost(totals.stored_cost_usd),
        phrases.duration(totals.average_duration),
        to_the_minute(last),
    ]


def to_the_minute(instant: str | None) -> str:
    """Return an instant as stored, or in ISO 8601, in the form of columns; a dash for none."""
    return instant[:16].replace("T", " ") if instant is not None else phrases.NOTHING


def facts(pairs: Iterable[tuple[str, str]]) -> list[str]:
    """Return a line for each fact, with its label before it."""
    pairs = [*pairs]
    width = max((cells(label) for label, _ in pairs), default=0)
    return [f"{label.ljust(width)}{_GAP}{told}" for label, told in pairs]


def grid(
    head: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    left: Collection[int] = (0,),
    spare: Sequence[int] = (),
    width: int | None = None,
    most: Mapping[int, int] | None = None,
    colours: Mapping[int, Colour] | None = None,
) -> list[str]:
    """Return the lines of a table; the columns of ``left`` begin at their left, others end right.

    Cells are of one line and safe to print. Of the columns of ``spare`` only those are there that
    ``width`` cells have room for, the last of them first; without a width all are. ``most`` tells
    how wide columns are at most: what is longer in them moves the rest of its line. ``colours`` has
    those of columns.
    """
    widths = [max(cells(row[n]) for row in [head, *rows]) for n in range(len(head))]
    for n, limit in (most or {}).items():
        widths[n] = max(cells(head[n]), min(widths[n], limit))
    shown = _shown(widths, spare, width)

    def line(row: Sequence[str], colours: Mapping[int, Colour]) -> str:
        padded = (_pad(row[n], widths[n], left=n in left, colour=colours.get(n)) for n in shown)
        return _GAP.join(padded).rstrip()

    return [line(head, {}), *(line(row, colours or {}) for row in rows)]


def _shown(widths: Sequence[int], spare: Sequence[int], width: int | None) -> list[int]:
    """Return the columns that there is room for."""
    shown = [n for n in range(len(widths)) if n not in spare]
    for n in reversed(spare):
        wanted = [*shown, n]
        needed = sum(widths[n] for n in wanted) + len(_GAP) * (len(wanted) - 1)
        if width is None or needed <= width:
            shown = wanted
    return sorted(shown)


def _pad(text: str, width: int, *, left: bool, colour: Colour | None) -> str:
    room = " " * (width - cells(text))
    if colour is not None:
        text = painted(text, colour(text))
    return text + room if left else room + text


def painted(text: str, colour: str) -> str:
    """Return text in a colour, for a terminal; without one as it is."""
    return f"\x1b[{colour}m{text}\x1b[0m" if colour else text


def state_colour(word: str) -> str:
    """Return the colour of a state, or of what became of a start or a run, by its word."""
    return _STATE_COLOURS.get(word, "")
