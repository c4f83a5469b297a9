"""The errors of one run by their cause and the node they happened in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from zos_monitor.model.causes import cause_of, identity
from zos_monitor.model.errors import RunError


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorGroup:
    """A run's errors of one cause in one node, in their stored order; there is at least one.

    ``cause`` is that of the first of them: those of the others may differ from it in case only.
    ``node`` is None where none is recorded.
    """

    cause: str
    node: str | None
    members: tuple[RunError, ...]


def group_errors(errors: Iterable[RunError]) -> tuple[ErrorGroup, ...]:
    """Return errors by cause and node, the most frequent first; of like ones, the earlier first.

    For a run's ``errors``; those of an open run's calls (``early_errors``) can be grouped as well,
    but no filter and no group across runs knows of them, as long as they are not in its row.
    """
    members: dict[tuple[str, str | None], list[RunError]] = {}
    causes: dict[tuple[str, str | None], str] = {}
    for error in errors:
        cause = cause_of(error.message)
        key = identity(cause), error.node
        causes.setdefault(key, cause)
        members.setdefault(key, []).append(error)
    groups = (
        ErrorGroup(cause=causes[key], node=key[1], members=tuple(found))
        for key, found in members.items()
    )
    return tuple(sorted(groups, key=lambda group: -len(group.members)))
