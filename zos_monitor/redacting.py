"""RedactedService: another service's answers without what is private in them."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from contextlib import aclosing, contextmanager
from datetime import datetime, tzinfo
from functools import cache
from typing import TYPE_CHECKING, TypeVar, cast

from zos_monitor.model.faults import NotOffered
from zos_monitor.model.filters import FilterKey, RunFilter
from zos_monitor.model.runs import RunDetail
from zos_monitor.model.sorting import BY_START, Sort
from zos_monitor.questions import FAILURES_WINDOW, Service, Watch

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from zos_monitor.model.breakdown import Breakdown
    from zos_monitor.model.calls import CallText, InsightText
    from zos_monitor.model.changes import Change
    from zos_monitor.model.comparison import Comparison
    from zos_monitor.model.failures import Failures
    from zos_monitor.model.nights import Nights
    from zos_monitor.model.past import LayerPast
    from zos_monitor.model.present import Present
    from zos_monitor.model.redaction import Redaction
    from zos_monitor.model.runs import RunCount, RunKey, RunSlice, RunSummary
    from zos_monitor.model.stats import Totals
    from zos_monitor.model.workings import StoredValue, Workings

_KEY_BYTES = 32
_One = TypeVar("_One")


def new_redaction() -> Redaction:
    """Return one with a key that nobody knows; lists do without, so it is imported late."""
    from zos_monitor.model.redaction import Redaction

    return Redaction(os.urandom(_KEY_BYTES))


class RedactedService:
    """Asks another service, and hides what is private in its answers; see ``questions.Service``.

    Every question is here by name, for one that is forgotten would be one that hides nothing.
    Filters are asked as they are typed, and match what is really there; one that names a cause that
    was hidden here means that cause. What things are called holds for as long as this object, and
    for its readers.
    """

    def __init__(
        self, service: Service, redaction: Callable[[], Redaction] = new_redaction
    ) -> None:
        self._service = service
        self._redaction = cache(redaction)

    # What tells nothing private

    @property
    def clock(self) -> Callable[[], datetime]:
        """The time that answers go by."""
        return self._service.clock

    @clock.setter
    def clock(self, clock: Callable[[], datetime]) -> None:
        self._service.clock = clock

    @property
    def zone(self) -> tzinfo:
        """The zone of the reader."""
        return self._service.zone

    @zone.setter
    def zone(self, zone: tzinfo) -> None:
        self._service.zone = zone

    @property
    def place(self) -> str:
        """Where the runs are: the operator's own words."""
        return self._service.place

    @property
    def left_out(self) -> str:
        """What the last answer had to leave out."""
        return self._service.left_out

    @property
    def poll(self) -> Watch:
        """What looks for changes."""
        return self._service.poll

    async def count_on(
        self, flt: RunFilter, *, sort: Sort = BY_START, now: datetime | None = None
    ) -> RunCount:
        """Look for further matching runs for a moment, and return how many there are by now."""
        with self._meant(flt) as meant:
            return await self._service.count_on(meant, sort=sort, now=now)

    async def row_since(
        self, flt: RunFilter, instant: datetime, *, now: datetime | None = None
    ) -> int:
        """Return the row of the newest matching run that started before an instant."""
        with self._meant(flt) as meant:
            return await self._service.row_since(meant, instant, now=now)

    async def count(self, flt: RunFilter) -> tuple[int, int]:
        """Return how many runs the filter matches, and how many there are."""
        with self._meant(flt) as meant:
            return await self._service.count(meant)

    async def totals(self, flt: RunFilter, *, window: str | None = None) -> Totals:
        """Return the totals of the matching runs, overall and by layer."""
        with self._meant(flt) as meant:
            return await self._service.totals(meant, window=window)

    async def pasts(self, layers: Iterable[str] | None = None) -> Mapping[str, LayerPast]:
        """Return what the last finished runs of these layers tell."""
        return await self._service.pasts(layers)

    async def nights(self) -> Nights:
        """Return the scheduled layers, and what became of their starts tonight and before."""
        return await self._service.nights()

    async def layer_names(self) -> tuple[str, ...]:
        """Return the names of all layers that ever ran, ordered."""
        return await self._service.layer_names()

    async def known_layers(self) -> tuple[str, ...]:
        """Return the names of all layers that ever ran or that a file tells of, ordered."""
        return await self._service.known_layers()

    def breakdown(self, flt: RunFilter, *, window: str | None = None) -> AsyncIterator[Breakdown]:
        """Yield the full statistics of the matching runs, over more and more of them."""
        return self._each(flt, lambda it: self._service.breakdown(it, window=window), lambda it: it)

    async def next_failure(
        self, flt: RunFilter, key: RunKey | None, *, newer: bool, now: datetime | None = None
    ) -> str | None:
        """Return the id of the matching run next to ``key`` in time that went wrong."""
        with self._meant(flt) as meant:
            return await self._service.next_failure(meant, key, newer=newer, now=now)

    async def closed(self) -> None:
        """Wait until nothing is open any more; to be awaited before the event loop ends."""
        await self._service.closed()

    # What is redacted

    async def changes(self) -> AsyncIterator[Change]:
        """Yield news for ever, which say that what is told is redacted."""
        news = cast("AsyncGenerator[Change, None]", self._service.changes())
        async with aclosing(news):
            async for change in news:
                yield change._replace(health=change.health._replace(redacted=True))

    async def newest(
        self, flt: RunFilter, *, limit: int, now: datetime | None = None
    ) -> tuple[RunSummary, ...]:
        """Return the newest matching runs, at most ``limit``."""
        with self._meant(flt) as meant:
            found = await self._service.newest(meant, limit=limit, now=now)
        return found if _are_short(found) else self._redaction().summaries(found)

    async def run_slice(
        self,
        flt: RunFilter,
        *,
        first: int = 0,
        limit: int = 128,
        anchor: RunKey | None = None,
        anchor_row: int | None = None,
        sort: Sort = BY_START,
        now: datetime | None = None,
        patience: float | None = None,
    ) -> RunSlice:
        """Return the matching runs in the rows from ``first`` on."""
        with self._meant(flt) as meant:
            found = await self._service.run_slice(
                meant,
                first=first,
                limit=limit,
                anchor=anchor,
                anchor_row=anchor_row,
                sort=sort,
                now=now,
                patience=patience,
            )
        return found if _are_short(found.runs) else self._redaction().run_slice(found)

    async def present(self) -> Present:
        """Return the open runs, and those that have turned since this was asked last."""
        return self._redaction().present(await self._service.present())

    async def run(self, run_id: str) -> RunDetail | None:
        """Return one run; its errors tell no more than their causes."""
        return _of(self._redaction().detail, await self._service.run(run_id))

    async def workings(self, run_id: str) -> Workings | None:
        """Return a run's targets, calls and insights, by pseudonyms of the topics."""
        return _of(self._redaction().workings, await self._service.workings(run_id))

    async def call_text(self, call_id: str) -> CallText | None:
        """Return how long the texts of a call are."""
        return _of(self._redaction().call_text, await self._service.call_text(call_id))

    async def insight_text(self, insight_id: str) -> InsightText | None:
        """Return how long an insight is."""
        return _of(self._redaction().insight_text, await self._service.insight_text(insight_id))

    async def stored_row(self, run_id: str) -> tuple[StoredValue, ...] | None:
        """Return the columns of a run's row that tell nothing private, and of others how long."""
        return _of(self._redaction().stored, await self._service.stored_row(run_id))

    async def comparison(self, run_id: str, *, marked: str | None = None) -> Comparison | None:
        """Return a run beside the ``marked`` one, or beside its layer's last success before it."""
        found = await self._service.comparison(run_id, marked=marked)
        return _of(self._redaction().comparison, found)

    def failures(
        self, flt: RunFilter, *, window: str | None = FAILURES_WINDOW
    ) -> AsyncIterator[Failures]:
        """Yield the errors of the matching runs by their cause, over more and more runs."""
        return self._each(
            flt,
            lambda meant: self._service.failures(meant, window=window),
            self._redaction().failures,
        )

    def details(
        self, flt: RunFilter, *, now: datetime | None = None
    ) -> AsyncIterator[tuple[RunDetail, ...]]:
        """Yield the matching runs whole but for their errors, newest first, some at a time."""
        return self._each(
            flt,
            lambda meant: self._service.details(meant, now=now),
            lambda runs: tuple(map(self._redaction().detail, runs)),
        )

    # Filters

    @contextmanager
    def _meant(self, flt: RunFilter) -> Iterator[RunFilter]:
        """Have the filter that is meant; what refuses it tells nothing of what that was."""
        by_cause = any(term.key is FilterKey.CAUSE for term in flt.terms)
        meant = self._redaction().meant(flt) if by_cause else flt
        try:
            yield meant
        except NotOffered:
            if meant is flt:
                raise
            word = f"{FilterKey.CAUSE}:"
            raise NotOffered(f"{word} not offered by this server", word=word) from None

    def _each(
        self,
        flt: RunFilter,
        ask: Callable[[RunFilter], AsyncIterator[_One]],
        redact: Callable[[_One], _One],
    ) -> AsyncIterator[_One]:
        """Return an answer that comes bit by bit; what is wrong with the question raises here."""
        with self._meant(flt) as meant:
            pieces = cast("AsyncGenerator[_One, None]", ask(meant))

        async def redacted() -> AsyncIterator[_One]:
            with self._meant(flt):
                async with aclosing(pieces):
                    async for piece in pieces:
                        yield redact(piece)

        return redacted()


def _are_short(runs: Iterable[RunSummary]) -> bool:
    """Tell whether runs have nothing to hide, as those of lists."""
    return not any(isinstance(run, RunDetail) for run in runs)


def _of(redact: Callable[[_One], _One], answer: _One | None) -> _One | None:
    return None if answer is None else redact(answer)
