"""The parameters that say which runs are meant, and the filter that they amount to."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Path, Query
from pydantic import TypeAdapter, ValidationError

from zos_monitor.answers.filters import narrowed
from zos_monitor.api.shapes import BadParameter
from zos_monitor.model.filter_times import read_moment
from zos_monitor.model.filters import FilterError, RunFilter
from zos_monitor.model.states import RunState
from zos_monitor.model.times import means_all

_TIMES = (
    "An instant such as 2026-11-01T03:00:00Z (UTC where it names no zone), a date such as "
    "2026-11-01, or a span back from now such as 90m or 7d."
)
_SPACED_OFFSET = re.compile(r"(.*\d) (\d\d(:?\d\d)?)")
_DATETIME = TypeAdapter(datetime)

LayerName = Annotated[
    str, Query(description="Only runs of this layer, whatever the case.", examples=["reflection"])
]
States = Annotated[
    str,
    Query(
        description=f"Only runs in these states, with commas between them: {', '.join(RunState)}.",
        examples=["failed,partial"],
    ),
]
Since = Annotated[
    str, Query(description=f"Only runs that began at this time or later. {_TIMES}", examples=["7d"])
]
Until = Annotated[str, Query(description=f"Only runs that began before this time. {_TIMES}")]
FilterText = Annotated[
    str,
    Query(
        alias="filter",
        description="Only runs that this matches, in the language of the dashboard's filter.",
        examples=["status:failed,partial layer:nightly-* since:7d"],
    ),
]
Success = Annotated[
    bool | None,
    Query(description="Only runs that succeeded; with false, that failed, or in part."),
]
Offset = Annotated[int, Query(ge=0, description="How many runs to leave out, the newest first.")]
LayerPath = Annotated[str, Path(description="The exact name of a layer.")]


class Meaningless(Exception):
    """A parameter that means nothing; the answer is 422."""

    def __init__(self, fault: BadParameter) -> None:
        super().__init__(fault.msg)
        self.fault = fault


def bad(name: str, message: str, kind: str = "value_error") -> Meaningless:
    """Return what to raise for a parameter in the query."""
    return Meaningless(BadParameter(loc=["query", name], msg=message, type=kind))


def narrow(flt: RunFilter, name: str, narrower: Callable[[str], RunFilter]) -> RunFilter:
    """Return what ``narrower`` makes of a filter's text for the parameter of this name."""
    try:
        return narrower(flt.text)
    except FilterError as fault:
        raise bad(name, fault.message, "filter") from None


def since_time(flt: RunFilter, name: str, time: str) -> RunFilter:
    """Return a filter with a time that a parameter gives as the earliest."""
    return narrow(flt, name, lambda text: narrowed(text, since=_written(time))) if time else flt


def until_time(flt: RunFilter, name: str, time: str) -> RunFilter:
    """Return a filter with a time that a parameter gives as the end."""
    return narrow(flt, name, lambda text: narrowed(text, until=_written(time))) if time else flt


async def chosen(
    layer_name: LayerName = "",
    status: States = "",
    since: Since = "",
    until: Until = "",
    text: FilterText = "",
) -> RunFilter:
    """Return the filter that the parameters mean; those that are empty mean nothing."""
    flt = narrow(RunFilter(), "filter", lambda _: narrowed(text))
    if layer_name:
        flt = narrow(flt, "layer_name", lambda said: narrowed(said, layers=[layer_name]))
    if status:
        states = [state.strip() for state in status.split(",")]
        flt = narrow(flt, "status", lambda said: narrowed(said, states=states))
    return until_time(since_time(flt, "since", since), "until", until)


Chosen = Annotated[RunFilter, Depends(chosen)]
"""The filter of an endpoint that takes all of these parameters."""


def _written(time: str) -> str | datetime:
    """Return a time as the filter language takes it.

    Where a ``+`` was not escaped it has come as a space. What other APIs take, such as seconds
    since 1970, is an instant as well.
    """
    spaced = _SPACED_OFFSET.fullmatch(time) if "T" in time.upper() else None
    if spaced is not None:
        time = f"{spaced[1]}+{spaced[2]}"
    if read_moment(time) is not None or means_all(time):
        return time
    try:
        return _DATETIME.validate_python(time)
    except ValidationError:
        return time  # the filter language says what is wrong with it
