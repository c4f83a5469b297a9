"""All that may happen to a terminal in weeks, to one dashboard: opening one takes long."""

from __future__ import annotations

import random
import signal
import time
from pathlib import Path

from tests.demo.waiting import wait_for
from tests.screens import TerminalScreen
from tests.terminal.lasting import OVER, LastingTerminal, Opened, busy, works
from zos_monitor.demo.writer import ZosWriter

SIZE = (120, 40)
LATE = (
    b"\x1b[12;40R\x1b[?64;1;2c\x1b[>1;4000;0c\x1b[?2026;2$y\x1b]11;rgb:0000/0000/0000\x1b\\\x1b[I"
)
"""What terminals answer to questions that somebody has asked."""
GARBAGE = "\x1b[1;1H\x1b[0mWrite failed: Broken pipe\x1b[20;30H\x1b[41mWall message\x1b[K\x1b[0m"


def storm(terminal: LastingTerminal, seed: int, count: int) -> None:
    """Change the size many times, down to next to nothing."""
    chance = random.Random(seed)
    for _ in range(count):
        any_size = chance.randint(1, 200), chance.randint(1, 60)
        terminal.resize(*chance.choice([(1, 1), (0, 0), (59, 15), (60, 15), (200, 1), any_size]))
        terminal.read(0)
    terminal.resize(58, 14)
    terminal.anew(58, 14)
    terminal.shows("zos-monitor needs 60 columns and 15 lines")
    terminal.resize(*SIZE)
    terminal.anew(*SIZE)


def test_one_dashboard_outlives_it_all(opened: Opened, database: Path) -> None:
    """Go through one thing after another, each of which ends with the screen as it was."""
    terminal = opened()
    plain = terminal.still()
    what_is_open_outlives_any_size(terminal, plain)
    the_screen_is_like_one_opened_at_that_size(terminal, plain, opened)
    what_is_typed_and_answered_goes_where_it_belongs(terminal, plain)
    what_was_lost_is_drawn_again(terminal, plain)
    stall(terminal, database)
    leave(terminal, signal.SIGQUIT)


def leave(terminal: LastingTerminal, number: signal.Signals) -> None:
    """End by a signal, which leaves the terminal as it was."""
    terminal.process.send_signal(number)
    assert terminal.end() == 128 + number
    assert terminal.is_restored
    assert b"Traceback" not in terminal.written


def what_is_open_outlives_any_size(terminal: LastingTerminal, plain: TerminalScreen) -> None:
    for number, (key, words) in enumerate(OVER.items()):
        terminal.type(key)
        terminal.shows(words)
        before = terminal.still()
        storm(terminal, number, 4)
        terminal.same_as(before)
        terminal.type(b"\x1b")
        terminal.same_as(plain)


def the_screen_is_like_one_opened_at_that_size(
    terminal: LastingTerminal, plain: TerminalScreen, opened: Opened
) -> None:
    narrow = opened(size=(80, 24), wait=False)
    narrow.anew(80, 24)
    narrow.shows("60 of 60", "last 7 days: 0 runs")
    terminal.resize(80, 24)
    terminal.anew(80, 24)
    terminal.same_as(narrow.still())
    leave(narrow, signal.SIGINT)
    terminal.resize(*SIZE)
    terminal.anew(*SIZE)
    terminal.same_as(plain)


def what_is_typed_and_answered_goes_where_it_belongs(
    terminal: LastingTerminal, plain: TerminalScreen
) -> None:
    def filter_is(text: str) -> bool:
        return terminal.screen.lines[1].removeprefix(" / ").split("  ")[0].strip() == text

    terminal.type(b"/layer:dm-response")  # in one piece
    terminal.until(lambda: filter_is("layer:dm-response"))
    terminal.shows("20 of 60")
    terminal.type(LATE + b"\x1b[<35;999;999M\x1b[<64;5;9M")
    terminal.type(b"\x15id:run-0\r")  # the line anew, and left
    terminal.shows("10 of 60")
    assert filter_is("id:run-0")
    terminal.type(b"jjc")
    terminal.shows("60 of 60")
    terminal.type(b"g")
    terminal.same_as(plain)

    terminal.type(b"/\xff\xc3")
    terminal.until(lambda: filter_is("\ufffd"))
    terminal.type(b"\xa9")  # the other half of a letter
    terminal.until(lambda: filter_is("\ufffdé"))
    terminal.send(b"\x15\x1b[200~" + b"Ada Bram " * 116_600 + b"\x1b[201~")
    terminal.until(lambda: "Ada Bram" in terminal.screen.lines[1])
    terminal.type(b"\x15")
    terminal.until(lambda: filter_is("all runs"))
    terminal.type(b"\r")
    terminal.send(b"jk" * 1_000 + b"\x1b[<35;5;5M" * 300 + b"/layer:weekly-*\r")
    terminal.until(lambda: filter_is("layer:weekly-*"))
    terminal.type(b"c")
    terminal.same_as(plain)


def what_was_lost_is_drawn_again(terminal: LastingTerminal, plain: TerminalScreen) -> None:
    terminal.put(GARBAGE)
    assert terminal.screen.lines[0] != plain.lines[0]
    terminal.type(b"r")
    terminal.same_as(plain)


def stall(terminal: LastingTerminal, database: Path) -> None:
    """Read nothing for a while in which zos commits and keys are typed, and then all at once."""
    pid = terminal.process.pid
    before, memory = len(terminal.written), resident(pid)
    with ZosWriter(database) as writer:
        for number in range(60):
            writer.raw_run(id=f"late-{number:03}", layer_name="nightly-late")
            terminal.type(b"rjk"[number % 3 : number % 3 + 1])
    terminal.type(b"/id:late-059\r")
    wait_for(lambda: rests(pid))
    assert resident(pid) - memory < 20_000
    terminal.shows("1 of 120")
    assert len(terminal.written) - before < 200_000, "old frames came first"


def rests(pid: int) -> bool:
    """Tell whether a process has nothing to do; where that can't be seen, after a while."""
    before = busy(pid)
    time.sleep(0.3)
    return busy(pid) == before and not works(pid)


def resident(pid: int) -> int:
    """Return the memory in use, in kB; 0 where that can't be seen."""
    if not (status := Path(f"/proc/{pid}/status")).exists():
        return 0
    return int(status.read_text().partition("VmRSS:")[2].split()[0])
