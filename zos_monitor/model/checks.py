"""Whether all is well: what a check of the runs is told, what it holds that against, what it finds.

The levels are those of monitoring plugins, in the Nagios convention.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import IntEnum, StrEnum

from zos_monitor.model.night_plan import CATCH_UP_PERIODS
from zos_monitor.model.nights import Outcome
from zos_monitor.model.states import RunState


class Level(IntEnum):
    """How bad it is; the number is the exit status of a plugin."""

    OK = 0
    WARNING = 1
    CRITICAL = 2
    UNKNOWN = 3


class Rule(StrEnum):
    """What is looked at; the order is that in which findings of one level are told."""

    STALLED = "stalled"
    AGE = "age"
    MISSED = "missed"
    FAILED = "failed"
    PARTIAL = "partial"
    COST = "cost"
    DRY = "dry"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """From where on something is a warning, and critical; None for never."""

    warning: float | None = None
    critical: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What is too much, by rule.

    ``age`` is in seconds; where it has no bound, that of ``age_periods`` holds, in periods of each
    layer's own schedule. ``failed`` and ``partial`` are shares
    (0 to 1) of the runs that ended and had something to do, if these are ``least_runs`` or more.
    ``cost`` is in US dollars. Ages, shares and costs are too much above their bounds, the numbers
    of ``stalled``, ``missed`` and ``dry`` from them on.
    """

    rules: frozenset[Rule] = frozenset(Rule)
    age: Bounds = Bounds()
    age_periods: Bounds = Bounds(warning=CATCH_UP_PERIODS, critical=CATCH_UP_PERIODS + 1)
    failed: Bounds = Bounds(warning=0.1, critical=0.5)
    partial: Bounds = Bounds(warning=0.5)
    least_runs: int = 5
    stalled: Bounds = Bounds(warning=1, critical=3)
    missed: Bounds = Bounds(warning=1, critical=3)
    dry: Bounds = Bounds(warning=3)
    cost: Bounds = Bounds()


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerFacts:
    """A layer that starts by the clock.

    ``period`` is the span from one start to the next, None where there are not two. ``last_good``
    is when its last success or partial ended, None where it had none; ``ran`` tells whether it ever
    ran. ``dry_streak`` counts its last nights in a row that were dry.
    """

    layer_name: str
    period: timedelta | None
    last_good: datetime | None
    ran: bool = True
    dry_streak: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class NightFacts:
    """The last night in which something was to have started by now.

    ``starts`` counts what became of its scheduled starts; ``missed`` names the layers that missed
    one, and have not run later in that night either.
    """

    date: date
    starts: Mapping[Outcome, int]
    missed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenFacts:
    """An open run, and its last sign of life."""

    layer_name: str
    state: RunState
    last: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known at an instant; of what was not asked for there is None.

    ``counts`` has the states of the runs begun within the ``window``, ``cost_usd`` and ``tokens``
    what they have cost, as far as recorded: of ``uncosted`` ones no cost is.
    """

    now: datetime
    window: timedelta
    counts: Mapping[RunState, int] = field(default_factory=dict)
    cost_usd: float | None = None
    uncosted: int = 0
    tokens: int | None = None
    open_runs: tuple[OpenFacts, ...] = ()
    layers: tuple[LayerFacts, ...] | None = None
    night: NightFacts | None = None

    @property
    def runs(self) -> int:
        """How many runs began within the window."""
        return sum(self.counts.values())

    @property
    def decided(self) -> int:
        """How many of them ended and had something to do."""
        return sum(
            self.counts.get(state, 0)
            for state in (RunState.SUCCESS, RunState.PARTIAL, RunState.FAILED, RunState.UNKNOWN)
        )

    def share(self, state: RunState) -> float | None:
        """Return what part of the decided runs are in a state; None where there are none."""
        return self.counts.get(state, 0) / self.decided if self.decided else None

    @property
    def stalled(self) -> int:
        """How many runs are stalled, and how many of the window's were interrupted, together."""
        stalled = sum(run.state is RunState.STALLED for run in self.open_runs)
        return stalled + self.counts.get(RunState.INTERRUPTED, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a rule has found that is not well.

    ``value`` is what was held against ``bounds``, in the rule's unit (see ``Limits``).
    """

    rule: Rule
    level: Level
    message: str
    value: float | None = None
    bounds: Bounds = Bounds()
    layer_name: str | None = None


def worst(findings: Iterable[Finding]) -> Level:
    """Return the worst level of findings; none is well."""
    return max((finding.level for finding in findings), default=Level.OK)
