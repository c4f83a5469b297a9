"""What is said of a call in few words: whether it went well, its model, its facts."""

from __future__ import annotations

import re
from functools import lru_cache

from zos_monitor.model.calls import Call
from zos_monitor.model.causes import cause_of
from zos_monitor.model.states import RunState
from zos_monitor.model.text import one_line
from zos_monitor.tui.glyphs import Glyphs

# What a model's name says beside the model: who makes it, and from which day it is.
_MAKER = re.compile(r"^(?:.*/)?(?:claude-)?")
_DAY = re.compile(r"[-@](?:20\d{6}|20\d\d-\d\d-\d\d|latest)(?::\w+)?$")

RESULT_STYLES = frozenset(
    f"run--{state}" for state in (RunState.SUCCESS, RunState.FAILED, RunState.UNKNOWN)
)
"""The component classes of what became of a call."""


def short_model(name: str) -> str:
    """Return a model's name without its maker and its day.

    >>> short_model("claude-sonnet-4-5-20250929"), short_model("openrouter/openai/gpt-4o")
    ('sonnet-4-5', 'gpt-4o')
    """
    text = one_line(name)
    return _DAY.sub("", _MAKER.sub("", text)) or text


def model_of(call: Call) -> str:
    """Return a call's model in short, else its profile; empty where neither is recorded."""
    if call.model_name:
        return short_model(call.model_name)
    return one_line(call.model_profile or "")


def result_state(call: Call) -> RunState:
    """Return the state whose sign and colour the outcome of a call has."""
    if call.succeeded is None:
        return RunState.FAILED if call.error else RunState.UNKNOWN
    return RunState.SUCCESS if call.succeeded else RunState.FAILED


def result(call: Call, glyphs: Glyphs) -> str:
    """Return whether a call went well: by sign and word, for a failed one by its cause."""
    state = result_state(call)
    words = {RunState.SUCCESS: "ok", RunState.UNKNOWN: "not recorded"}.get(state)
    if words is None:
        words = _gist(call.error) if call.error.strip() else "error"
    return f"{glyphs.states[state]} {words}"


@lru_cache(maxsize=512)  # a list asks for all of them whenever it is drawn anew
def _gist(error: str) -> str:
    return one_line(cause_of(error))
