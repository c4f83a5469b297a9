"""Options that narrow what a command is about, each a word of the filter language."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from zos_monitor.options import Options, fail

if TYPE_CHECKING:
    from zos_monitor.model.filters import RunFilter


def narrow(options: Options, **parameters: Any) -> RunFilter:  # noqa: ANN401
    """Return the filter that ``--filter`` and these parameters of ``narrowed`` mean together.

    End with a sentence where they mean nothing.
    """
    flt = options.filter()  # whose complaint tells the word of it that is at fault
    if all(value is None or value == [] for value in parameters.values()):
        return flt
    from zos_monitor.answers.filters import narrowed
    from zos_monitor.model.filters import FilterError

    try:
        return narrowed(options.filter_text, **parameters)
    except FilterError as fault:
        fail(fault.message)


def each(lists: Sequence[str]) -> list[str]:
    """Return the parts of lists that are written with commas."""
    return [part.strip() for one in lists for part in one.split(",")]
