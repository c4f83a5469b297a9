"""The order of a night's layers: which started before what it builds on had ended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from zos_monitor.model.nights import LayerNight, NightRun
from zos_monitor.model.states import RunState


def mark_early(layers: Sequence[LayerNight]) -> tuple[LayerNight, ...]:
    """Return the layers of one night, with the runs marked that started too early.

    A layer builds on every other one whose first fire of the night is before its own. A run of it
    started too early if a run of that one, in the same night, had begun and not ended by then;
    interrupted runs don't count, for nobody knows when they ended.
    """
    return tuple(_marked(layer, layers) for layer in layers)


def _marked(layer: LayerNight, layers: Sequence[LayerNight]) -> LayerNight:
    if not layer.slots:
        return layer
    before = [
        other for other in layers if other.slots and other.slots[0].due_at < layer.slots[0].due_at
    ]
    if not before:
        return layer
    return replace(
        layer,
        slots=tuple(
            replace(slot, run=_run(slot.run, before)) if slot.run is not None else slot
            for slot in layer.slots
        ),
        off_schedule=tuple(_run(run, before) for run in layer.off_schedule),
    )


def _run(run: NightRun, before: Sequence[LayerNight]) -> NightRun:
    names = tuple(
        other.layer_name
        for other in before
        if any(_open_at(earlier, run) for earlier in _runs(other))
    )
    return replace(run, too_early_for=names) if names else run


def _runs(layer: LayerNight) -> list[NightRun]:
    return [slot.run for slot in layer.slots if slot.run is not None] + list(layer.off_schedule)


def _open_at(earlier: NightRun, run: NightRun) -> bool:
    if earlier.state is RunState.INTERRUPTED or earlier.started_at > run.started_at:
        return False
    return earlier.completed_at is None or earlier.completed_at > run.started_at
