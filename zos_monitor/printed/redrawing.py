"""Lines at the bottom of a terminal's text that are written anew where they change."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from zos_monitor.model.text import cells

_CLEAR_BELOW = "\x1b[J"


class Redrawing:
    """Keeps some lines last, below all that is printed for good.

    ``write`` takes text for a terminal, ``size`` tells its columns and rows. The cursor stands
    below the lines, so that whatever ends the program leaves the terminal in order.
    """

    def __init__(self, write: Callable[[str], None], size: Callable[[], tuple[int, int]]) -> None:
        self._write = write
        self._size = size
        self._shown: tuple[str, ...] = ()

    def show(self, lasting: Sequence[str], lines: Sequence[str]) -> None:
        """Print lines for good, and below them those that may be replaced; nothing if none differ.

        All of them are safe to print. ``lines`` are no wider than the terminal.
        """
        columns, rows = self._size()
        room = max(rows - 2, 1)
        if len(lines) > room:
            lines = [*lines[: room - 1], f"and {len(lines) - room + 1:,} more"]
        lines = tuple(lines)
        if not lasting and lines == self._shown:
            return
        # Where the terminal has become narrower meanwhile, it has wrapped what stands there.
        taken = sum(max(1, -(-cells(line) // max(columns, 1))) for line in self._shown)
        up = f"\x1b[{taken}A\r{_CLEAR_BELOW}" if taken else ""
        self._write(up + "".join(f"{line}\n" for line in (*lasting, *lines)))
        self._shown = lines
