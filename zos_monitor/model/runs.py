"""One layer run, in the short form of lists and in the long form of a detail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from zos_monitor.model.errors import RunError
from zos_monitor.model.progress import Progress
from zos_monitor.model.states import OPEN_STATES, Activity, RunState

StoredValue = str | int | float | bytes | None


class RunKey(NamedTuple):
    """A run's place in the order of runs: the start as stored, then the row's number."""

    started: StoredValue
    rowid: int


class Source(StrEnum):
    """Where a figure of usage comes from."""

    CALLS = "calls"
    ROW = "row"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """Tokens and cost of a run.

    The truth is the sum over the run's recorded calls; the row's own figures cover only the last
    model and leave failed targets out, so they serve only where no call is recorded. None means
    not recorded, which is not nothing. ``cost_usd`` is in US dollars. ``calls`` are None where a
    server tells sums over the calls, but not how many they are.
    """

    calls: int | None = 0
    failed_calls: int | None = 0
    tokens_input: int | None = None
    tokens_output: int | None = None
    tokens_total: int | None = None
    tokens_source: Source = Source.NONE
    cost_usd: float | None = None
    cost_source: Source = Source.NONE


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSummary:
    """A run as a list shows it.

    ``status`` is what zos stored, word for word; ``state`` is what we derive from it. Counters
    are None where the column holds no number. Instants are aware and in UTC; ``started_at`` is
    None where the stored text is no instant. ``error_count`` is None where a server leaves it to
    the detail. ``stored_cost_usd`` is what the row says, in US
    dollars; ``usage`` holds the cost to believe. Only open runs have ``activity`` and ``progress``,
    which are estimates from calls and insights.
    """

    key: RunKey
    id: str
    layer_name: str
    status: str
    state: RunState
    started_at: datetime | None
    completed_at: datetime | None
    targets_matched: int | None
    targets_processed: int | None
    targets_skipped: int | None
    insights_created: int | None
    error_count: int | None
    usage: Usage
    stored_cost_usd: float | None = None
    activity: Activity | None = None
    progress: Progress | None = None

    @property
    def open(self) -> bool:
        """Whether the run has no end, whatever the reason."""
        return self.state in OPEN_STATES

    @property
    def cost_differs(self) -> bool:
        """Whether the true cost and the one that the row says differ by half a cent or more."""
        true, stored = self.usage.cost_usd, self.stored_cost_usd
        if self.open or self.usage.cost_source is not Source.CALLS:
            return False  # zos writes it when the run ends
        return true is not None and stored is not None and abs(true - stored) >= 0.005

    @property
    def duration(self) -> timedelta | None:
        """Completed minus started; None while open, unreadable, or ended before it began."""
        if self.started_at is None or self.completed_at is None:
            return None
        span = self.completed_at - self.started_at
        return span if span >= timedelta(0) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunDetail(RunSummary):
    """A run with every column of ``layer_runs`` and its errors.

    The ``tokens_*`` fields are the row's own, as stored; ``usage`` holds the figures to believe.
    ``insights_stored`` counts the rows of ``insights`` that name this run (``insights_created``
    counts answers), None where there is no such table. ``early_errors`` are those of an open run's
    failed calls, for its row has none before its end. ``dry_reason`` says why a dry run is dry, in
    words, empty where the data does not tell.
    """

    layer_hash: str
    model_profile: str | None
    model_provider: str | None
    model_name: str | None
    tokens_input: int | None
    tokens_output: int | None
    tokens_total: int | None
    errors: tuple[RunError, ...]
    insights_stored: int | None
    early_errors: tuple[RunError, ...] = ()
    dry_reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunCount:
    """How many runs a filter matches, and how many there are in ``total``.

    ``counted`` is False while ``matched`` counts only what has been found so far, and the rest is
    still being looked for. Answers of the same ``version`` are about one list: a run stands in the
    same row in all of them.
    """

    matched: int
    total: int
    counted: bool = True
    version: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSlice(RunCount):
    """Neighbouring runs of a list, newest first, for one that scrolls over the whole history.

    ``first`` is the row of the first of ``runs``; the newest run has row 0. ``anchor`` is the row
    of the run asked about, None where none was or it no longer matches.
    """

    first: int
    runs: tuple[RunSummary, ...]
    anchor: int | None = None
