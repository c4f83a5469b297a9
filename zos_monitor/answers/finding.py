"""A run found by what people call it: its id, the beginning of that, or ``latest``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from zos_monitor.answers.exact import by_id, newest_of, of_layer
from zos_monitor.answers.filters import narrowed
from zos_monitor.model.faults import NotFound
from zos_monitor.model.filters import FilterError, RunFilter
from zos_monitor.model.runs import RunSummary
from zos_monitor.model.text import one_line

if TYPE_CHECKING:
    from zos_monitor.questions import Service

LATEST = "latest"
"""What the newest run is called; with a colon and a layer's name behind it, that layer's."""

_FEW = 3


async def find(service: Service, text: str, *, within: str = "") -> RunSummary:
    """Return the run that a text means.

    That is a whole id, the beginning of one alone, in whichever case, ``latest`` or
    ``latest:LAYER``. All but a whole id are looked for among the runs that the filter ``within``
    matches. Raises NotFound where there is no such run, or more than one.
    """
    if text == LATEST:
        none = "There is no run that matches." if within.strip() else "There is no run yet."
        return await _newest(service, narrowed(within), none)
    word, colon, layer_name = text.partition(":")
    if colon and word == LATEST:
        await known_layer(service, layer_name)
        never = "has no run that matches" if within.strip() else "has never run"
        run = await newest_of(service, of_layer(layer_name, within), layer_name)
        if run is None:
            raise NotFound(f"{one_line(layer_name)} {never}.")
        return run
    if not text.strip():
        raise NotFound("A run's id is missing.")
    exact = await by_id(service, text)
    return exact if exact is not None else await _beginning(service, text, within)


async def known_layer(service: Service, layer_name: str) -> str:
    """Return a layer's name; NotFound is raised where no layer has it."""
    known = await service.known_layers()
    if layer_name not in known:
        raise NotFound(f"There is no layer {_quoted(layer_name)}{_nearest(layer_name, known)}.")
    return layer_name


async def _newest(service: Service, flt: RunFilter, never: str) -> RunSummary:
    runs = await service.newest(flt, limit=1)
    if not runs:
        raise NotFound(never)
    return runs[0]


async def _beginning(service: Service, text: str, within: str) -> RunSummary:
    try:
        flt = narrowed(within, ids=[text])
    except FilterError:  # longer than anything that can be looked for
        runs: tuple[RunSummary, ...] = ()
    else:
        runs = await service.newest(flt, limit=_FEW + 1)
    if not runs:
        raise NotFound(f"There is no run {_quoted(text)}.")
    if len(runs) > 1:
        ids = [one_line(run.id) for run in runs[:_FEW]]
        more = " and others" if len(runs) > _FEW else ""
        raise NotFound(
            f"Several runs have ids that begin with {_quoted(text)}: {', '.join(ids)}{more}."
        )
    return runs[0]


def _quoted(text: str) -> str:
    shown = one_line(text)
    return repr(shown if len(shown) <= 60 else f"{shown[:59]}…")


def _nearest(name: str, known: Iterable[str]) -> str:
    import difflib

    near = difflib.get_close_matches(name, known, n=1)
    return f" (did you mean {one_line(near[0])}?)" if near else ""
