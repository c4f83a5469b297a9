"""The table of failure groups: how often, since when, where, and a bar over the nights."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.cells import cell_len
from textual.message import Message

from zos_monitor.model import phrases
from zos_monitor.model.causes import identity
from zos_monitor.model.failures import FailureGroup, Failures
from zos_monitor.model.text import one_line
from zos_monitor.tui.cells import GAP, Column, choose_columns
from zos_monitor.tui.failure_words import Age, GroupSort, age, names, nights_of
from zos_monitor.tui.line_view import Cell, Line
from zos_monitor.tui.night_scale import NightScale, bar
from zos_monitor.tui.record_table import RecordTable
from zos_monitor.tui.run_columns import Setting

_CAUSE_WIDTHS = 16, 48
_WIDE, _WIDE_CAUSE = 100, 34  # from so many cells on, layers give way to the cause's words
_LEAST_BAR, _WHOLE_BAR = 14, 31
_NAMES_WIDTHS = {"layers": (6, 40), "nodes": (12, 24)}
_LEAST_NAMES = 12  # cells for names; in fewer their number stands


class FailureTable(RecordTable[FailureGroup]):
    """A row for each cause; the cursor stays on its cause whatever comes, goes or is sorted."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"failure--count", "failure--new"}

    class Moved(Message):
        """The cursor may be on another group, or its group may read otherwise."""

    def __init__(self, setting: Setting, *, id: str | None = None) -> None:
        super().__init__(setting, id=id)
        self.failures: Failures | None = None
        """The groups in view; None until there was an answer."""
        self.sort = GroupSort()
        self._nothing = ""
        self._scale: NightScale | None = None
        self._highest = 0

    @property
    def nights(self) -> NightScale | None:
        """The nights that are seen, one by one."""
        if self.failures is None:
            return None
        span = nights_of(self.failures, self.setting.now, self.setting.zone)
        return NightScale(*span) if span is not None else None

    def age(self, group: FailureGroup) -> Age:
        """Tell whether a group is new, or quiet by now."""
        return age(group, self.failures, self.setting.now) if self.failures else Age.KNOWN

    def show_failures(self, failures: Failures) -> None:
        """Show an answer."""
        if failures != self.failures:
            self.failures = failures
            self._arrange()

    def set_sort(self, sort: GroupSort) -> None:
        """Show the groups in another order."""
        self.sort = sort
        self._arrange()
        self.show_row(self.cursor_row or 0)

    def set_setting(self, setting: Setting) -> None:
        """Render by another time, zone or set of signs."""
        rezoned = setting.zone != self.setting.zone
        self.setting = setting
        if rezoned:  # what was last seen in one night may have been seen in two
            self._arrange()
        else:
            self.sync()

    def say_nothing(self, words: str) -> None:
        """Say this where there are no groups."""
        if words != self._nothing:
            self._nothing = words
            self.sync()

    def _arrange(self) -> None:
        """Put the groups in order; the cursor keeps its cause, and the view its first one."""
        groups = self.failures.groups if self.failures is not None else ()
        self.set_records(self.sort.sorted(groups, self.setting.zone), same=True)
        self.post_message(self.Moved())

    # What a table says

    def identity(self, record: FailureGroup) -> str:
        """Return what tells the group's cause from all others."""
        return identity(record.cause)

    def select_row(self, row: int) -> None:
        """Put the cursor on a group."""
        super().select_row(row)
        self.post_message(self.Moved())

    def empty_words(self) -> str:
        """Return what stands where there are no groups."""
        return self._nothing

    def title(self, column: Column, room: int) -> str:
        """Return a column's title, and above the bars their dates."""
        if column.name == "nights" and self._scale is not None:
            return self._scale.head()
        return column.title

    def cells(self, column: Column, record: FailureGroup, room: int) -> Line:
        """Return what a column says of a group."""
        found = self.age(record)
        if column.name == "nights":
            return self._bar(record, found)
        text, style = self._text(column.name, record, found, room)
        return (Cell(text, "table--dim" if found is Age.QUIET else style),)

    def _text(self, name: str, group: FailureGroup, found: Age, room: int) -> tuple[str, str]:
        setting = self.setting
        match name:
            case "cause":
                return one_line(group.cause), ""
            case "errors":
                return phrases.compact(group.errors), "failure--count"
            case "runs":
                return phrases.compact(group.runs), ""
            case "now":
                sign = f"{setting.glyphs.new} " if found is Age.NEW else ""
                return f"{sign}{found}", "failure--new"
            case "last":
                return phrases.when(group.last_seen, setting.now, setting.zone), "table--dim"
            case "first":
                return phrases.when(group.first_seen, setting.now, setting.zone), "table--dim"
        counted = group.layers if name == "layers" else group.nodes
        if room < _LEAST_NAMES:
            return f"{len(counted):,}", ""
        return names(counted, room, setting.glyphs.ellipsis), ""

    def _bar(self, group: FailureGroup, found: Age) -> Line:
        scale, glyphs = self._scale, self.setting.glyphs
        if scale is None:
            return ()
        style = "table--dim" if found is Age.QUIET else "failure--count"
        counts = scale.counts(group.nights)
        return tuple(
            Cell(signs, style if filled else "table--dim")
            for signs, filled in bar(counts, self._highest, glyphs.levels, glyphs.dot)
        )

    # Columns

    def choose(self, width: int) -> list[tuple[Column, int]]:
        """Choose what fits; what is left goes to causes, nights, layers and nodes in turn."""
        nights = self.nights
        count = nights.nights if nights is not None else 0
        least = _WIDE_CAUSE if width >= _WIDE else _CAUSE_WIDTHS[0]
        chosen = choose_columns(_columns(min(count, _WHOLE_BAR), least), width)
        if not any(column.name == "now" for column, _ in chosen):
            chosen = choose_columns(_columns(min(count, _LEAST_BAR), least), width)
        widths = {column.name: room for column, room in chosen}
        self._scale = None
        left = width + GAP - sum(room + GAP for room in widths.values())
        for name, most in (
            ("cause", min(_CAUSE_WIDTHS[1], self._longest("cause"))),
            ("nights", count),
            ("layers", min(_NAMES_WIDTHS["layers"][1], self._longest("layers"))),
            ("nodes", min(_NAMES_WIDTHS["nodes"][1], self._longest("nodes"))),
            ("cause", self._longest("cause")),
        ):
            if name not in widths:
                continue
            wider = max(widths[name], min(most, widths[name] + left))
            if name == "nights" and nights is not None:
                self._scale = NightScale.over(nights.first, nights.last, wider)
                wider = self._scale.cells
            left -= wider - widths[name]
            widths[name] = wider
        self._highest = 0
        if self._scale is not None:
            counts = (self._scale.counts(group.nights) for group in self.records)
            self._highest = max((max(each, default=0) for each in counts), default=0)
        return [(column, widths[column.name]) for column, _ in chosen]

    def _longest(self, name: str) -> int:
        if name == "cause":
            texts = [one_line(group.cause) for group in self.records]
        else:
            texts = [self._text(name, group, Age.KNOWN, 10**6)[0] for group in self.records]
        return max(map(cell_len, texts), default=0)


def _columns(nights: int, cause: int) -> Sequence[Column]:
    return (
        Column("cause", "CAUSE", cause, rank=0),
        Column("errors", "ERRORS", 6, rank=1, align="right"),
        Column("now", "NOW", 5, rank=4),
        Column("last", "LAST SEEN", 11, rank=2),
        Column("nights", "", nights, rank=3, align="right"),
        Column("first", "FIRST SEEN", 11, rank=5),
        Column("runs", "RUNS", 6, rank=6, align="right"),
        Column("layers", "LAYERS", _NAMES_WIDTHS["layers"][0], rank=7),
        Column("nodes", "NODES", _NAMES_WIDTHS["nodes"][0], rank=8),
    )
