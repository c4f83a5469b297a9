"""ZosApiService: the questions that zos's own API answers, and what it does not offer.

The API has three paths: the list of runs, one run, and a summary. What is more than these tell is
NotOffered; nothing is guessed in its place.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from datetime import UTC, datetime, tzinfo
from typing import TYPE_CHECKING, Any

from zos_monitor.model.faults import NotOffered
from zos_monitor.model.filters import RunFilter
from zos_monitor.model.runs import RunCount, RunDetail, RunKey, RunSlice, RunSummary
from zos_monitor.model.sorting import BY_START, Sort
from zos_monitor.model.times import utc_now
from zos_monitor.model.windows import within_window
from zos_monitor.questions import FAILURES_WINDOW
from zos_monitor.remote.zos_client import Getter, ZosClient
from zos_monitor.remote.zos_details import ZosDetails
from zos_monitor.remote.zos_filter import Asked, asked_of, names_layer
from zos_monitor.remote.zos_lists import ZosLists
from zos_monitor.remote.zos_poll import POLL_SECONDS, BackOff, ZosPoll
from zos_monitor.remote.zos_present import ZosPresence
from zos_monitor.remote.zos_totals import ZosTotals

if TYPE_CHECKING:
    from zos_monitor.model.breakdown import Breakdown
    from zos_monitor.model.calls import CallText, InsightText
    from zos_monitor.model.changes import Change
    from zos_monitor.model.comparison import Comparison
    from zos_monitor.model.failures import Failures
    from zos_monitor.model.nights import Nights
    from zos_monitor.model.past import LayerPast
    from zos_monitor.model.present import Present
    from zos_monitor.model.stats import Totals
    from zos_monitor.model.workings import StoredValue, Workings

NOTICE = (
    "zos's own API: progress, calls, nights, causes and full statistics are not offered by this"
    " server; a run open for 3h counts as stalled"
)
"""What is said for as long as zos's own API is all there is."""


class ZosApiService:
    """Answers what can be answered over zos's own API; see ``questions.Service``.

    ``http`` asks the server. Filters are answered where the API answers them exactly.
    """

    def __init__(
        self,
        http: Getter,
        *,
        clock: Callable[[], datetime] = utc_now,
        zone: tzinfo = UTC,
        poll_interval: float = POLL_SECONDS,
        back_off: BackOff | None = None,
    ) -> None:
        self.clock = clock
        self.zone = zone
        self._http = http
        self._client = ZosClient(http, lambda: self.clock(), lambda: self.poll.suspect())
        self._lists = ZosLists(self._client)
        self._presence = ZosPresence(self._client)
        self._totals = ZosTotals(self._client)
        self._details = ZosDetails(self._client, self._lists)
        self.poll = ZosPoll(
            ZosClient(http, lambda: self.clock()),
            clock=lambda: self.clock(),
            interval=poll_interval,
            open_ids=lambda: self._presence.open_ids,
            remark=NOTICE,
            back_off=back_off,
        )

    @property
    def place(self) -> str:
        """The address of the server."""
        return self._http.place

    @property
    def left_out(self) -> str:
        """Nothing that would be known before the server's news are heard."""
        return ""

    def changes(self) -> AsyncIterator[Change]:
        """Yield news from the poll for ever."""
        return self.poll.changes()

    async def _asked(self, flt: RunFilter, now: datetime | None) -> Asked:
        layers = await self._client.layer_names() if names_layer(flt) else ()
        return asked_of(flt, now=now or self.clock(), zone=self.zone, layers=layers)

    # Lists

    async def newest(
        self, flt: RunFilter, *, limit: int, now: datetime | None = None
    ) -> tuple[RunSummary, ...]:
        """Return the newest matching runs, at most ``limit``."""
        return await self._lists.newest(await self._asked(flt, now), limit)

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
        """Return the matching runs in the rows from ``first`` on. ``patience`` is not needed."""
        asked = await self._asked(flt, now)
        return await self._lists.slice(
            asked, sort=sort, first=first, limit=limit, anchor=anchor, anchor_row=anchor_row
        )

    async def count_on(
        self, flt: RunFilter, *, sort: Sort = BY_START, now: datetime | None = None
    ) -> RunCount:
        """Return how many matching runs there are: zos counts them all at once."""
        return await self._lists.count(await self._asked(flt, now), sort=sort)

    async def row_since(
        self, flt: RunFilter, instant: datetime, *, now: datetime | None = None
    ) -> int:
        """Return the row of the newest matching run that started before an instant."""
        return await self._lists.row_since(await self._asked(flt, now), instant)

    async def count(self, flt: RunFilter) -> tuple[int, int]:
        """Return how many runs the filter matches, and how many there are."""
        found = await self._lists.count(await self._asked(flt, None), sort=BY_START)
        return found.matched, found.total

    async def next_failure(
        self, flt: RunFilter, key: RunKey | None, *, newer: bool, now: datetime | None = None
    ) -> str | None:
        """Return the id of the matching run next to ``key`` in time that went wrong."""
        return await self._lists.next_failure(await self._asked(flt, now), key, newer=newer)

    # Sums, and what is going on

    async def totals(self, flt: RunFilter, *, window: str | None = None) -> Totals:
        """Return the totals of the matching runs, overall and by layer.

        There are none by layer where there are too many runs to be gone through.
        """
        now = self.clock()
        return await self._totals.answer(await self._asked(within_window(flt, window), now), now)

    async def present(self) -> Present:
        """Return the open runs, and those that have turned since this was asked last."""
        return await self._presence.look()

    async def layer_names(self) -> tuple[str, ...]:
        """Return the names of the layers that ran within 30 days, or that were met; ordered."""
        return await self._client.layer_names()

    async def known_layers(self) -> tuple[str, ...]:
        """Return the same: of the layers' files nothing is told."""
        return await self.layer_names()

    # Runs

    async def run(self, run_id: str) -> RunDetail | None:
        """Return one run with its errors."""
        return await self._client.run(run_id)

    async def comparison(self, run_id: str, *, marked: str | None = None) -> Comparison | None:
        """Return a run beside the ``marked`` one, or beside its layer's last success before it."""
        return await self._details.comparison(run_id, marked=marked)

    async def details(
        self, flt: RunFilter, *, now: datetime | None = None
    ) -> AsyncIterator[tuple[RunDetail, ...]]:
        """Yield the matching runs whole, newest first; NotOffered where they are too many."""
        async for runs in self._details.pages(await self._asked(flt, now)):
            yield runs

    # What is not offered

    async def pasts(self, layers: Iterable[str] | None = None) -> Mapping[str, LayerPast]:
        """Raise NotOffered."""
        raise _not("what a layer's last runs were like")

    async def nights(self) -> Nights:
        """Raise NotOffered."""
        raise _not("the nights")

    async def workings(self, run_id: str) -> Workings | None:
        """Raise NotOffered."""
        raise _not("targets, calls, insights")

    async def call_text(self, call_id: str) -> CallText | None:
        """Raise NotOffered."""
        raise _not("what a call sent and got")

    async def insight_text(self, insight_id: str) -> InsightText | None:
        """Raise NotOffered."""
        raise _not("an insight's text")

    async def stored_row(self, run_id: str) -> tuple[StoredValue, ...] | None:
        """Raise NotOffered."""
        raise _not("the row as it is stored")

    def failures(
        self, flt: RunFilter, *, window: str | None = FAILURES_WINDOW
    ) -> AsyncIterator[Failures]:
        """Raise NotOffered."""
        return _none("failures by cause")

    def breakdown(self, flt: RunFilter, *, window: str | None = None) -> AsyncIterator[Breakdown]:
        """Raise NotOffered."""
        return _none("full statistics")

    async def closed(self) -> None:
        """Wait until nothing is open any more."""
        await self._http.closed()


def _not(what: str) -> NotOffered:
    return NotOffered(f"Not offered by this server: {what}")


async def _none(what: str) -> AsyncIterator[Any]:
    if what:
        raise _not(what)
    yield
