"""The run list's columns: which there are, and what each says of a run."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta, tzinfo
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from zos_monitor.model import phrases
from zos_monitor.model.past import LayerPast
from zos_monitor.model.runs import RunSummary
from zos_monitor.model.sorting import SortKey
from zos_monitor.model.states import RunState
from zos_monitor.model.text import one_line
from zos_monitor.tui.cells import Column, choose_columns, fit
from zos_monitor.tui.glyphs import Glyphs

if TYPE_CHECKING:  # the first rows do without nights
    from zos_monitor.model.nights import Origin


class Setting(NamedTuple):
    """What rendering a run depends on besides the run: the time, the zone, the signs.

    ``pasts`` has what is known of each layer's last runs, against which a run stands out,
    ``origins`` what started the runs of the last nights, by their ids. ``marked`` is the id of the
    run that others are compared with.
    """

    now: datetime
    zone: tzinfo
    glyphs: Glyphs
    pasts: Mapping[str, LayerPast] = MappingProxyType({})
    origins: Mapping[str, Origin] = MappingProxyType({})
    marked: str | None = None


_DURATION = 7  # the width of its column
COLUMNS = (
    Column("started", "STARTED", 11, rank=2),
    Column("layer", "LAYER", 16, rank=0, grow=True, most=40),
    Column("state", "STATE", 9, rank=1),
    Column("targets", "TARGETS", 7, rank=3, align="right"),
    Column("cost", "COST", 8, rank=5, align="right"),
    Column("duration", "DUR", _DURATION, rank=4, align="right"),
    Column("errors", "ERRORS", 6, rank=6, align="right"),
    Column("insights", "INSIGHTS", 8, rank=7, align="right"),
    Column("tokens", "TOKENS", 7, rank=8, align="right"),
    Column("id", "ID", 26, rank=9),
)
"""All columns in the order they stand; the ranks say which stay when room is short."""

_SORTED = {
    SortKey.DURATION: "duration",
    SortKey.COST: "cost",
    SortKey.TOKENS: "tokens",
    SortKey.INSIGHTS: "insights",
    SortKey.ERRORS: "errors",
}


_SKEW = timedelta(minutes=1)  # by which zos's clock may be ahead of ours without a word of it


def columns_for(key: SortKey) -> tuple[Column, ...]:
    """Return the columns of a list sorted by this; what it is sorted by is seen in any width."""
    name = _SORTED.get(key, "started")
    return tuple(
        column._replace(rank=1) if column.name == name and column.rank > 1 else column
        for column in COLUMNS
    )


def elapsed(run: RunSummary, now: datetime) -> str:
    """Return a run's duration; while it is open, the time since its start with a plus sign.

    An interrupted run has lasted until its last activity at least. Where two units and the sign
    are wider than the column, which they are from 10 minutes on, one unit is told. One that has
    not begun yet by our clock has lasted for no time that can be told.
    """
    if not run.open or run.started_at is None:
        return phrases.duration(run.duration)
    last = run.activity.last if run.activity is not None else None
    until = last or run.started_at if run.state is RunState.INTERRUPTED else now
    lasted = until - run.started_at
    if lasted < -_SKEW:
        return phrases.NOTHING
    span = phrases.duration(max(lasted, timedelta(0)))
    return f"{span if len(span) < _DURATION else span.split()[0]}+"


def elapsed_turns_at(run: RunSummary, now: datetime) -> datetime | None:
    """Return when the duration shown for an open run next reads otherwise, None for no time soon.

    It tells seconds in the first 10 minutes, all runs at the same whole seconds of the clock, and
    turns over with the minutes after that.
    """
    if run.state not in (RunState.RUNNING, RunState.STALLED) or run.started_at is None:
        return None
    since = now - run.started_at
    if not timedelta(0) <= since < timedelta(minutes=10):
        return None
    return now.replace(microsecond=0) + timedelta(seconds=1)


def _layer(run: RunSummary, setting: Setting) -> str:
    mark = f"{setting.glyphs.mark} " if run.id == setting.marked else ""
    return mark + one_line(run.layer_name)


def _targets(run: RunSummary, setting: Setting) -> str:
    if run.targets_matched is None:
        processed = run.targets_processed
        return phrases.NOTHING if processed is None or run.open else f"{processed:,}/?"
    if not run.open:
        return f"{phrases.grouped(run.targets_processed)}/{run.targets_matched}"
    done = "?" if run.progress is None else f"~{run.progress.done}"  # it is an estimate
    return f"{done}/{run.targets_matched}"


def _cost(run: RunSummary, setting: Setting) -> str:
    """Return the true cost, with signs where it is out of the common, or zos says otherwise."""
    past = setting.pasts.get(run.layer_name)
    high = setting.glyphs.high if past is not None and past.costly(run.usage.cost_usd) else ""
    differs = setting.glyphs.differs if run.cost_differs else ""
    return f"{high}{differs}{phrases.cost(run.usage.cost_usd)}"


def _errors(run: RunSummary, setting: Setting) -> str:
    count = run.error_count or (run.progress.errors if run.progress is not None else 0)
    if run.error_count is None and run.state in (RunState.PARTIAL, RunState.FAILED):
        return "?"  # it has some, and the detail tells them
    return phrases.compact(count) if count else ""


def _insights(run: RunSummary, setting: Setting) -> str:
    return "" if run.open else phrases.compact(run.insights_created)


_TEXTS: dict[str, Callable[[RunSummary, Setting], str]] = {
    "started": lambda run, setting: phrases.when(run.started_at, setting.now, setting.zone),
    "layer": _layer,
    "state": lambda run, setting: state_words(run, setting.glyphs),
    "targets": _targets,
    "cost": _cost,
    "duration": lambda run, setting: elapsed(run, setting.now),
    "errors": _errors,
    "insights": _insights,
    "tokens": lambda run, setting: phrases.compact(run.usage.tokens_total),
    "id": lambda run, setting: one_line(run.id),
}


def state_words(run: RunSummary, glyphs: Glyphs) -> str:
    """Return a run's state by glyph and word; an unknown status in zos's own letters."""
    word = one_line(run.status) if run.state is RunState.UNKNOWN else run.state
    return f"{glyphs.states[run.state]} {word or run.state}"


def text_of(column: Column, run: RunSummary, setting: Setting) -> str:
    """Return what a column says of a run, not yet cut to its width."""
    return _TEXTS[column.name](run, setting)


def style_of(column: Column, run: RunSummary) -> str:
    """Return the component class that styles a column's text, none for plain."""
    if column.name == "state":
        return f"run--{run.state}"
    if column.name == "errors":
        return "run--failed"
    return "table--dim" if column.name in ("started", "id", "tokens") else ""


def titles(columns: Sequence[Column], width: int) -> list[str]:
    """Return the titles of the columns that fit into ``width`` cells, as wide as their columns."""
    return [
        fit(column.title, room, align=column.align)
        for column, room in choose_columns(columns, width)
    ]


def pieces(
    columns: Sequence[Column], width: int, run: RunSummary, setting: Setting
) -> list[tuple[str, str]]:
    """Return what the columns that fit say of a run, each as wide as it is, and in which style."""
    more = setting.glyphs.ellipsis
    return [
        (
            fit(text_of(column, run, setting), room, align=column.align, ellipsis=more),
            style_of(column, run),
        )
        for column, room in choose_columns(columns, width)
    ]
