"""Answers about one layer by its exact name, where the filter language means more than that.

A filter takes a layer's name in either case, and some names it can't say at all: what it finds is
looked through once more here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from zos_monitor.answers.filters import Time, narrowed
from zos_monitor.model.filter_checks import MAX_LENGTH
from zos_monitor.model.filters import RunFilter, literal

if TYPE_CHECKING:
    from zos_monitor.model.runs import RunSummary
    from zos_monitor.questions import Service

_PAGE = 100
_REPLACED = "\ufffd"


def of_layer(
    layer_name: str | None, text: str = "", *, since: Time | None = None, states: Sequence[str] = ()
) -> RunFilter:
    """Return a filter that all of a layer's runs match, and as few others as it can say.

    Others are those of layers whose names differ in case; or of all layers, where the name can't
    be said: it is empty or too long, or has bytes in it that are no text. ``text``, ``since`` and
    ``states`` narrow it further, None for a name does not. Raises FilterError.
    """
    named = [layer_name] if layer_name is not None and _sayable(layer_name) else []
    return narrowed(text, layers=named, since=since, states=states)


def _sayable(layer_name: str) -> bool:
    unsaid = {"\0", _REPLACED}.intersection(layer_name)
    return 0 < len(literal(layer_name)) <= MAX_LENGTH and not unsaid


async def newest_of(
    service: Service, flt: RunFilter, layer_name: str | None = None, *, begun: bool = False
) -> RunSummary | None:
    """Return the newest matching run of exactly this layer, of any where no name is given.

    With ``begun`` it is the newest of which it is known when it began. None where there is none.
    """

    def fits(run: RunSummary) -> bool:
        return layer_name in (None, run.layer_name) and not (begun and run.started_at is None)

    return await _first(service, flt, fits)


async def _first(
    service: Service, flt: RunFilter, fits: Callable[[RunSummary], bool]
) -> RunSummary | None:
    now = service.clock()
    newest = await service.newest(flt, limit=1, now=now)
    if not newest or fits(newest[0]):
        return next(iter(newest), None)
    at, matched = 0, 1
    while at < matched:
        found = await service.run_slice(flt, first=at, limit=_PAGE, now=now)
        fitting = next(filter(fits, found.runs), None)
        if fitting is not None or not found.runs:
            return fitting
        at, matched = at + len(found.runs), found.matched
    return None


async def known(service: Service, layer_name: str) -> bool:
    """Tell whether a layer of exactly this name ever ran, or a file tells of it."""
    return layer_name in await service.known_layers()
