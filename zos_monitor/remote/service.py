"""RemoteService: the questions of a dashboard, answered by a zos-monitor api on another machine."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Iterable, Mapping
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

from zos_monitor.model.breakdown import Breakdown
from zos_monitor.model.calls import CallText, InsightText
from zos_monitor.model.changes import Change
from zos_monitor.model.comparison import Comparison
from zos_monitor.model.failures import Failures
from zos_monitor.model.faults import DatabaseFault, NotOffered
from zos_monitor.model.filters import RunFilter
from zos_monitor.model.jumps import Jumps
from zos_monitor.model.nights import Nights
from zos_monitor.model.past import LayerPast
from zos_monitor.model.present import Present
from zos_monitor.model.runs import RunCount, RunDetail, RunKey, RunSlice, RunSummary
from zos_monitor.model.sorting import BY_START, Sort
from zos_monitor.model.stats import Totals
from zos_monitor.model.times import utc_now
from zos_monitor.model.windows import within_window
from zos_monitor.model.workings import StoredValue, Workings
from zos_monitor.questions import FAILURES_WINDOW
from zos_monitor.remote.http import Http
from zos_monitor.remote.http_faults import Misunderstood
from zos_monitor.remote.poll import RemotePoll
from zos_monitor.remote.server import Server
from zos_monitor.wire.zones import zone_name

_STEP = timedelta(seconds=1)
_END = object()


class RemoteService:
    """Answers as RunService does there, by asking it.

    Each question raises DatabaseFault where there is no answer: UNREACHABLE where the server is
    at fault, else the one that the server has met. A question whose task is cancelled is
    interrupted there too. Time is the server's, where its clock differs from ours: what is "3m
    ago" depends on when zos has written it.
    """

    def __init__(self, http: Http, *, zone: tzinfo = UTC, ahead: timedelta = timedelta()) -> None:
        self.zone = zone
        self.clock = self._now
        self._http = http
        self._server = Server(http)
        self._ahead = ahead
        self._jumps = Jumps()
        self._watcher = secrets.token_urlsafe(12)
        self._asks_again = False
        self._seen = 0  # how many answers to ``present`` have come
        self._one_present = asyncio.Lock()
        self.poll = RemotePoll(self._server, clock=self._now, on_clock=self._take_clock)

    @property
    def place(self) -> str:
        """The address of the server, without a name and a password."""
        return self._http.place

    @property
    def left_out(self) -> str:
        """Nothing that would be known before the server's news are heard."""
        return ""

    def changes(self) -> AsyncIterator[Change]:
        """Yield news from the server for ever: what changed, and whether it can be asked."""
        return self.poll.changes()

    async def newest(
        self, flt: RunFilter, *, limit: int, now: datetime | None = None
    ) -> tuple[RunSummary, ...]:
        """Return the newest matching runs, at most ``limit``."""
        found: tuple[RunSummary, ...] = await self._ask("newest", flt=flt, limit=limit, now=now)
        return found

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
        if patience is not None:  # who is in such a hurry has a list in view, and asks again
            self._asks_again = True
        rows = {"first": first, "limit": limit, "anchor": anchor, "anchor_row": anchor_row}
        found: RunSlice = await self._ask(
            "run_slice", flt=flt, sort=sort, now=now, patience=patience, **rows
        )
        return found

    async def count_on(
        self, flt: RunFilter, *, sort: Sort = BY_START, now: datetime | None = None
    ) -> RunCount:
        """Have further matching runs looked for; return how many there are by now."""
        found: RunCount = await self._ask("count_on", flt=flt, sort=sort, now=now)
        return found

    async def row_since(
        self, flt: RunFilter, instant: datetime, *, now: datetime | None = None
    ) -> int:
        """Return the row of the newest matching run that started before an instant."""
        found: int = await self._ask("row_since", flt=flt, instant=instant, now=now)
        return found

    async def count(self, flt: RunFilter) -> tuple[int, int]:
        """Return how many runs the filter matches, and how many there are."""
        found: tuple[int, int] = await self._ask("count", flt=flt)
        return found

    async def totals(self, flt: RunFilter, *, window: str | None = None) -> Totals:
        """Return the totals of the matching runs, overall and by layer."""
        within_window(flt, window)  # which raises what is told of a window that is none
        found: Totals = await self._ask("totals", flt=flt, window=window)
        return found

    async def present(self) -> Present:
        """Return the open runs, and those that have turned since this was answered last."""
        async with self._one_present:
            asking = {"watcher": self._watcher, "seen": str(self._seen)}
            found: Present = await self._asked("present", asking, {})
            self._seen += 1
            return found

    async def pasts(self, layers: Iterable[str] | None = None) -> Mapping[str, LayerPast]:
        """Return what the last finished runs of these layers tell."""
        names = tuple(layers) if layers is not None else None
        found: Mapping[str, LayerPast] = await self._ask("pasts", layers=names)
        return found

    async def nights(self) -> Nights:
        """Return the scheduled layers, and what became of their starts tonight and before."""
        found: Nights = await self._ask("nights")
        return found

    async def layer_names(self) -> tuple[str, ...]:
        """Return the names of all layers that ever ran, ordered."""
        found: tuple[str, ...] = await self._ask("layer_names")
        return found

    async def known_layers(self) -> tuple[str, ...]:
        """Return the names of all layers that ever ran or that a file tells of, ordered."""
        found: tuple[str, ...] = await self._ask("known_layers")
        return found

    async def run(self, run_id: str) -> RunDetail | None:
        """Return one run with its errors."""
        found: RunDetail | None = await self._ask("run", run_id=run_id)
        return found

    async def workings(self, run_id: str) -> Workings | None:
        """Return a run's targets, calls and insights."""
        found: Workings | None = await self._ask("workings", run_id=run_id)
        return found

    async def call_text(self, call_id: str) -> CallText | None:
        """Return what a call sent and got, whole."""
        found: CallText | None = await self._ask("call_text", call_id=call_id)
        return found

    async def insight_text(self, insight_id: str) -> InsightText | None:
        """Return an insight whole."""
        found: InsightText | None = await self._ask("insight_text", insight_id=insight_id)
        return found

    async def stored_row(self, run_id: str) -> tuple[StoredValue, ...] | None:
        """Return every column of a run's row as it is stored."""
        found: tuple[StoredValue, ...] | None = await self._ask("stored_row", run_id=run_id)
        return found

    async def comparison(self, run_id: str, *, marked: str | None = None) -> Comparison | None:
        """Return a run beside the ``marked`` one, or beside its layer's last success before it."""
        found: Comparison | None = await self._ask("comparison", run_id=run_id, marked=marked)
        return found

    async def next_failure(
        self, flt: RunFilter, key: RunKey | None, *, newer: bool, now: datetime | None = None
    ) -> str | None:
        """Return the id of the matching run next to ``key`` in time that went wrong."""
        found: str | None = await self._ask("next_failure", flt=flt, key=key, newer=newer, now=now)
        return found

    def failures(
        self, flt: RunFilter, *, window: str | None = FAILURES_WINDOW
    ) -> AsyncIterator[Failures]:
        """Yield the errors of the matching runs by their cause, over more and more runs."""
        within_window(flt, window)
        return self._follow("failures", flt=flt, window=window or "all")

    def breakdown(self, flt: RunFilter, *, window: str | None = None) -> AsyncIterator[Breakdown]:
        """Yield the full statistics of the matching runs, over more and more of them."""
        within_window(flt, window)
        return self._follow("breakdown", flt=flt, window=window)

    def details(
        self, flt: RunFilter, *, now: datetime | None = None
    ) -> AsyncIterator[tuple[RunDetail, ...]]:
        """Yield the matching runs whole, newest first, some at a time."""
        return self._follow("details", flt=flt, now=now)

    async def closed(self) -> None:
        """Wait until nothing is open any more; to be awaited before the event loop ends."""
        await self._http.closed()

    # Asking

    def _asking(self) -> dict[str, str]:
        """Return who asks: for who asks again and again the server keeps lists."""
        asking = {"zone": zone_name(self.zone, self.clock())}
        asks_again = self._asks_again or self.poll.followed
        return asking | ({"watcher": self._watcher} if asks_again else {})

    async def _ask(self, name: str, **arguments: Any) -> Any:  # noqa: ANN401
        return await self._asked(name, self._asking(), arguments)

    async def _asked(self, name: str, asking: dict[str, str], arguments: dict[str, Any]) -> Any:  # noqa: ANN401
        try:
            async with self.poll.unless_lost():
                return await self._server.ask(name, asking, arguments)
        except (NotOffered, Misunderstood):
            raise
        except DatabaseFault:
            self.poll.suspect()
            raise

    async def _follow(self, name: str, **arguments: Any) -> AsyncIterator[Any]:  # noqa: ANN401
        pieces = self._server.follow(name, self._asking(), arguments)
        try:
            while True:
                async with self.poll.unless_lost():
                    piece = await anext(pieces, _END)
                if piece is _END:
                    return
                yield piece
        except (NotOffered, Misunderstood):
            raise
        except DatabaseFault:
            self.poll.suspect()
            raise
        finally:
            await pieces.aclose()

    # Time

    def _now(self) -> datetime:
        ours = utc_now()
        # While this machine slept, the line may have gone; and if our clock was put, it is ahead
        # or behind by something else than it was.
        if not self.poll.paused and self._jumps.seen(ours):
            self.poll.look_now()
        return ours + self._ahead

    def _take_clock(self, ahead: timedelta) -> None:
        if abs(ahead - self._ahead) > _STEP or not ahead:  # else it would step about a little
            self._ahead = ahead
