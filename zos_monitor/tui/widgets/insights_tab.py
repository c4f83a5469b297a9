"""The tab of a run's insights, in the order of their making."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from rich.cells import cell_len

from zos_monitor.model.calls import Insight
from zos_monitor.model.runs import RunDetail
from zos_monitor.model.text import one_line
from zos_monitor.model.workings import Workings
from zos_monitor.tui.cells import Column
from zos_monitor.tui.line_view import Cell, Line
from zos_monitor.tui.plain_facts import insight_facts
from zos_monitor.tui.record_table import need
from zos_monitor.tui.tab_view import Copied, TextWanted
from zos_monitor.tui.workings_table import (
    WorkingsTable,
    earlier,
    figure,
    topic_length,
    topic_words,
)

_WIDE = 90  # from this width on there is room for whole titles


class InsightsTab(WorkingsTable[Insight]):
    """Insights with their figures and how they begin; enter asks for an insight whole."""

    def records_of(self, workings: Workings, run: RunDetail) -> Sequence[Insight]:
        """Return the insights."""
        return workings.insights

    def words_for(self, workings: Workings, run: RunDetail) -> str:
        """Say that no insight is stored."""
        if workings.insight_count is None:
            return "This database records no insights"
        return "No insight is stored yet" if run.open else "No insight is stored"

    def missing(self, workings: Workings) -> str:
        """Say where there are more insights than are listed."""
        return earlier(workings.insight_count, len(workings.insights), "insight")

    def identity(self, record: Insight) -> Hashable:
        """Return the insight's id."""
        return record.id

    def columns(self, width: int) -> Sequence[Column]:
        """Return the columns; how the insights begin takes what the others leave."""
        wide = width >= _WIDE
        names = [topic_length(one.topic, one.topic_name) for one in self.records]
        kinds = [cell_len(one_line(one.category)) for one in self.records]
        titles = ("STRENGTH", "CONFIDENCE", "IMPORTANCE") if wide else ("STR", "CONF", "IMP")
        return [
            Column("topic", "TOPIC", need(names, 8, 24 if wide else 15), rank=0),
            Column("category", "CATEGORY", need(kinds, 8, 18), rank=1),
            *(
                Column(name, title, max(5, len(title)), rank=rank, align="right")
                for rank, (name, title) in enumerate(zip(_FIGURES, titles, strict=True), start=2)
            ),
            Column("gist", "CONTENT", 12, rank=5, grow=True, most=width),
        ]

    def cells(self, column: Column, record: Insight, room: int) -> Line:
        """Return what a column says of an insight."""
        match column.name:
            case "topic":
                more = self.setting.glyphs.ellipsis
                return topic_words(record.topic, record.topic_name, room, more)
            case "category":
                return (Cell(one_line(record.category)),)
            case "gist":
                return (Cell(one_line(record.gist), "table--dim"),)
        return (Cell(figure(getattr(record, column.name))),)

    def action_open(self) -> None:
        """Ask for the insight's content."""
        if self.selected is not None:
            self.post_message(TextWanted(self.selected))

    def step(self, by: int) -> Insight | None:
        """Put the cursor on the next or the previous insight; None where there is none."""
        return self.step_record(by)

    def copied(self) -> Copied | None:
        """Return the selected insight's facts and how it begins."""
        insight = self.selected
        return Copied("the insight", insight_facts(insight)) if insight is not None else None


_FIGURES = ("strength", "confidence", "importance")
