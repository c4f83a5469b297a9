"""The newest runs on the terminal while Textual is still being imported.

Importing Textual takes longer than asking the database. So the runs are written by hand, in the
places and the words that they will have in the first frame, which is then drawn over them. Keys
that are typed meanwhile wait in the terminal's queue until the driver reads them.
"""

from __future__ import annotations

import os
import select
import sys
import termios
import tty
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from types import TracebackType
from typing import Any, NamedTuple

from zos_monitor.model.runs import RunSlice, RunSummary
from zos_monitor.model.states import RunState
from zos_monitor.model.text import one_line, to_ascii
from zos_monitor.tui.arrangement import Pane, arrange
from zos_monitor.tui.cells import GAP, fit
from zos_monitor.tui.glyphs import ASCII
from zos_monitor.tui.run_columns import COLUMNS, Setting, pieces, titles
from zos_monitor.tui.terminal_kinds import Colours, colours

ENTER = "\x1b[?1049h"
_HIDE_CURSOR = "\x1b[?25l"
_LEAVE = "\x1b[0m\x1b[?1049l\x1b[?25h"
_HOME = "\x1b[H"

_BEFORE = 2  # lines above the list: the status line and the filter
_SHARE = 56  # per cent of a wide terminal's columns, which the list has beside the detail
_BESIDE = 3  # columns of the list that no row fills: its border and its scroll bar
_BELOW = 2 + 3  # lines kept free below: the list's border and the keys, and layers without rows

_RESET = "\x1b[0m"
_GROUND = "\x1b[38;5;253;48;5;234m"
_COLOURS = {
    "table--dim": "38;5;246",
    f"run--{RunState.RUNNING}": "38;5;80",
    f"run--{RunState.STALLED}": "38;5;170",
    f"run--{RunState.INTERRUPTED}": "38;5;133",
    f"run--{RunState.SUCCESS}": "38;5;78",
    f"run--{RunState.PARTIAL}": "38;5;185",
    f"run--{RunState.FAILED}": "38;5;204",
    f"run--{RunState.DRY}": "38;5;246",
}
"""The likest of the 256 colours to those that the theme has."""


class FirstAnswer(NamedTuple):
    """The newest runs, and the present in which they were asked for."""

    runs: RunSlice
    at: datetime


class Look(NamedTuple):
    """What the first rows depend on besides the runs: the room, and what stands above them."""

    width: int
    height: int
    path: str
    filter_text: str
    colours: bool


def has_colours(environ: Mapping[str, str]) -> bool:
    """Tell whether a terminal is known to have 256 colours, and may show them."""
    return not environ.get("NO_COLOR") and colours(environ) in (Colours.MANY, Colours.ALL)


def draw(runs: tuple[RunSummary, ...], setting: Setting, look: Look) -> str:
    """Return what draws the runs, the newest first, on an empty screen; empty without room."""
    panes = arrange(look.width, look.height, pane=Pane.RUNS, zoomed=False).panes
    if Pane.RUNS not in panes:
        return ""
    width = look.width * _SHARE // 100 if Pane.DETAIL in panes else look.width
    ground = _GROUND if look.colours else _RESET
    lines = list(_lines(runs[: max(0, look.height - _BEFORE - 2 - _BELOW)], setting, look, width))
    if setting.glyphs is ASCII:
        lines = [to_ascii(line) for line in lines]
    placed = (f"\x1b[{y};1H{line}" for y, line in enumerate(lines, start=1) if line)
    text = "".join(placed).replace(_RESET, ground)
    return f"{ground}\x1b[2J{text}{_RESET}{_HOME}"


def _lines(runs: tuple[RunSummary, ...], setting: Setting, look: Look, width: int) -> Iterator[str]:
    more = setting.glyphs.ellipsis
    yield fit(f" zos  {one_line(look.path)}", look.width, ellipsis=more)
    yield fit(f" / {one_line(look.filter_text)}", look.width, ellipsis=more)
    yield f"╭─ Runs {'─' * (width - 9)}╮"
    gap, room, edge = " " * GAP, width - _BESIDE, f"\x1b[{width}G│"
    yield f"│\x1b[1m{gap.join(titles(COLUMNS, room))}{_RESET}{edge}"
    for run in runs:
        said = pieces(COLUMNS, room, run, setting)
        texts = (_styled(text, style) if look.colours else text for text, style in said)
        yield f"│{gap.join(texts)}{edge}"


def _styled(text: str, style: str) -> str:
    colour = _COLOURS.get(style)
    return f"\x1b[{colour}m{text}{_RESET}" if colour else text


class FirstRows:
    """The first answer, and the terminal that shows it until a driver takes that over.

    If none does, the terminal is given back as it was, whatever happened.
    """

    def __init__(self) -> None:
        self.answer: FirstAnswer | None = None
        self._output = sys.__stderr__
        self._input = sys.__stdin__
        self._modes: list[Any] | None = None  # those to go back to, while the rows are shown

    def __enter__(self) -> FirstRows:
        return self

    def show(self, text: str) -> None:
        """Switch to the alternate screen and write a text there, if the terminal takes it."""
        if not text or self._output is None or self._input is None:
            return
        if not select.select([], [self._output.fileno()], [], 0)[1]:
            return  # it doesn't read at present: the driver has the means to wait for it
        try:
            modes = termios.tcgetattr(self._input.fileno())
            termios.tcsetattr(self._input.fileno(), termios.TCSANOW, _for_keys(modes))
        except termios.error:
            return
        self._modes = modes
        self._write(f"{ENTER}{_HIDE_CURSOR}{text}")

    def hand_over(self) -> bool:
        """Leave the terminal to a driver; tell whether its alternate screen is shown already."""
        if self._modes is None or self._input is None:
            return False
        with suppress(termios.error):
            termios.tcsetattr(self._input.fileno(), termios.TCSANOW, self._modes)
        self._modes = None
        return True

    def leave(self) -> None:
        """Give the terminal back, unless a driver has it."""
        if self.hand_over():
            self._write(_LEAVE)

    def _write(self, text: str) -> None:
        assert self._output is not None
        data = text.encode(self._output.encoding, "replace")
        with suppress(OSError):  # it has gone: the driver will notice
            while data:
                data = data[os.write(self._output.fileno(), data) :]

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.leave()


def _for_keys(modes: list[Any]) -> list[Any]:
    """Return modes in which keys wait as they were typed, and show nothing by themselves.

    They are those that Textual sets. Without them Ctrl+S would hold the screen, Ctrl+Q be lost.
    """
    changed = modes[:]
    changed[tty.IFLAG] &= ~(
        termios.IXON | termios.IXOFF | termios.ICRNL | termios.INLCR | termios.IGNCR
    )
    changed[tty.LFLAG] &= ~(termios.ECHO | termios.ICANON | termios.IEXTEN | termios.ISIG)
    changed[tty.CC] = [*modes[tty.CC]]
    changed[tty.CC][termios.VMIN] = 1
    return changed
