"""Ways to show what happens to runs: bars on a terminal, lines in a pipe, JSON lines."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from zos_monitor.model.news import Event, News
from zos_monitor.printed.news_words import bar_lines, parts, state_word
from zos_monitor.printed.redrawing import Redrawing
from zos_monitor.printed.tables import painted, state_colour

if TYPE_CHECKING:
    from zos_monitor.following import Following
    from zos_monitor.model.eta import Eta
    from zos_monitor.printed.output import Screen

Say = Callable[[Iterable[str]], None]
Signs = Callable[[Iterable[str]], Iterable[str]]
"""Returns lines in the signs that the output takes."""

_OF_RUNS = (Event.OPEN, Event.BEGAN, Event.WENT_ON, Event.TURNED, Event.ENDED, Event.VANISHED)
_OF_STARTS = (Event.AWAITED, Event.MISSED)


class Showing(Protocol):
    """Shows news as it comes in, and at last how all of it turned out."""

    def show(self, news: Sequence[News], following: Following) -> None:
        """Show what one look has found."""

    def clear(self) -> None:
        """Make room for words on standard error."""

    def over(self, outcome: str, counts: Mapping[str, int], at: datetime, status: int) -> None:
        """Show how it turned out."""


class JsonLines:
    """One JSON object for each line: ``NewsAnswer``, at last ``EndAnswer``."""

    def __init__(self, say: Say) -> None:
        self._say = say

    def show(self, news: Sequence[News], following: Following) -> None:
        """Print all news."""
        from zos_monitor.answers.encoding import to_json
        from zos_monitor.answers.watching import news_answer

        self._say([to_json(news_answer(one)) for one in news])

    def clear(self) -> None:
        """Do nothing: nothing is in the way."""

    def over(self, outcome: str, counts: Mapping[str, int], at: datetime, status: int) -> None:
        """Print the last line."""
        from zos_monitor.answers.encoding import to_json
        from zos_monitor.answers.watching import end_answer

        self._say([to_json(end_answer(outcome, dict(counts), at, status))])


class Lines:
    """One line for each change of a run, and for each start that is to come or was missed."""

    def __init__(self, say: Say, signs: Signs) -> None:
        self._say = say
        self._signs = signs

    def show(self, news: Sequence[News], following: Following) -> None:
        """Print what is about runs and starts."""
        told = [one for one in news if one.event in (*_OF_RUNS, *_OF_STARTS)]
        self._say(self._signs("  ".join(parts(one)) for one in told))

    def clear(self) -> None:
        """Do nothing: nothing is in the way."""

    def over(self, outcome: str, counts: Mapping[str, int], at: datetime, status: int) -> None:
        """Print nothing: the lines have said it."""


class Bars:
    """A bar for each run that is open, below a line for each that began, turned or ended."""

    def __init__(
        self, write: Callable[[str], None], signs: Signs, screen: Callable[[], Screen]
    ) -> None:
        from shutil import get_terminal_size

        self._screen = screen
        self._signs = signs
        self._plain = [*signs(["█"])] != ["█"]
        self._redrawing = Redrawing(write, get_terminal_size)
        self._etas: dict[str, Eta | None] = {}

    def show(self, news: Sequence[News], following: Following) -> None:
        """Draw the bars anew, and above them what lasts."""
        for one in news:
            if one.run is not None:
                self._etas[one.run.id] = one.eta
        lasting = [self._line(one) for one in news if self._lasts(one)]
        running = [(run, self._etas.get(key)) for key, run in following.running.items()]
        width = (self._screen().width or 80) - 1
        now = news[-1].at if news else None
        bars = bar_lines(running, now, width, plain=self._plain) if now is not None else []
        self._redrawing.show(lasting, [*self._signs(bars)])

    def _lasts(self, news: News) -> bool:
        return news.event in (Event.TURNED, Event.ENDED, Event.VANISHED, *_OF_STARTS) or (
            news.event is Event.OPEN and news.run is not None and news.run.state != "running"
        )

    def _line(self, news: News) -> str:
        word = state_word(news)
        said = [*self._signs(parts(news))]
        if self._screen().coloured:
            colour = state_colour(word)
            said = [painted(part, colour) if part == word else part for part in said]
        return "  ".join(said)

    def clear(self) -> None:
        """Take the bars away."""
        self._redrawing.show([], [])

    def over(self, outcome: str, counts: Mapping[str, int], at: datetime, status: int) -> None:
        """Take the bars away; those of runs that have not ended stay."""
        if outcome != "timeout":
            self.clear()
