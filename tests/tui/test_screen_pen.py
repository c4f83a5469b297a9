from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.screens import TerminalScreen
from zos_monitor.tui.screen_pen import Pen

WIDTH, HEIGHT = 120, 40
places = st.tuples(st.integers(0, HEIGHT - 1), st.integers(0, WIDTH - 1))


def at(pen: Pen, place: tuple[int, int]) -> str:
    pen.move(*place)
    return pen.take()


def ways(old: tuple[int, int], new: tuple[int, int]) -> list[str]:
    """Return every way that the pen may take between two cells."""
    (row, column), (new_row, new_column) = old, new
    found = [f"\x1b[{new_row + 1};{new_column + 1}H"]
    if new_column == 0:
        found.append(f"\x1b[{new_row + 1}H")
    if row == new_row:
        found.append(f"\x1b[{new_column + 1}G")
        found.append("\r" + f"\x1b[{new_column}C" * (new_column > 0))
        found.append(f"\x1b[{new_column - column}C")
    if row < new_row and column == new_column:
        found.append(f"\x1b[{new_row - row}B")
    if new_row == row + 1:
        found.append("\r\n" + f"\x1b[{new_column}C" * (new_column > 0))
    return found


def lands(sent: str, place: tuple[int, int]) -> bool:
    screen = TerminalScreen(WIDTH, HEIGHT)
    screen.feed(sent)
    return screen.cursor == place


@given(places, places)
def test_a_move_leads_to_the_cell(old: tuple[int, int], new: tuple[int, int]) -> None:
    pen = Pen()
    assert lands(at(pen, old) + at(pen, new), new)


@given(places, places)
def test_no_other_way_is_shorter(old: tuple[int, int], new: tuple[int, int]) -> None:
    pen = Pen()
    first, move = at(pen, old), at(pen, new)
    good = [way for way in ways(old, new) if lands(first + way, new)]
    assert len(move) <= min(map(len, good))


@given(places, places)
def test_behind_a_doubtful_character_only_the_line_is_known(
    old: tuple[int, int], new: tuple[int, int]
) -> None:
    pen = Pen()
    first = at(pen, old)
    pen.write("…", 1, sure=False)
    first += pen.take()
    move = at(pen, new)
    assert lands(f"{first}{move}", new)
    assert lands(f"{first}xx{move}", new)


def test_a_pen_that_stays_sends_nothing() -> None:
    pen = Pen()
    pen.move(3, 4)
    pen.wear("31")
    pen.write("ab", 2)
    assert pen.take() == "\x1b[4;5H\x1b[0;31mab"
    pen.move(3, 6)
    pen.wear("31")
    assert pen.take() == ""


def test_a_pen_rests_only_when_it_has_written() -> None:
    pen = Pen()
    pen.rest()
    assert pen.take() == ""
    pen.wear("31")
    pen.rest()
    pen.rest()
    assert pen.take() == "\x1b[0;31m\x1b[m"


@given(places)
def test_the_cursor_stays_at_the_margin(new: tuple[int, int]) -> None:
    pen = Pen()
    pen.move(7, WIDTH - 2)
    pen.write("ab", 2)
    assert lands(pen.take() + at(pen, new), new)
