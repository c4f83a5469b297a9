"""Answers as plain text tables, for people who read them in a shell."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from zos_monitor.model import phrases
from zos_monitor.model.states import RARE_STATES, RunState
from zos_monitor.model.stats import RunTotals, Totals
from zos_monitor.model.text import cells, one_line
from zos_monitor.model.times import format_stored


def layers_table(totals: Totals) -> list[str]:
    """Return the lines of a table: a head, each layer, and all layers together.

    States that are rare have a column only where they occur.
    """
    counts = totals.overall.counts
    states = [state for state in RunState if state not in RARE_STATES or counts.get(state)]
    head = ["LAYER", "RUNS", *(state.upper() for state in states), "INSIGHTS", "TOKENS", "COST"]
    head.append("STORED")
    rows = [
        *(_figures(one_line(layer.layer_name), layer, states) for layer in totals.by_layer),
        _figures("all layers", totals.overall, states),
    ]
    return grid([*head, "AVERAGE", "LAST RUN (UTC)"], rows)


def _figures(name: str, totals: RunTotals, states: Sequence[RunState]) -> list[str]:
    last = format_stored(totals.last_started)[:19] if totals.last_started else phrases.NOTHING
    return [
        name,
        f"{totals.runs:,}",
        *(f"{totals.counts.get(state, 0):,}" for state in states),
        f"{totals.insights:,}",
        phrases.grouped(totals.tokens),
        phrases.partial_cost(totals.cost_usd, totals.uncosted),
        phrases.cost(totals.stored_cost_usd),
        phrases.duration(totals.average_duration),
        last,
    ]


def grid(
    head: Sequence[str], rows: Sequence[Sequence[str]], *, left: Collection[int] = (0,)
) -> list[str]:
    """Return the lines of a table; the columns of ``left`` begin at their left, others end right.

    Cells are of one line and safe to print.
    """
    widths = [max(cells(row[n]) for row in [head, *rows]) for n in range(len(head))]
    return [
        "  ".join(
            _pad(text, width, left=n in left)
            for n, (text, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in [head, *rows]
    ]


def _pad(text: str, width: int, *, left: bool) -> str:
    room = " " * (width - cells(text))
    return text + room if left else room + text
