"""Each state's glyph and colour, and the few other signs, in Unicode and in plain ASCII."""

from __future__ import annotations

from dataclasses import dataclass

from zos_monitor.model.states import RunState


@dataclass(frozen=True)
class Glyphs:
    """One set of signs."""

    states: dict[RunState, str]
    live: str
    paused: str
    fault: str
    up: str
    dot: str
    ellipsis: str
    rule: str

    def state(self, state: RunState) -> str:
        """Return a state as its glyph and its word: never told by colour alone."""
        return f"{self.states[state]} {state}"


UNICODE = Glyphs(
    states={
        RunState.RUNNING: "▶",
        RunState.SUCCESS: "✓",
        RunState.PARTIAL: "◐",
        RunState.FAILED: "✗",
        RunState.DRY: "·",
        RunState.UNKNOWN: "?",
    },
    live="●",
    paused="‖",
    fault="▲",
    up="↑",
    dot="·",
    ellipsis="…",
    rule="─",
)

ASCII = Glyphs(
    states={
        RunState.RUNNING: ">",
        RunState.SUCCESS: "+",
        RunState.PARTIAL: "~",
        RunState.FAILED: "x",
        RunState.DRY: ".",
        RunState.UNKNOWN: "?",
    },
    live="*",
    paused="=",
    fault="!",
    up="^",
    dot="-",
    ellipsis="~",
    rule="-",
)


def choose(encoding: str | None) -> Glyphs:
    """Return the set that a terminal of this encoding can show."""
    return UNICODE if "utf" in (encoding or "").lower() else ASCII
