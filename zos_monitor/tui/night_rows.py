"""A night as rows in the order of time: each start that was due, then what else was started."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from zos_monitor.model.nights import LayerNight, Night, NightRun, Outcome, Slot

MOST_STARTS = 8
"""A layer that has more starts in a night has them in one row, until that is unfolded."""


class RowKind(StrEnum):
    """What a row of a night stands for."""

    FOLD = "all starts of a layer"
    START = "start"
    OFF_SCHEDULE = "off schedule"


@dataclass(frozen=True, slots=True, kw_only=True)
class NightRow:
    """A row of a night: a scheduled start, all those of one layer, or a run off schedule.

    ``at`` is when it was due, or when an off-schedule run started. ``slots`` holds what it stands
    for, none for an off-schedule run. ``first`` and ``last`` tell whether it is the layer's first
    or last one in the night.
    """

    kind: RowKind
    layer_name: str
    at: datetime
    slots: tuple[Slot, ...] = ()
    run: NightRun | None = None
    first: bool = False
    last: bool = False

    @property
    def identity(self) -> tuple[str, ...]:
        """What the row is known by when there is newer data."""
        if self.kind is RowKind.FOLD:
            return self.kind, self.layer_name
        if self.kind is RowKind.START or self.run is None:
            return self.kind, self.layer_name, self.at.isoformat()
        return self.kind, self.layer_name, self.run.id, str(self.run.key.rowid)

    @property
    def outcome(self) -> Outcome:
        """What became of it; of a fold's starts, that of the first."""
        if self.slots:
            return self.slots[0].outcome
        return Outcome(self.run.state) if self.run is not None else Outcome.UNKNOWN


def rows_of(night: Night, unfolded: Collection[str] = ()) -> list[NightRow]:
    """Return the rows of a night: scheduled starts by their time, then off-schedule runs by theirs.

    The starts of a layer that has many are one row; those of the ``unfolded`` layers follow it.
    """
    starts: list[NightRow] = []
    others: list[NightRow] = []
    for layer in night.layers:
        starts += _starts(layer, unfolded)
        others += (
            NightRow(
                kind=RowKind.OFF_SCHEDULE, layer_name=run.layer_name, at=run.started_at, run=run
            )
            for run in layer.off_schedule
        )
    # Sorts that keep the order of what is equal: layers that start together stand as they come.
    starts.sort(key=lambda row: row.at)
    others.sort(key=lambda row: row.at)
    return starts + others


def _starts(layer: LayerNight, unfolded: Collection[str]) -> Iterator[NightRow]:
    slots = sorted(layer.slots, key=lambda slot: slot.due_at)
    many = len(slots) > MOST_STARTS
    if many:
        yield NightRow(
            kind=RowKind.FOLD,
            layer_name=layer.layer_name,
            at=slots[0].due_at,
            slots=tuple(slots),
            first=True,
            last=layer.layer_name not in unfolded,
        )
    if not many or layer.layer_name in unfolded:
        for number, slot in enumerate(slots):
            yield NightRow(
                kind=RowKind.START,
                layer_name=layer.layer_name,
                at=slot.due_at,
                slots=(slot,),
                run=slot.run,
                first=number == 0 and not many,
                last=number == len(slots) - 1,
            )
