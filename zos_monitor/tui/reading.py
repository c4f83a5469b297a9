"""Opening the reader on a text: at once, and filled in when the text has come."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zos_monitor.model.calls import Call, Insight
from zos_monitor.model.faults import DatabaseFault
from zos_monitor.reports import unforeseen
from zos_monitor.tui.documents import call_document, error_document, insight_document, note_document
from zos_monitor.tui.reader import ReaderScreen

if TYPE_CHECKING:
    from zos_monitor.tui.documents import Document
    from zos_monitor.tui.drilling_screen import DrillingScreen
    from zos_monitor.tui.tab_view import Subject

_TITLES = {Call: "Call", Insight: "Insight"}


class Reading:
    """One visit to the reader: the text that was asked for, and those before and behind it."""

    def __init__(self, screen: DrillingScreen, subject: Subject) -> None:
        self._screen = screen
        self._subject = subject
        title = _TITLES.get(type(subject), "Error")
        self.reader = ReaderScreen(title, screen.setting, copy=screen.copy, step=self._step)

    def open(self) -> None:
        """Show the reader, and have it filled."""
        self._screen.app.push_screen(self.reader)
        self._begin()

    def _step(self, by: int) -> None:
        subject = self._screen.detail.tab_view.step(by)
        if subject is not None:
            self._subject = subject
            self._begin()

    def _begin(self) -> None:
        self._screen.begin("text", self._fill, self._subject)

    async def _fill(self, subject: Subject) -> None:
        try:
            document = await self._document(subject)
        except DatabaseFault as fault:
            document = note_document(fault.message)
        except Exception as error:  # whatever it is, the reader says so
            document = note_document(unforeseen(error, "reading a text").message)
        if subject is self._subject and self.reader.is_attached:
            self.reader.show(document)

    async def _document(self, subject: Subject) -> Document:
        service, setting = self._screen.service, self._screen.setting
        if isinstance(subject, Call):
            call = await service.call_text(subject.id)
            return call_document(subject, call, setting) if call is not None else _gone("call")
        if isinstance(subject, Insight):
            insight = await service.insight_text(subject.id)
            if insight is None:
                return _gone("insight")
            return insight_document(subject, insight, setting)
        return error_document(subject, setting)


def _gone(what: str) -> Document:
    return note_document(f"This {what} is no longer in the database.")
