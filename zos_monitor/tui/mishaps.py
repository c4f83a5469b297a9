"""What has gone wrong in the dashboard itself, and is to be told though the dashboard goes on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from textual.css.query import NoMatches
from textual.dom import NoScreen

from zos_monitor.model.faults import DatabaseFault
from zos_monitor.reports import unforeseen

GONE = (NoMatches, NoScreen)
"""What is raised by what is done to widgets that have gone, as they do before the workers."""

TOLD_SECONDS = 30.0
"""How long one is told that does not last."""


class Mishaps:
    """Exceptions that nobody has foreseen: noted in the log, and told until they are over.

    ``on_news`` is called when another one is to be told, or none any more; ``ask_again`` has
    everything asked again, after a while. Those of a question last until it is answered; others
    are over by ``forget``, which is up to the screen.
    """

    def __init__(
        self,
        clock: Callable[[], datetime],
        *,
        on_news: Callable[[], None],
        ask_again: Callable[[], None],
    ) -> None:
        self._clock = clock
        self._on_news = on_news
        self._ask_again = ask_again
        self._since: datetime | None = None
        self._lasting: dict[str, DatabaseFault] = {}
        self._passing: DatabaseFault | None = None

    @property
    def passing(self) -> bool:
        """Whether one is told that ``forget`` is to end."""
        return self._passing is not None

    @property
    def since(self) -> datetime | None:
        """Since when a question has no answer, so that what is shown may be out of date."""
        return self._since

    @property
    def told(self) -> DatabaseFault | None:
        """The one to be told: what was just tried, else the first that lasts; None for none."""
        return self._passing or next(iter(self._lasting.values()), None)

    @contextmanager
    def question(self, doing: str) -> Iterator[None]:
        """Survive what a question meets; faults of the database are not for here.

        ``doing`` names it, such as ``reading a run``; it is a constant.
        """
        try:
            yield
        except (DatabaseFault, *GONE):  # of the latter the screen knows whether it is left
            raise
        except Exception as error:  # whatever it is, the dashboard stays up, and asks again
            self._since = self._since or self._clock()
            self._lasting[doing] = unforeseen(error, doing)
            self._ask_again()
            self._on_news()
        else:
            if self._lasting.pop(doing, None) is not None:
                self._since = self._since if self._lasting else None
                self._on_news()

    def note(self, error: Exception, doing: str) -> None:
        """Have one told for a while that did not befall a question."""
        self._passing = unforeseen(error, doing)
        self._on_news()

    def forget(self) -> None:
        """Tell it no longer."""
        self._passing = None
        self._on_news()
