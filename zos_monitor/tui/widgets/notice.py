"""The notice under the header: what is wrong, for as long as it lasts."""

from __future__ import annotations

from textual.widgets import Static

from zos_monitor.model.changes import Health
from zos_monitor.model.faults import DatabaseFault, FaultKind


class Notice(Static):
    """A few lines of words; without any it takes no room."""

    DEFAULT_CSS = """
    Notice {
        height: auto;
        max-height: 4;
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
        has_data: bool,
    ) -> bool:
        """Say what is wrong with the database, else the remark; tell whether anything is wrong.

        ``trouble`` is what a question has met that the poll has not seen yet.
        """
        fault = health.fault if health is not None else None
        note = health.message if health is not None else ""
        if fault is None and trouble is not None:
            fault, note = trouble.kind, trouble.message if _lost(trouble.kind) else note
        words = note or (trouble.message if trouble is not None else "")
        faulty = fault is not None
        more = ["the last good data stays below"] if faulty and has_data else []
        more += ["trying again"] if faulty and _lost(fault) else []
        for part in more:
            words += f" {part.capitalize()}" if words.endswith("?") else f"; {part}"
        self.set_class(bool(words) and not faulty, "-note")
        words = words or remark
        if words != self.content:
            self.update(words)
            self.display = bool(words)
        return faulty


def _lost(kind: FaultKind | None) -> bool:
    return kind is FaultKind.UNREACHABLE
