"""What the tabs of targets, calls and insights have in common: records of a run's workings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.cells import cell_len

from zos_monitor.model import phrases
from zos_monitor.model.text import one_line
from zos_monitor.tui.line_view import Cell, Line
from zos_monitor.tui.record_table import Record, RecordTable
from zos_monitor.tui.run_columns import Setting

if TYPE_CHECKING:
    from zos_monitor.model.runs import RunDetail
    from zos_monitor.model.workings import Workings
    from zos_monitor.tui.tab_view import Matter


class WorkingsTable(RecordTable[Record]):
    """A tab that lists a part of a run's workings; a subclass says which."""

    def __init__(self, setting: Setting, *, id: str | None = None) -> None:
        super().__init__(setting, id=id)
        self.workings: Workings | None = None
        """What is shown; None while it is being read."""
        self._run: RunDetail | None = None
        self._refused = ""

    def records_of(self, workings: Workings, run: RunDetail) -> Sequence[Record]:
        """Return the records to show."""
        raise NotImplementedError

    def words_for(self, workings: Workings, run: RunDetail) -> str:
        """Return what to say where there are none."""
        raise NotImplementedError

    def missing(self, workings: Workings) -> str:
        """Return what to say of records that are not in the workings; empty where all are."""
        return ""

    def show(self, matter: Matter) -> None:
        """Show a run's workings; what is shown of the same run stays until there is news."""
        run, last = matter.run, self._run
        same = run is not None and last is not None and run.id == last.id
        workings = matter.workings or (self.workings if same else None)
        refused = matter.refused.get("workings") or matter.refused.get("run", "")
        news = workings != self.workings or run is None or last is None or run.open != last.open
        news = news or refused != self._refused
        self._run, self.workings, self._refused = run, workings, refused
        if same and not news:
            return
        if run is None or workings is None:
            self.set_records((), same=same, words=refused or ("Reading" if run is not None else ""))
            return
        words = self.words_for(workings, run)
        more = self.missing(workings)
        self.set_records(self.records_of(workings, run), same=same, words=words, more=more)


def earlier(count: int | None, listed: int, word: str) -> str:
    """Return what to say of earlier records that are not listed."""
    missing = (count or 0) - listed
    return f"{phrases.plural(missing, f'earlier {word}')} not listed" if missing > 0 else ""


def topic_words(topic: str | None, name: str | None, room: int, ellipsis: str) -> Line:
    """Return a topic by its name; where it has none by its key, of which the end matters most."""
    if name:
        return (Cell(one_line(name)),)
    if topic is None:
        return (Cell("no topic", "table--dim"),)
    return (Cell(key_end(topic, room, ellipsis)),)


def key_end(topic: str, room: int, ellipsis: str) -> str:
    """Return a topic's key, where it has no room without the server that it begins with."""
    text = one_line(topic)
    parts = text.split(":", 2)
    if len(text) > room and parts[0] == "server" and len(parts) > 2:
        text = f"{ellipsis}{parts[2]}"
    return text


def topic_length(topic: str | None, name: str | None) -> int:
    """Return about how many cells a topic's name, or the end of its key, takes."""
    if name:
        return cell_len(one_line(name))
    return cell_len(key_end(topic, 0, " ")) if topic is not None else len("no topic")


def figure(number: float | None) -> str:
    """Return a figure of an insight to two places."""
    if number is None:
        return phrases.NOTHING
    return f"{number:.2f}" if abs(number) < 1000 else f"{number:.3g}"
