"""Filters as zos's own API takes them: which it answers exactly, and what to say of others."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta, tzinfo
from typing import NamedTuple

from zos_monitor.model.faults import NotOffered
from zos_monitor.model.filters import FilterKey, RunFilter, Term, matches, time_bounds
from zos_monitor.model.states import RunState
from zos_monitor.model.text import one_line
from zos_monitor.model.times import format_stored
from zos_monitor.model.wildcards import split_pattern

OFFERED = "filters by since:, one whole layer name, and status:success, partial or failed"
"""What can be filtered by."""

STATES = (RunState.SUCCESS, RunState.PARTIAL, RunState.FAILED)
"""The states that can be asked for: open runs are stored as dry, so dry would mix them up."""

_MOST_SHOWN = 40


class Asked(NamedTuple):
    """What the API is asked for; None or no status for any.

    It takes one status at a time: what has several is put together from lists of one each.
    """

    layer: str | None = None
    statuses: tuple[str, ...] = ()
    since: datetime | None = None

    @property
    def parts(self) -> list[Asked]:
        """The same in parts that the API takes."""
        return [self._replace(statuses=(status,)) for status in self.statuses] or [self]

    def params(self) -> dict[str, str]:
        """Return this as the API's parameters. It takes times without a zone as UTC."""
        given = {
            "layer_name": self.layer,
            "status": self.statuses[0] if self.statuses else None,
            "since": format_stored(self.since).replace(" ", "T") if self.since else None,
        }
        return {name: value for name, value in given.items() if value is not None}

    def from_(self, instant: datetime) -> Asked:
        """Return the same for the runs that started at an instant or later."""
        return self._replace(since=max(self.since, instant) if self.since else instant)

    def after(self, instant: datetime) -> Asked:
        """Return the same for the runs that started after an instant."""
        try:
            return self.from_(instant + timedelta.resolution)
        except OverflowError:  # the last instant there is
            return self.from_(instant)


def asked_of(flt: RunFilter, *, now: datetime, zone: tzinfo, layers: Iterable[str]) -> Asked:
    """Return what a filter asks of the API.

    ``layers`` are the names of layers that are known: a name typed in other letters, of upper or
    lower case, means those. Raises NotOffered where the API has no exact answer.
    """
    asked = Asked()
    for term in flt.terms:
        if term.key is FilterKey.SINCE:
            continue
        if term.negated:
            raise _refusal(flt, term)
        if term.key is FilterKey.STATUS and set(term.values) <= set(STATES):
            chosen = tuple(sorted({*term.values} & {*(asked.statuses or term.values)}))
            if not chosen:
                raise _refusal(flt, term)
            asked = asked._replace(statuses=chosen)
        elif term.key is FilterKey.LAYER and len(term.values) == 1:
            layer = _layer(flt, term, term.values[0], layers)
            if asked.layer not in (None, layer):
                raise _refusal(flt, term)
            asked = asked._replace(layer=layer)
        else:
            raise _refusal(flt, term)
    return asked._replace(since=time_bounds(flt, now=now, zone=zone).since)


def names_layer(flt: RunFilter) -> bool:
    """Tell whether a filter is about layers, so that their names are to be known."""
    return any(term.key is FilterKey.LAYER for term in flt.terms)


def _layer(flt: RunFilter, term: Term, pattern: str, layers: Iterable[str]) -> str:
    parts = split_pattern(pattern)
    if len(parts) > 1 or not parts[0]:
        raise _refusal(flt, term)
    meant = [name for name in layers if matches(pattern, name, whole=True)]
    if len(meant) > 1:
        raise _refusal(flt, term)
    return meant[0] if meant else parts[0]


def _refusal(flt: RunFilter, term: Term) -> NotOffered:
    typed = flt.text[term.start : term.end]
    word = typed or f"{'-' * term.negated}{term.key}:{','.join(term.values)}"
    word = one_line(word)
    word = word if len(word) <= _MOST_SHOWN else f"{word[: _MOST_SHOWN - 1]}…"
    which = f"which {OFFERED}"
    if term.key is FilterKey.STATUS and RunState.DRY in term.values:
        which = f"which stores open runs as dry too; it {OFFERED}"
    message = f"{word}: not offered by this server, {which}"
    return NotOffered(message, word=word)
