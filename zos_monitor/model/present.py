"""What is going on now: the open runs, and what has just turned out otherwise than well."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from zos_monitor.model.eta import Eta
from zos_monitor.model.nights import LayerNight, Night, NightRun, Nights
from zos_monitor.model.runs import RunSummary
from zos_monitor.model.states import RunState

ALARMING = (RunState.FAILED, RunState.PARTIAL, RunState.STALLED)
"""The states that a run turns to which an operator wants to be told of."""


class OpenRun(NamedTuple):
    """An open run, and when it is likely to end; ``eta`` is None where nothing tells."""

    run: RunSummary
    eta: Eta | None


class Present(NamedTuple):
    """The open runs that may still go on, newest first, and those that have turned.

    Interrupted runs are open for ever, so they are left out. ``turned`` are the runs that have come
    to be failed, partial or stalled since the last time this was asked, oldest first. ``lacking``
    says why no run's progress is told, empty where what there is of it is.
    """

    open_runs: tuple[OpenRun, ...] = ()
    turned: tuple[RunSummary, ...] = ()
    lacking: str = ""


def with_progress(nights: Nights, open_runs: Sequence[OpenRun]) -> Nights:
    """Return the nights with what is known by now of how far their open runs are."""
    done = {one.run.id: one.run.progress.done for one in open_runs if one.run.progress is not None}
    if not done or not nights.nights:
        return nights
    # A run that may still go on began tonight, or in the night before.
    first, rest = nights.nights[:2], nights.nights[2:]
    return replace(nights, nights=(*(_night(night, done) for night in first), *rest))


def _night(night: Night, done: Mapping[str, int]) -> Night:
    return replace(night, layers=tuple(_layer(layer, done) for layer in night.layers))


def _layer(layer: LayerNight, done: Mapping[str, int]) -> LayerNight:
    slots = tuple(
        replace(slot, run=_run(slot.run, done)) if slot.run is not None else slot
        for slot in layer.slots
    )
    return replace(
        layer, slots=slots, off_schedule=tuple(_run(run, done) for run in layer.off_schedule)
    )


def _run(run: NightRun, done: Mapping[str, int]) -> NightRun:
    return replace(run, targets_processed=done[run.id]) if run.id in done else run
