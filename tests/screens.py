"""Terminals for tests: what is on the screen after what has been sent."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from typing import Any

import pyte
import pyte.screens

_UNKNOWN = re.compile("\x1b\\[[<>=][\\d;]*[a-z]|\x1b\\[\\?[\\d;]*\\$p")
"""What pyte would show as text: Kitty's keyboard protocol, and questions about modes."""
_OFTEN = re.compile("\x1b\\[([\\d;]*)([mH])")
"""Colours and attributes, and where the cursor goes to."""
_UNFINISHED = re.compile("\x1b(?:\\[[0-?]*[ -/]*|\\][^\x07\x1b]*|[ #%()])?\\Z")


def _numbers(sequence: str) -> list[int]:
    return [min(int(number or 0), 9999) for number in sequence.split(";")]


class _Cells(dict[str, pyte.screens.Char]):
    """The cells of one style, by what is in them: making one takes long."""

    def __init__(self, style: pyte.screens.Char) -> None:
        super().__init__()
        self._style = style

    def __missing__(self, character: str) -> pyte.screens.Char:
        self[character] = made = self._style._replace(data=character)
        return made


_cells_of = lru_cache(maxsize=1000)(_Cells)
_STYLES: dict[tuple[pyte.screens.Char, str], pyte.screens.Char] = {}
"""The style that a sequence makes of the one before it, for pyte is slow at reading it."""


class _Halves(pyte.Screen):
    """Leaves no half of a wide character on the screen, as terminals do."""

    def _leaves_whole(self, data: str) -> bool:
        """Tell whether neither the text nor what it is drawn over is wide."""
        line, column = self.buffer[self.cursor.y], self.cursor.x
        end = column + len(data)
        return (
            end < self.columns
            and all([line[place].data for place in range(column, end + 1)])
            and (data.isascii() or all([pyte.screens.wcwidth(one) == 1 for one in data]))
        )

    def draw(self, data: str) -> None:
        """Draw what can be printed."""
        if self._leaves_whole(data):
            line, column = self.buffer[self.cursor.y], self.cursor.x
            cells = _cells_of(self.cursor.attrs)
            for place, character in enumerate(data, column):
                line[place] = cells[character]
            self.cursor.x = column + len(data)
            return
        for character in data:
            line, column = self.buffer[self.cursor.y], self.cursor.x
            if 0 < column < self.columns and line[column].data == "":
                for half in (column - 1, column):
                    line[half] = line[half]._replace(data=" ")
            super().draw(character)
            column = self.cursor.x
            if column < self.columns and line[column].data == "":
                line[column] = line[column]._replace(data=" ")


class TerminalScreen:
    """A terminal's screen; takes what is sent in pieces of any length."""

    def __init__(self, width: int, height: int) -> None:
        self._screen: pyte.Screen = _Halves(width, height)
        self._screen.reset_mode(7, private=True)  # no wrapping, as Textual sets it
        self._stream: Any = pyte.Stream(self._screen)
        self._rest = ""

    def feed(self, text: str) -> None:
        text = self._rest + text
        unfinished = _UNFINISHED.search(text)
        end = unfinished.start() if unfinished else len(text)
        self._rest = text[end:]
        self._take(_UNKNOWN.sub("", text[:end]))

    def _take(self, text: str) -> None:
        """Take whole sequences; most are of two kinds, and pyte is slow at reading them."""
        place = 0
        for found in _OFTEN.finditer(text):
            self._take_rest(text[place : found.start()])
            place = found.end()
            if found[2] == "m":
                self._set_style(found[1])
            else:
                self._screen.cursor_position(*_numbers(found[1]))
        self._take_rest(text[place:])

    def _set_style(self, sequence: str) -> None:
        cursor = self._screen.cursor
        known = _STYLES.get((cursor.attrs, sequence))
        if known is None:
            before = cursor.attrs
            self._screen.select_graphic_rendition(*_numbers(sequence))
            known = _STYLES[before, sequence] = cursor.attrs
        cursor.attrs = known

    def _take_rest(self, text: str) -> None:
        if text.isprintable():
            self._screen.draw(text)
        else:
            self._stream.feed(text)

    def resize(self, width: int, height: int) -> None:
        self._screen.resize(height, width)

    @property
    def cursor(self) -> tuple[int, int]:
        return self._screen.cursor.y, self._screen.cursor.x

    @property
    def lines(self) -> list[str]:
        return ["".join(cell.data for cell in row).rstrip() for row in self.cells()]

    def cell(self, row: int, column: int) -> pyte.screens.Char:
        return self._screen.buffer[row][column]

    def cells(self) -> list[list[pyte.screens.Char]]:
        screen = self._screen
        return [[row[x] for x in range(screen.columns)] for row in self._rows()]

    def _rows(self) -> Iterator[Any]:
        return (self._screen.buffer[y] for y in range(self._screen.lines))


def differences(one: TerminalScreen, other: TerminalScreen) -> list[str]:
    """Return what differs: cells with colours and attributes, and where the cursor stands."""
    cells = (
        f"{row},{column}: {ours!r} is not {theirs!r}"
        for row, (line, other_line) in enumerate(zip(one.cells(), other.cells(), strict=True))
        if line != other_line
        for column, (ours, theirs) in enumerate(zip(line, other_line, strict=True))
        if ours != theirs
    )
    found = list(islice(cells, 5))
    if one.cursor != other.cursor:
        found.append(f"cursor: {one.cursor} is not {other.cursor}")
    return found[:5]
