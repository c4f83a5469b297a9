"""Each state's glyph and colour, and the few other signs, in Unicode and in plain ASCII."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from zos_monitor.model.states import RunState
from zos_monitor.model.text import has_signs
from zos_monitor.tui.terminal_kinds import has_few_signs

if TYPE_CHECKING:
    from zos_monitor.model.nights import Outcome  # the first rows do without nights


class Glyphs(NamedTuple):
    """One set of signs.

    ``waits`` has those of the outcomes of nights that are no states, by their words.
    ``bar`` has the sign of a full cell, those of its parts in rising order, and of an empty one.
    ``levels`` has the signs of rising heights, the lowest of which is more than nothing.
    ``high`` marks a cost that is out of the common, ``differs`` one of which zos says otherwise,
    ``new`` what has come up of late.
    ``shut`` and ``opened`` stand before what folds open, ``times`` before how often it is there.
    ``mark`` stands before the run that others are compared with. ``call``, ``next_call``,
    ``failed_call`` and ``wait`` fill the cells of bars over a run's time.
    """

    states: dict[RunState, str]
    waits: dict[str, str]
    live: str
    paused: str
    fault: str
    up: str
    high: str
    differs: str
    new: str
    mark: str
    call: str
    next_call: str
    failed_call: str
    wait: str
    bar: str
    levels: str
    dot: str
    ellipsis: str
    shut: str
    opened: str
    times: str

    def state(self, state: RunState) -> str:
        """Return a state as its glyph and its word: never told by colour alone."""
        return f"{self.states[state]} {state}"

    def sign(self, outcome: Outcome) -> str:
        """Return the sign of what became of a scheduled start; a state has its own."""
        return self.waits.get(outcome) or self.states[RunState(outcome)]

    def outcome(self, outcome: Outcome) -> str:
        """Return what became of a scheduled start as its sign and its word."""
        return f"{self.sign(outcome)} {outcome}"


UNICODE = Glyphs(
    states={
        RunState.RUNNING: "▶",
        RunState.STALLED: "!",
        RunState.INTERRUPTED: "⊘",
        RunState.SUCCESS: "✓",
        RunState.PARTIAL: "◐",
        RunState.FAILED: "✗",
        RunState.DRY: "·",
        RunState.UNKNOWN: "?",
    },
    waits={"to come": "–", "due": "…", "missed": "○"},
    live="●",
    paused="‖",
    fault="▲",
    up="↑",
    high="▲",
    differs="≠",
    new="◆",
    mark="◆",
    call="▆",
    next_call="▄",
    failed_call="✗",
    wait="┄",
    bar="█▏▎▍▌▋▊▉░",
    levels="▁▂▃▄▅▆▇█",
    dot="·",
    ellipsis="…",
    shut="▸",
    opened="▾",
    times="×",
)

ASCII = Glyphs(
    states={
        RunState.RUNNING: ">",
        RunState.STALLED: "!",
        RunState.INTERRUPTED: "#",
        RunState.SUCCESS: "+",
        RunState.PARTIAL: "~",
        RunState.FAILED: "x",
        RunState.DRY: ".",
        RunState.UNKNOWN: "?",
    },
    waits={"to come": "-", "due": ":", "missed": "o"},
    live="*",
    paused="=",
    fault="!",
    up="^",
    high="^",
    differs="*",
    new="*",
    mark="@",
    call="=",
    next_call="-",
    failed_call="x",
    wait=".",
    bar="#-",
    levels="12345678",
    dot="-",
    ellipsis="~",
    shut=">",
    opened="v",
    times="x",
)


def choose(*, plain: bool, environ: Mapping[str, str]) -> Glyphs:
    """Return the set to use.

    That is ASCII where it is asked for, where the locale names another encoding than Unicode's, and
    where the terminal has few signs.
    """
    return ASCII if plain or not has_signs(environ) or has_few_signs(environ) else UNICODE
