"""The tab of a run's calls, in the order in which they ended."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from datetime import datetime
from typing import ClassVar

from rich.cells import cell_len

from zos_monitor.model import phrases
from zos_monitor.model.calls import Call
from zos_monitor.model.runs import RunDetail
from zos_monitor.model.text import one_line
from zos_monitor.model.workings import Workings
from zos_monitor.tui.call_words import RESULT_STYLES, model_of, result, result_state
from zos_monitor.tui.cells import GAP, Column
from zos_monitor.tui.line_view import Cell, Line
from zos_monitor.tui.plain_facts import call_facts
from zos_monitor.tui.record_table import need
from zos_monitor.tui.tab_view import Copied, TextWanted
from zos_monitor.tui.workings_table import WorkingsTable, earlier, topic_length, topic_words

_WIDE = 90  # from this width on there is room for all columns
_MIDDLING = 70  # from this width on most errors are told without being cut
_TIME, _LATENCY = 8, 7
_RESULT, _LONG_RESULT = 20, 32  # cells for what became of a call


class CallsTab(WorkingsTable[Call]):
    """Calls with what they took and what became of them; enter asks for a call's texts."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {*RESULT_STYLES}

    def records_of(self, workings: Workings, run: RunDetail) -> Sequence[Call]:
        """Return the calls."""
        return workings.calls

    def words_for(self, workings: Workings, run: RunDetail) -> str:
        """Say that no call is recorded."""
        if workings.call_count is None:
            return "This database records no calls"
        return "No call has ended yet" if run.open else "No call was made"

    def missing(self, workings: Workings) -> str:
        """Say where there are more calls than are listed."""
        return earlier(workings.call_count, len(workings.calls), "call")

    def identity(self, record: Call) -> Hashable:
        """Return the call's id."""
        return record.id

    def go_to_topic(self, topic: str | None) -> None:
        """Put the cursor on a topic's first call, where there is one."""
        rows = (row for row, call in enumerate(self.records) if call.topic == topic)
        row = next(rows, None)
        if row is not None:
            self.move_to(row)

    def columns(self, width: int) -> Sequence[Column]:
        """Return the columns; what became of the calls takes what the others leave."""
        calls = self.records
        names = [topic_length(call.topic, call.topic_name) for call in calls]
        kinds = [cell_len(one_line(call.kind)) for call in calls]
        models = [cell_len(model_of(call)) for call in calls]
        results = [cell_len(result(call, self.setting.glyphs)) for call in calls]
        whole = need(results, 6, width)
        told = min(whole, _RESULT if width < _MIDDLING else _LONG_RESULT)
        # In a narrow pane a topic gets what keeps the latencies in view.
        room = width - sum((_TIME, told, _LATENCY)) - 3 * GAP
        topic = need(names, 8, 24 if width >= _WIDE else min(14, max(10, room)))
        return [
            Column("time", "TIME", _TIME, rank=2),
            Column("topic", "TOPIC", topic, rank=0),
            Column("result", "RESULT", told, rank=1, grow=True, most=whole),
            Column("latency", "LATENCY", _LATENCY, rank=3, align="right"),
            Column("cost", "COST", 7, rank=4, align="right"),
            Column("in", "IN", 5, rank=5, align="right"),
            Column("out", "OUT", 5, rank=6, align="right"),
            Column("model", "MODEL", need(models, 5, 20), rank=7),
            Column("kind", "TYPE", need(kinds, 4, 14), rank=8),
        ]

    def cells(self, column: Column, record: Call, room: int) -> Line:
        """Return what a column says of a call."""
        match column.name:
            case "time":
                return (Cell(self._time(record.ended_at), "table--dim"),)
            case "topic":
                more = self.setting.glyphs.ellipsis
                return topic_words(record.topic, record.topic_name, room, more)
            case "result":
                words = result(record, self.setting.glyphs)
                return (Cell(words, f"run--{result_state(record)}"),)
        style = "table--dim" if column.name in ("model", "kind") else ""
        return (Cell(_WORDS[column.name](record), style),)

    def _time(self, instant: datetime | None) -> str:
        if instant is None:
            return phrases.NOTHING
        return f"{phrases.in_zone(instant, self.setting.zone):%H:%M:%S}"

    def action_open(self) -> None:
        """Ask for the call's texts."""
        if self.selected is not None:
            self.post_message(TextWanted(self.selected))

    def step(self, by: int) -> Call | None:
        """Put the cursor on the next or the previous call; None where there is none."""
        return self.step_record(by)

    def copied(self) -> Copied | None:
        """Return the selected call's facts."""
        call = self.selected
        return Copied("the call", call_facts(call)) if call is not None else None


_WORDS: dict[str, Callable[[Call], str]] = {
    "latency": lambda call: phrases.finely(call.latency),
    "cost": lambda call: phrases.cost(call.cost_usd),
    "in": lambda call: phrases.compact(call.tokens_input),
    "out": lambda call: phrases.compact(call.tokens_output),
    "model": model_of,
    "kind": lambda call: one_line(call.kind),
}
