"""What a terminal shows, and how to find runs on it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import pyte

from tests.bench.runs import Run

COLUMNS, LINES = 120, 40
_HOLD, _RELEASE = b"\x1b[?2026h", b"\x1b[?2026l"
_ERRORS = re.compile(r"\d+ errors? of \d+ causes?")  # what the pane says first of them
_TOP = r"[╭┌]─*\s*{}\b[^╮┐]*[╮┐]"


class Row(NamedTuple):
    """A row of a list."""

    text: str
    lit: bool
    """Whether the cursor is on it."""


class Screen:
    """A terminal's screen of 120×40, fed with what a program writes."""

    def __init__(self) -> None:
        self._screen = pyte.Screen(COLUMNS, LINES)
        self._stream = pyte.ByteStream(self._screen)
        self._tail = b""
        self._lines: list[str] | None = None
        self.complete = True
        """Whether the terminal would show it: not while a frame is being held back."""

    def __str__(self) -> str:
        return "\n".join(line.rstrip() for line in self.lines)

    def feed(self, data: bytes) -> None:
        """Draw what a program has written."""
        self._stream.feed(data)
        self._lines = None
        seen = self._tail + data
        hold, release = seen.rfind(_HOLD), seen.rfind(_RELEASE)
        if hold != release:
            self.complete = release > hold
        self._tail = seen[1 - len(_HOLD) :]

    @property
    def lines(self) -> list[str]:
        """The text of each line."""
        if self._lines is None:
            self._lines = list(self._screen.display)
        return self._lines

    def has(self, text: str) -> bool:
        """Tell whether one of the lines holds a text."""
        return any(text in line for line in self.lines)

    def rows(self, title: str = "Runs") -> list[Row]:
        """Return the rows of a list by how its title begins, without its heading.

        There are none where no such list is shown.
        """
        begins = re.compile(_TOP.format(re.escape(title)))
        boxes = ((y, begins.search(line)) for y, line in enumerate(self.lines))
        top, box = next(((y, box) for y, box in boxes if box is not None), (0, None))
        if box is None:
            return []
        left, right = box.start(), box.end()
        found: list[tuple[str, str]] = []
        for y in range(top + 2, LINES):
            text = self.lines[y][left + 1 : right - 1]
            if self.lines[y][left] in "╰└":
                break
            cell = self._screen.buffer[y][left + 2]
            found.append((text, f"{cell.bg} {cell.reverse}"))
        grounds = Counter(ground for _, ground in found)
        # The cursor's row is the only one on its ground.
        return [Row(text, grounds[ground] == 1 < len(found)) for text, ground in found]

    def lists(self, runs: Sequence[Run]) -> bool:
        """Tell whether the list begins with just these runs, and ends with them if they are few."""
        rows = [row.text for row in self.rows()]
        if not rows or not runs:
            return False
        shown = all(run.is_in(row) for run, row in zip(runs, rows, strict=False))
        return shown and not any(row.strip() for row in rows[len(runs) :])

    def is_on(self, run: Run) -> bool:
        """Tell whether both the list's cursor and the pane beside it are on a run.

        The pane names the run, or where that has errors, tells these.
        """
        lit = [row.text for row in self.rows() if row.lit]
        told = self.has(run.id) or any(_ERRORS.search(line) for line in self.lines)
        return told and len(lit) == 1 and run.is_in(lit[0])
