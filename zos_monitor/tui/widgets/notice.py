"""The notice under the header: what is wrong, for as long as it lasts."""

from __future__ import annotations

from textual.widgets import Static

from zos_monitor.model.changes import Health


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
    }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id, markup=False)

    def tell(self, health: Health | None, trouble: str, remark: str, *, has_data: bool) -> bool:
        """Say what is wrong with the database, else the remark; tell whether anything is wrong.

        ``trouble`` is what a question has met that the poll has not seen yet.
        """
        faulty = bool(trouble) or (health is not None and health.fault is not None)
        words = (health.message if health is not None else "") or trouble
        if faulty and has_data:
            words += "; the last good data stays below"
        words = words or remark
        if words != self.content:
            self.update(words)
            self.display = bool(words)
        return faulty
