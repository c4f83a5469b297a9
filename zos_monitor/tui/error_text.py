"""Errors as text to be taken along, exactly as they are stored."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from zos_monitor.model import phrases
from zos_monitor.tui.tab_view import Copied

if TYPE_CHECKING:
    from zos_monitor.model.errors import RunError


def copied_error(error: RunError) -> Copied:
    """Return one error with its topic and its node.

    >>> from zos_monitor.model.errors import RunError
    >>> print(copied_error(RunError(topic="self:zos", node="store", message="no response")).text)
    topic: self:zos
    node: store
    <BLANKLINE>
    no response
    """
    return Copied("the error", _text(error))


def copied_errors(name: str, errors: Sequence[RunError]) -> Copied | None:
    """Return several errors, each with its topic and its node; None where there are none."""
    if not errors:
        return None
    text = "\n\n".join(_text(error) for error in errors)
    return Copied(f"{phrases.plural(len(errors), 'error')} of {name}", text)


def _text(error: RunError) -> str:
    topic = "" if error.topic is None else f" {error.topic}"
    node = "" if error.node is None else f" {error.node}"
    return f"topic:{topic}\nnode:{node}\n\n{error.message}"
