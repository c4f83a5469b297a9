"""The tab of a run's targets: what became of each, and where the time went."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import ClassVar

from rich.cells import cell_len
from textual.message import Message

from zos_monitor.model import phrases
from zos_monitor.model.runs import RunDetail
from zos_monitor.model.states import RunState
from zos_monitor.model.workings import Target, TargetOutcome, Workings
from zos_monitor.tui.cells import Column
from zos_monitor.tui.line_view import Cell, Line
from zos_monitor.tui.plain_facts import target_facts
from zos_monitor.tui.record_table import need
from zos_monitor.tui.tab_view import Copied
from zos_monitor.tui.waterfall import (
    WATERFALL_STYLES,
    TimeUse,
    draw,
    marks,
    scale,
    time_use,
    time_words,
    waits_of,
)
from zos_monitor.tui.workings_table import (
    WorkingsTable,
    earlier,
    key_end,
    topic_length,
    topic_words,
)

_WIDE = 90  # from this width on there is room for all columns
_LEAST_BAR = 12
_WHY = ": zos pauses 60s on a rate limit"
_STATES = {
    TargetOutcome.INSIGHT: RunState.SUCCESS,
    TargetOutcome.ERROR: RunState.FAILED,
    TargetOutcome.NO_RESULT: RunState.DRY,
    TargetOutcome.IN_FLIGHT: RunState.RUNNING,
}
"""The states whose signs and colours the outcomes have."""


class TargetsTab(WorkingsTable[Target]):
    """Targets in the order of their first trace, each with a bar of its calls over the run.

    The line above the titles tells how the run's time was used. A wait before a call stands in
    the bar of the call's target: that is what it held up.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        *WATERFALL_STYLES,
        *(f"run--{state}" for state in _STATES.values()),
    }
    DEFAULT_CSS = """
    TargetsTab {
        & > .waterfall--call { color: $text-primary; }
        & > .waterfall--failed { color: $text-error; }
        & > .waterfall--wait { color: $text-warning; }
    }
    """
    head_height: ClassVar[int] = 2

    class Chosen(Message):
        """A target was opened: its calls are wanted."""

        def __init__(self, topic: str | None) -> None:
            super().__init__()
            self.topic = topic

    _use: TimeUse | None = None

    def records_of(self, workings: Workings, run: RunDetail) -> Sequence[Target]:
        """Return the targets."""
        self._use = time_use(workings)
        return workings.targets

    def words_for(self, workings: Workings, run: RunDetail) -> str:
        """Say that no target has left a trace."""
        if workings.call_count is None and workings.insight_count is None:
            return "This database records neither calls nor insights"
        if run.targets_matched == 0:
            return "No target was selected"
        return "No target is known yet" if run.open else "No target left a trace"

    def missing(self, workings: Workings) -> str:
        """Say where there are more calls than the targets are told from."""
        return earlier(workings.call_count, len(workings.calls), "call")

    def identity(self, record: Target) -> Hashable:
        """Return the target's topic."""
        return record.topic

    def columns(self, width: int) -> Sequence[Column]:
        """Return the columns; the bars take what the others leave."""
        names = [topic_length(target.topic, target.topic_name) for target in self.records]
        outcomes = [cell_len(self._outcome(target)) for target in self.records]
        wide = width >= _WIDE
        return [
            Column("target", "TARGET", need(names, 8, 24 if wide else 14), rank=0),
            Column("outcome", "OUTCOME", need(outcomes, 7, 14), rank=1),
            Column("calls", "CALLS", 5, rank=4, align="right"),
            Column("tokens", "TOKENS", 6, rank=6, align="right"),
            Column("cost", "COST", 7, rank=5, align="right"),
            Column("span", "SPAN", 7, rank=3, align="right"),
            Column("bar", "TIME", 28 if wide else _LEAST_BAR, rank=2, grow=True, most=width),
            Column("topic", "TOPIC", 26, rank=7),
        ]

    def _outcome(self, target: Target) -> str:
        outcome, words = target.outcome, str(target.outcome)
        if outcome is TargetOutcome.NO_RESULT:
            words = "no result"
        elif outcome is TargetOutcome.ERROR and target.errors > 1:
            words = phrases.plural(target.errors, "error")
        elif outcome is TargetOutcome.INSIGHT and target.insights > 1:
            words = phrases.plural(target.insights, "insight")
        return f"{self.setting.glyphs.states[_STATES[outcome]]} {words}"

    def cells(self, column: Column, record: Target, room: int) -> Line:
        """Return what a column says of a target."""
        more = self.setting.glyphs.ellipsis
        match column.name:
            case "target":
                return topic_words(record.topic, record.topic_name, room, more)
            case "outcome":
                return (Cell(self._outcome(record), f"run--{_STATES[record.outcome]}"),)
            case "bar":
                return self._bar(record, room)
            case "topic":
                key = key_end(record.topic, room, more) if record.topic is not None else ""
                return (Cell(key, "table--dim"),)
        return (Cell(_FIGURES[column.name](record)),)

    def _bar(self, target: Target, width: int) -> Line:
        if self._use is None:
            return ()
        found = marks(target.spans, waits_of(target, self._use), self._use, width)
        return draw(found, self.setting.glyphs)

    def title(self, column: Column, room: int) -> str:
        """Return a column's title; that of the bars is their scale."""
        if column.name == "bar" and self._use is not None:
            return scale(self._use.lasted, room)
        return column.title

    def head_line(self, index: int) -> Line:
        """Return how the time was used, and below that the titles."""
        if index or not self.records:
            return super().head_line(index)
        if self._use is None:
            return ()
        words, waits = time_words(self._use, self.setting.glyphs)
        if not waits:
            return (Cell(words, "table--dim"),)
        told = Cell(waits, "waterfall--wait")
        room = self.line_width - cell_len(words) - cell_len(waits) - 2
        if room < 0:
            return (told,)
        note = _WHY if room >= len(_WHY) else ""
        return Cell(f"{words}  ", "table--dim"), told, Cell(note, "table--dim")

    def action_open(self) -> None:
        """Ask for the target's calls."""
        target = self.selected
        if target is not None:
            self.post_message(self.Chosen(target.topic))

    def step(self, by: int) -> None:
        """Return nothing: a target has no text of its own."""
        return None

    def copied(self) -> Copied | None:
        """Return the selected target's facts."""
        target = self.selected
        return Copied("the target", target_facts(target)) if target is not None else None


def _span(target: Target) -> str:
    if target.began_at is None or target.ended_at is None:
        return phrases.NOTHING
    return phrases.finely(target.ended_at - target.began_at)


def _calls(target: Target) -> str:
    return phrases.compact(target.calls)


_FIGURES = {
    "calls": _calls,
    "tokens": lambda target: phrases.compact(target.tokens),
    "cost": lambda target: phrases.cost(target.cost_usd),
    "span": _span,
}
