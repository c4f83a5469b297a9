"""Layers by their exact names, and runs by their exact rows.

A filter takes a layer's name in either case, and some names it can't say at all: what it finds is
looked through once more here. Nor can a run be asked for by an id that is no text.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from zos_monitor.answers.filters import Time, narrowed
from zos_monitor.model.filters import FilterError, FilterKey, RunFilter, literal, parse_filter
from zos_monitor.model.text import encodable
from zos_monitor.model.times import format_stored
from zos_monitor.model.wildcards import join_pattern

if TYPE_CHECKING:
    from zos_monitor.model.runs import RunDetail, RunSummary
    from zos_monitor.questions import Service

_PAGE = 100
_REPLACED = "\ufffd"
_LAST = datetime.max.replace(tzinfo=UTC)


def of_layer(
    layer_name: str | None,
    text: str = "",
    *,
    since: Time | None = None,
    until: Time | None = None,
) -> RunFilter:
    """Return a filter that all of a layer's runs match, and as few others as it can say.

    Others are those of layers whose names differ in case; or of all layers, where the name can't
    be said: it is empty or too long, or has bytes in it that are no text. ``text`` and the times
    narrow it further, None for a name does not. Raises FilterError.
    """
    named = [layer_name] if layer_name is not None and _sayable(layer_name) else []
    return narrowed(text, layers=named, since=since, until=until)


def _sayable(layer_name: str) -> bool:
    from zos_monitor.model.filter_checks import MAX_LENGTH  # lists do without

    said = layer_name == encodable(layer_name) and not {"\0", _REPLACED}.intersection(layer_name)
    return said and 0 < len(literal(layer_name)) <= MAX_LENGTH


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


async def by_id(service: Service, run_id: str) -> RunDetail | None:
    """Ask for a run by its whole id, as a list tells it; None where there is none.

    Where an id is no text, it may be that of several runs: then it is the newest one's.
    """
    detail = await service.run(run_id)
    if detail is not None or _REPLACED not in run_id:
        return detail
    from zos_monitor.model.filter_words import write_value

    pattern = join_pattern(run_id.split(_REPLACED))
    try:
        flt = parse_filter(f"{FilterKey.ID}:{write_value(pattern, bare=False)}")
    except FilterError:  # longer than anything that can be looked for
        return None
    newest = await _first(service, flt, lambda run: run.id == run_id)
    return await whole(service, newest) if newest is not None else None


async def whole(service: Service, run: RunSummary) -> RunDetail | None:
    """Ask for everything about a run of a list; None where it is gone by now."""
    if run.id and _REPLACED not in run.id:
        return await service.run(run.id)
    # Its id is no text, so that it may be that of others too.
    async with aclosing(service.details(_around(run))) as pages:  # type: ignore[type-var]
        async for page in pages:
            found = next((one for one in page if one.key.rowid == run.key.rowid), None)
            if found is not None:
                return found
    return None


def _around(run: RunSummary) -> RunFilter:
    """Return a filter that a run matches, and few others."""
    at = run.started_at
    if at is None or run.key.started != format_stored(at) or at == _LAST:
        return of_layer(run.layer_name)  # it stands elsewhere in the order
    return of_layer(run.layer_name, since=at, until=at + timedelta.resolution)
