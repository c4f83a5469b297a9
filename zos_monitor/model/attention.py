"""What asks for attention: runs that turned out badly and starts that were missed, until seen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from typing import NamedTuple

from zos_monitor.model.nights import Nights, Outcome
from zos_monitor.model.runs import RunSummary
from zos_monitor.model.states import RunState

_ORDER = (RunState.FAILED, RunState.PARTIAL, RunState.STALLED)


class Start(NamedTuple):
    """A scheduled start of a layer."""

    layer_name: str
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Attention:
    """What has happened since it was last seen, the oldest first.

    ``runs`` has the states, by id, of the runs that turned failed, partial or stalled; ``missed``
    the starts that came to nothing.
    """

    runs: Mapping[str, RunState] = field(default_factory=lambda: MappingProxyType({}))
    missed: tuple[Start, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.runs or self.missed)

    @property
    def next_run(self) -> str | None:
        """The id of the run that has waited longest; None for none."""
        return next(iter(self.runs), None)

    @property
    def words(self) -> str:
        """How many of each there are, such as ``2 failed, 1 missed``; empty for none."""
        counts = [(sum(state is one for state in self.runs.values()), one) for one in _ORDER]
        told = [(count, str(state)) for count, state in counts] + [(len(self.missed), "missed")]
        return ", ".join(f"{count:,} {word}" for count, word in told if count)

    def with_runs(self, turned: Iterable[RunSummary]) -> Attention:
        """Return it with runs that have turned; one that is known takes its new state."""
        found = {run.id: run.state for run in turned}
        return replace(self, runs=MappingProxyType({**self.runs, **found})) if found else self

    def with_missed(self, starts: Iterable[Start]) -> Attention:
        """Return it with starts that were missed."""
        return replace(self, missed=tuple(dict.fromkeys((*self.missed, *starts))))

    def seen_run(self, run_id: str) -> Attention:
        """Return it without a run that was looked at."""
        if run_id not in self.runs:
            return self
        left = {key: state for key, state in self.runs.items() if key != run_id}
        return replace(self, runs=MappingProxyType(left))

    def seen_missed(self) -> Attention:
        """Return it without the missed starts, which were looked at."""
        return replace(self, missed=())


def newly_missed(before: Nights | None, after: Nights) -> tuple[Start, ...]:
    """Return the starts that have been missed since an earlier look; none at the first look.

    One counts that was to come or due at that look: what was not known then is no news.
    """
    if before is None:
        return ()
    awaited = _starts(before, Outcome.TO_COME) | _starts(before, Outcome.DUE)
    return tuple(sorted(_starts(after, Outcome.MISSED) & awaited, key=_by_time))


def _by_time(start: Start) -> tuple[datetime, str]:
    return start.due_at, start.layer_name


def _starts(nights: Nights, outcome: Outcome) -> set[Start]:
    return {
        Start(slot.layer_name, slot.due_at)
        for night in nights.nights
        for layer in night.layers
        for slot in layer.slots
        if slot.outcome is outcome
    }
