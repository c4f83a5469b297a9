"""Opening the dashboard on a real terminal: the newest runs are there before Textual is."""

from __future__ import annotations

import os
import signal
import sqlite3
import termios
import tty
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.screens import TerminalScreen
from tests.terminals import Terminal
from zos_monitor.demo.writer import ZosWriter

MOUSE = b"\x1b[?1000h"
"""What a driver of Textual's sends first when it has the alternate screen."""
ENTER = b"\x1b[?1049h"
LONG_AGO = datetime(2020, 5, 1, 3, tzinfo=UTC)  # its date stays what it is, whatever the time
BROKEN = "import sys; sys.modules['textual.app'] = None; from zos_monitor.cli import main; main()"
Open = Callable[..., Terminal]


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "zos.db"
    with ZosWriter(path) as writer:
        for number in range(60):
            start = LONG_AGO - timedelta(hours=number)
            writer.raw_run(
                id=f"run-{number:02}", layer_name=f"nightly-{number:02}", started_at=start
            )
    return path


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Open]:
    terminals: list[Terminal] = []

    def open_(*arguments: object, **options: object) -> Terminal:
        words = [str(argument) for argument in arguments]
        terminals.append(Terminal(*words, folder=tmp_path, **options))  # type: ignore[arg-type]
        return terminals[-1]

    yield open_
    for terminal in terminals:
        terminal.close()


def lines(written: bytes, width: int, height: int) -> list[str]:
    screen = TerminalScreen(width, height)
    screen.feed(written.decode())
    return screen.lines


@pytest.mark.parametrize(
    ("size", "flags"),
    [
        *((size, ()) for size in ((120, 40), (100, 30), (201, 61), (80, 24), (60, 15))),
        *((size, ("--ascii",)) for size in ((120, 40), (60, 15))),
    ],
)
def test_the_first_rows_stand_where_the_app_draws_them(
    opened: Open, database: Path, size: tuple[int, int], flags: tuple[str, ...]
) -> None:
    terminal = opened("--db", database, *flags, size=size)
    terminal.read_until(b"60 of 60")
    early, _, _ = terminal.written.partition(MOUSE)
    while terminal.read():
        pass
    bottom = "+" if flags else "╰"
    first, last = lines(early, *size), lines(terminal.written, *size)
    rows = next(y for y, line in enumerate(last) if y > 3 and line.startswith(bottom)) - 3
    shown = [line for line in first[3 : 3 + rows] if "nightly-" in line]
    assert len(shown) >= min(rows, size[1] - 10) > 4
    for early_line, line in zip(first[2 : 3 + len(shown)], last[2:], strict=False):
        assert line.startswith(early_line.rstrip("│|╮+ "))
    for late in ("", "60 of 60", "nightly-"):  # they are drawn over, not drawn into
        assert late in "\n".join(last)


def test_the_alternate_screen_is_entered_once_and_left_as_it_was(
    opened: Open, database: Path
) -> None:
    terminal = opened("--db", database)
    terminal.read_until(b"60 of 60")
    os.write(terminal.ours, b"q")
    assert terminal.end() == 0
    assert terminal.written.count(ENTER) == 1
    assert terminal.as_it_was


@pytest.mark.parametrize("keys", [b"q", b"\x11", b"\x13q", b"\x03q", b"\r\x1b[Bjq"])
def test_keys_that_are_typed_at_the_first_rows_are_not_lost(
    opened: Open, database: Path, keys: bytes
) -> None:
    terminal = opened("--db", database)
    terminal.read_until(b"nightly-00")
    assert MOUSE not in terminal.written, "the first rows came too late"
    os.write(terminal.ours, keys)
    assert terminal.end() == 0
    assert terminal.as_it_was
    assert b"Traceback" not in terminal.written


def test_keys_wait_at_the_first_rows_as_they_were_typed(opened: Open, database: Path) -> None:
    terminal = opened("--db", database)
    terminal.read_until(b"nightly-00")
    modes = termios.tcgetattr(terminal.ours)
    assert MOUSE not in terminal.written, "the first rows came too late"
    cooked = termios.ECHO | termios.ICANON | termios.IEXTEN | termios.ISIG
    assert not modes[tty.LFLAG] & cooked
    assert not modes[tty.IFLAG] & (termios.IXON | termios.ICRNL)


def test_keys_that_are_typed_at_the_first_rows_move(opened: Open, database: Path) -> None:
    terminal = opened("--db", database)
    terminal.read_until(b"nightly-00")
    assert MOUSE not in terminal.written, "the first rows came too late"
    os.write(terminal.ours, b"jj")
    terminal.read_until(b"run-02")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_at_the_first_rows_leaves_in_order(
    opened: Open, database: Path, number: int
) -> None:
    terminal = opened("--db", database)
    terminal.read_until(b"nightly-00")
    terminal.process.send_signal(number)
    assert terminal.end() == 128 + number
    assert terminal.as_it_was
    assert b"Traceback" not in terminal.written


def test_what_goes_wrong_after_the_first_rows_is_told_on_the_usual_screen(
    opened: Open, database: Path, noted: Path
) -> None:
    terminal = opened("--db", database, program=("-c", BROKEN))
    assert terminal.end() == 70
    early, left, after = terminal.written.partition(b"\x1b[?1049l")
    assert left
    assert b"nightly-00" in early
    assert b"ModuleNotFoundError" in after
    assert b"Traceback" not in after
    assert len(list(noted.glob("crash-*.txt"))) == 1
    assert terminal.as_it_was


def test_the_plain_driver_gets_a_screen_without_first_rows(opened: Open, database: Path) -> None:
    terminal = opened("--db", database, "--plain-driver")
    terminal.read_until(b"nightly-00")
    early, driver, _ = terminal.written.partition(MOUSE)
    assert driver
    assert b"nightly-00" not in early


def test_a_file_that_is_not_there_is_told_at_once(opened: Open, tmp_path: Path) -> None:
    terminal = opened("--db", tmp_path / "later.db")
    terminal.read_until(b"waiting for the database")
    assert terminal.written.index(MOUSE) < terminal.written.index(b"waiting for the database")


def test_a_locked_file_keeps_the_app_from_nothing(opened: Open, database: Path) -> None:
    with closing(sqlite3.connect(database, isolation_level=None)) as holder:
        holder.execute("PRAGMA journal_mode = DELETE")
        holder.execute("BEGIN EXCLUSIVE")
        terminal = opened("--db", database)
        terminal.read_until(b"database locked")
        assert b"nightly-00" not in terminal.written
        holder.execute("ROLLBACK")
        terminal.read_until(b"nightly-00")
