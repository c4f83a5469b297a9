"""The questions that every service answers, wherever it has its answers from."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING, Any, Protocol

from zos_monitor.model.sorting import BY_START, Sort

if TYPE_CHECKING:
    from zos_monitor.model.breakdown import Breakdown
    from zos_monitor.model.calls import CallText, InsightText
    from zos_monitor.model.changes import Change
    from zos_monitor.model.comparison import Comparison
    from zos_monitor.model.failures import Failures
    from zos_monitor.model.filters import RunFilter
    from zos_monitor.model.nights import Nights
    from zos_monitor.model.past import LayerPast
    from zos_monitor.model.present import Present
    from zos_monitor.model.runs import RunCount, RunDetail, RunKey, RunSlice, RunSummary
    from zos_monitor.model.stats import Totals
    from zos_monitor.model.workings import StoredValue, Workings

FAILURES_WINDOW = "30d"
"""The window of the failure groups where a filter names no time."""


class Watch(Protocol):
    """What looks for changes on a service's behalf; see ``polling.Poll``."""

    interval: float
    """Seconds between two looks; it holds from the next look on."""

    @property
    def paused(self) -> bool:
        """Whether looking is suspended."""

    def pause(self) -> None:
        """Stop looking until ``resume``."""

    def resume(self) -> None:
        """Look again, and first tell of whatever changed meanwhile."""

    def look_now(self) -> None:
        """Look at once and tell of everything, changed or not; also while paused."""

    def suspect(self) -> None:
        """Take note that a question failed: look into it soon, and have everything asked again."""


class Service(Protocol):
    """Answers typed questions about zos's runs; ``RunService`` tells what each of them means.

    Questions raise DatabaseFault, whose message is a sentence for people, where there is no
    answer at present, and NotOffered where there never will be one here. A question whose task is
    cancelled is given up wherever it is being answered.
    """

    clock: Callable[[], datetime]
    zone: tzinfo
    """The zone of the reader: what a day in a filter is."""

    @property
    def place(self) -> str:
        """Where the runs are, in the words that the operator has named it with."""

    @property
    def left_out(self) -> str:
        """What the last answer had to leave out, as a sentence; empty for nothing known."""

    @property
    def poll(self) -> Watch:
        """What looks for changes."""

    def changes(self) -> AsyncIterator[Change]:
        """Yield news for ever: what changed, and whether there are answers at all."""

    async def newest(
        self, flt: RunFilter, *, limit: int, now: datetime | None = None
    ) -> tuple[RunSummary, ...]:
        """Return the newest matching runs, at most ``limit``."""

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

    async def count_on(
        self, flt: RunFilter, *, sort: Sort = BY_START, now: datetime | None = None
    ) -> RunCount:
        """Look for further matching runs for a moment, and return how many there are by now."""

    async def row_since(
        self, flt: RunFilter, instant: datetime, *, now: datetime | None = None
    ) -> int:
        """Return the row of the newest matching run that started before an instant."""

    async def count(self, flt: RunFilter) -> tuple[int, int]:
        """Return how many runs the filter matches, and how many there are."""

    async def totals(self, flt: RunFilter, *, window: str | None = None) -> Totals:
        """Return the totals of the matching runs, overall and by layer."""

    async def present(self) -> Present:
        """Return the open runs, and those that have turned since this was asked last."""

    async def pasts(self, layers: Iterable[str] | None = None) -> Mapping[str, LayerPast]:
        """Return what the last finished runs of these layers tell."""

    async def nights(self) -> Nights:
        """Return the scheduled layers, and what became of their starts tonight and before."""

    async def layer_names(self) -> tuple[str, ...]:
        """Return the names of all layers that ever ran, ordered."""

    async def known_layers(self) -> tuple[str, ...]:
        """Return the names of all layers that ever ran or that a file tells of, ordered."""

    async def run(self, run_id: str) -> RunDetail | None:
        """Return one run with its errors."""

    async def workings(self, run_id: str) -> Workings | None:
        """Return a run's targets, calls and insights."""

    async def call_text(self, call_id: str) -> CallText | None:
        """Return what a call sent and got, whole."""

    async def insight_text(self, insight_id: str) -> InsightText | None:
        """Return an insight whole."""

    async def stored_row(self, run_id: str) -> tuple[StoredValue, ...] | None:
        """Return every column of a run's row as it is stored."""

    async def comparison(self, run_id: str, *, marked: str | None = None) -> Comparison | None:
        """Return a run beside the ``marked`` one, or beside its layer's last success before it."""

    def failures(
        self, flt: RunFilter, *, window: str | None = FAILURES_WINDOW
    ) -> AsyncIterator[Failures]:
        """Yield the errors of the matching runs by their cause, over more and more runs."""

    def breakdown(self, flt: RunFilter, *, window: str | None = None) -> AsyncIterator[Breakdown]:
        """Yield the full statistics of the matching runs, over more and more of them."""

    def details(
        self, flt: RunFilter, *, now: datetime | None = None
    ) -> AsyncIterator[tuple[RunDetail, ...]]:
        """Yield the matching runs whole, newest first, some at a time."""

    async def next_failure(
        self, flt: RunFilter, key: RunKey | None, *, newer: bool, now: datetime | None = None
    ) -> str | None:
        """Return the id of the matching run next to ``key`` in time that went wrong."""

    async def closed(self) -> None:
        """Wait until nothing is open any more; to be awaited before the event loop ends."""


class Looker(Protocol):
    """One who asks ``present`` for itself; a copy remembers for itself from then on."""

    async def look(self) -> Present:
        """Return the open runs, and those that have turned since the last look."""


class Shared(Service, Protocol):
    """A service that serves many: each with a zone, lists and a memory of its own."""

    def reader(self, zone: tzinfo) -> Service:
        """Return a service for one more reader."""

    def dismiss(self, reader: Any) -> None:  # noqa: ANN401 (one of its own)
        """Forget the lists of a reader that is not being asked."""

    def presence(self) -> Looker:
        """Return one who answers ``present``, and remembers for itself what it has answered."""
