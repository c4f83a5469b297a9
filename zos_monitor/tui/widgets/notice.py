"""The notice under the header: what is wrong, for as long as it lasts."""

from __future__ import annotations

from typing import Any

from textual.widgets import Static

from zos_monitor.model.changes import Health
from zos_monitor.model.faults import DatabaseFault, FaultKind
from zos_monitor.model.text import one_line

_LINES = 5
_WHOLE: Any = {"break_long_words": False, "break_on_hyphens": False}
_TRIED = (FaultKind.UNREACHABLE, FaultKind.UNFORESEEN)  # what says nothing of that itself
_LEAST_PLACE = 24  # columns of a path that tell which one it is


class Notice(Static):
    """A few lines of words; without any it takes no room."""

    DEFAULT_CSS = """
    Notice {
        height: auto;
        max-height: 5;
        padding: 0 1;
        background: $error 20%;
        color: $text;
        display: none;
        &.-note { background: $panel; color: $text-muted; }
    }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id, markup=False)

    def tell(
        self,
        health: Health | None,
        trouble: DatabaseFault | None,
        remark: str,
        *,
        place: str,
        has_data: bool,
        behind: bool,
        as_of: str = "",
    ) -> bool:
        """Say what is wrong with the database, else the remark; tell whether anything is wrong.

        ``trouble`` is what a question has met that the poll has not seen yet, or a fault of the
        monitor's own. ``behind`` tells whether the data may be out of date for that, ``as_of`` when
        it was up to date last, as words. ``place`` names the database as messages do; where
        that leaves no room for the rest, it is cut short.
        """
        fault = health.fault if health is not None else None
        note = health.message if health is not None else ""
        if fault is None and trouble is not None:
            fault, note = trouble.kind, trouble.message if _lost(trouble.kind) else note
        words = note or (trouble.message if trouble is not None else "")
        faulty = fault is not None
        stays = f"the last good data stays below{f', as of {as_of}' if as_of else ''}"
        more = [stays] if behind and has_data else []
        more += ["trying again"] if behind and fault in _TRIED else []
        for part in more:
            words += f" {part.capitalize()}" if words.endswith("?") else f"; {part}"
        self.set_class(bool(words) and not faulty, "-note")
        words = one_line(self._with_room(words, place) or remark)
        if words != self.content:
            self.update(words)
            self.display = bool(words)
        return faulty

    def _with_room(self, words: str, place: str) -> str:
        """Return words that are not cut, as far as that is due to the name of the database."""
        width = max(20, self.app.size.width - 3)
        if len(words) < width:
            return words
        from textwrap import wrap

        shorter, kept = words, len(place)
        while kept > _LEAST_PLACE and _lines(wrap(shorter, width, **_WHOLE), width) > _LINES:
            kept = max(_LEAST_PLACE, kept - _LEAST_PLACE)
            shorter = words.replace(place, f"…{place[-(kept - 1) :]}")
        return shorter


def _lines(wrapped: list[str], width: int) -> int:
    """Return how many lines words take at most that are wrapped with long ones left whole."""
    return sum(1 + len(line) // width for line in wrapped)


def _lost(kind: FaultKind | None) -> bool:
    return kind is FaultKind.UNREACHABLE
