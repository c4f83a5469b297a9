"""What happens to runs that somebody follows, a line each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from zos_monitor.answers.encoding import instant, stamp
from zos_monitor.answers.one_run import ProgressAnswer, progress_answer
from zos_monitor.answers.runs import RunAnswer, run_answer
from zos_monitor.model.news import News


@dataclass(frozen=True, slots=True, kw_only=True)
class NewsAnswer:
    """One thing that happened; ``event`` says what, ``at`` when it was seen.

    ``run`` is the run as it is then. Of an open one there are ``progress``, how many ``calls`` are
    recorded, and between ``ends_earliest`` and ``ends_latest`` it is likely to end. ``due_at`` is
    when an awaited or missed start was to be. ``message`` says why the database can't be read.
    """

    event: str
    at: str
    layer_name: str | None
    due_at: str | None
    run: RunAnswer | None
    progress: ProgressAnswer | None
    calls: int | None
    ends_earliest: str | None
    ends_latest: str | None
    message: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EndAnswer:
    """The last line: how all of it turned out.

    ``outcome`` is ``well``, ``badly``, ``undecided`` or ``timeout``; ``counts`` has how many runs
    are in which state, and starts ``missed``. ``exit_status`` is that of the command.
    """

    event: str
    at: str
    outcome: str
    counts: dict[str, int]
    exit_status: int


def news_answer(news: News) -> NewsAnswer:
    """Return one thing that happened."""
    run, eta = news.run, news.eta
    return NewsAnswer(
        event=news.event,
        at=stamp(news.at),
        layer_name=news.layer_name or None,
        due_at=instant(news.due_at),
        run=run_answer(run) if run is not None else None,
        progress=progress_answer(run) if run is not None else None,
        calls=run.usage.calls if run is not None else None,
        ends_earliest=instant(eta.earliest) if eta is not None else None,
        ends_latest=instant(eta.latest) if eta is not None else None,
        message=news.message or None,
    )


def end_answer(outcome: str, counts: dict[str, int], at: datetime, status: int) -> EndAnswer:
    """Return how all of it turned out."""
    return EndAnswer(event="over", at=stamp(at), outcome=outcome, counts=counts, exit_status=status)
