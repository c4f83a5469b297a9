"""A pen on a terminal: what to send so that it moves and writes, in as few bytes as known."""

from __future__ import annotations

from zos_monitor.tui.screen_styles import PLAIN, switch


class Pen:
    """Collects what to send; knows where the terminal's cursor is and which style holds.

    Rows and columns count from 0 and are None where they are not known. Where the cursor stands
    behind the last column is not known either, but from there all moves are to an edge or a cell.
    """

    def __init__(self) -> None:
        self._row: int | None = None
        self._column: int | None = None
        self._style: str | None = None
        self._sent: list[str] = []

    def take(self) -> str:
        """Return what has been collected, and collect anew."""
        sent = "".join(self._sent)
        self._sent.clear()
        return sent

    def wear(self, style: str) -> None:
        """Write in this style from now on."""
        if style != self._style:
            self._sent.append(switch(self._style, style))
            self._style = style

    def rest(self) -> None:
        """Leave the terminal in its plain style where something was written in another."""
        if self._style is not None:
            self.wear(PLAIN)

    def write(self, text: str, cells: int, *, sure: bool = True) -> None:
        """Write text that fills so many cells; ``sure`` if all terminals agree about that."""
        self._sent.append(text)
        if not sure:
            self._column = None
        elif self._column is not None:
            self._column += cells

    def move(self, row: int, column: int) -> None:
        """Move to a cell by the shortest of the ways that are sure."""
        if row == self._row:
            if column == self._column:
                return
            self._sent.append(_along(self._column, column))
        elif self._row is not None and row > self._row and column == self._column:
            self._sent.append(
                _by(row - self._row, "B") if column or row > self._row + 1 else "\r\n"
            )
        elif self._row is not None and row == self._row + 1:
            self._sent.append("\r\n" + _by(column, "C"))
        else:
            self._sent.append(_to(row, column))
        self._row, self._column = row, column


def _along(old: int | None, new: int) -> str:
    """Return the way to another column of the same line."""
    if new == 0:
        return "\r"
    if old is not None and new > old:
        return _by(new - old, "C")
    return f"\x1b[{new + 1}G"


def _to(row: int, column: int) -> str:
    return f"\x1b[{row + 1 if row else ''}{f';{column + 1}' if column else ''}H"


def _by(count: int, way: str) -> str:
    if count > 1:
        return f"\x1b[{count}{way}"
    return f"\x1b[{way}" if count else ""
