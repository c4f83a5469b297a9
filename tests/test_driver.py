"""The quiet driver in the real program: it begins, waits, stops and leaves as Textual's does."""

from __future__ import annotations

import fcntl
import os
import pty
import signal
import termios
from array import array
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from tests.demo.waiting import wait_for
from tests.screens import TerminalScreen, differences
from tests.terminals import Terminal
from zos_monitor.demo.writer import ZosWriter

Open = Callable[..., Terminal]
HUNG_UP = 128 + signal.SIGHUP
NAMES = ["nightly-quiet", "夜の振り返り", "été-жизнь", "한국어"]


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "zos.db"
    with ZosWriter(path) as writer:
        for name in NAMES * 3:
            writer.raw_run(layer_name=name)
    return path


def shows(terminal: Terminal, *words: str) -> bool:
    screen = "\n".join(terminal.screen.lines)
    return all(word in screen for word in words)


def is_there(terminal: Terminal) -> bool:
    return shows(terminal, "Completed", "all layers")


@pytest.fixture
def opened(database: Path, tmp_path: Path) -> Iterator[Open]:
    """Return what opens the dashboard and, where told, waits until it is there."""
    terminals: list[Terminal] = []

    def open_one(
        *options: str,
        environ: Mapping[str, str] | None = None,
        keys: int | None = None,
        wait: bool = True,
    ) -> Terminal:
        terminal = Terminal(
            "--db", str(database), *options, folder=tmp_path, environ=environ, keys=keys
        )
        terminals.append(terminal)
        if wait:
            terminal.until(lambda: is_there(terminal))
        return terminal

    yield open_one
    for terminal in terminals:
        terminal.close()


def cursor_row(terminal: Terminal) -> int:
    """Return the list's row that is set off by its ground."""
    grounds = [terminal.screen.cell(row, 1).bg for row in range(4, 14)]
    return next((n for n, ground in enumerate(grounds) if grounds.count(ground) == 1), -1)


@pytest.mark.parametrize("option", [(), ("--plain-driver",)])
def test_it_moves_and_leaves_the_terminal_as_it_was(opened: Open, option: tuple[str, ...]) -> None:
    terminal = opened(*option)
    terminal.until(lambda: cursor_row(terminal) == 0)
    terminal.type(b"jj")
    terminal.until(lambda: cursor_row(terminal) == 2)
    terminal.type(b"q")
    assert terminal.end() == 0
    assert terminal.as_it_was
    assert b"Traceback" not in terminal.written


def rest(terminal: Terminal) -> None:
    """Read until nothing comes any more for a while."""
    while terminal.read(0.5):
        pass


def test_the_plain_driver_writes_what_is_there_already(opened: Open) -> None:
    sizes = []
    for options in ((), ("--plain-driver",)):
        terminal = opened(*options)
        terminal.until(lambda terminal=terminal: cursor_row(terminal) == 0)  # type: ignore[misc]
        rest(terminal)  # what surrounds the list comes last
        before = len(terminal.written)
        terminal.type(b"jk" * 5 + b"j")
        terminal.until(lambda terminal=terminal: cursor_row(terminal) == 1)  # type: ignore[misc]
        rest(terminal)
        sizes.append(len(terminal.written) - before)
    assert sizes[0] < 0.6 * sizes[1]


@pytest.mark.parametrize(
    "environ",
    [
        {"COLORTERM": "truecolor"},
        {"NO_COLOR": "1"},
        {"TERM": "screen"},
        {"LANG": "C", "LC_ALL": "C"},
        {"LC_ALL": "POSIX", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    ],
    ids=lambda environ: " ".join(environ.values()),
)
def test_a_terminal_shows_what_it_would_by_the_plain_driver(
    opened: Open, environ: Mapping[str, str]
) -> None:
    quiet = opened(environ=environ, wait=False)
    plain = opened("--plain-driver", environ=environ)
    quiet.until(lambda: is_there(quiet))

    def same() -> bool:
        plain.read(0)
        return not differences(quiet.screen, plain.screen)

    quiet.until(same)
    for key, is_open in ((b"j", False), (b"?", True), (b"\x1b", False), (b"L", False)):
        for terminal in (quiet, plain):
            terminal.type(key)
        plain.until(lambda is_open=is_open: shows(plain, "Edit the filter") is is_open)  # type: ignore[misc]
        quiet.until(same)


def test_the_end_of_the_keys_ends_the_program(opened: Open) -> None:
    ours, theirs = pty.openpty()
    terminal = opened(keys=theirs)
    os.close(theirs)
    os.close(ours)
    assert terminal.end() == HUNG_UP
    assert b"Traceback" not in terminal.written
    assert b"\x1b[?1049l" in terminal.written


def test_a_terminal_that_has_gone_ends_the_program(opened: Open) -> None:
    terminal = opened()
    terminal.hang_up()
    assert terminal.process.wait(timeout=10) == HUNG_UP


def test_a_terminal_that_reads_no_more_keeps_nobody(opened: Open) -> None:
    terminal = opened()
    terminal.type(b"r" * 200)  # each is answered by a whole screen, and nobody reads them
    wait_for(lambda: waiting_to_be_read(terminal) >= 4000)
    terminal.process.send_signal(signal.SIGTERM)
    assert terminal.process.wait(timeout=15) == 128 + signal.SIGTERM


def waiting_to_be_read(terminal: Terminal) -> int:
    number = array("i", [0])
    fcntl.ioctl(terminal.ours, termios.FIONREAD, number)
    return number[0]


def is_stopped(terminal: Terminal) -> bool:
    number, status = os.waitpid(terminal.process.pid, os.WUNTRACED | os.WNOHANG)
    return number != 0 and os.WIFSTOPPED(status)


@pytest.mark.parametrize("number", [signal.SIGTSTP, signal.SIGSTOP])
def test_it_goes_on_after_a_stop(opened: Open, number: int) -> None:
    terminal = opened()
    terminal.until(lambda: cursor_row(terminal) == 0)
    terminal.process.send_signal(number)
    terminal.until(lambda: is_stopped(terminal))
    terminal.read()
    assert terminal.as_it_was or number == signal.SIGSTOP
    before = len(terminal.written)

    def is_whole() -> bool:
        anew = TerminalScreen(120, 40)
        anew.feed(terminal.written[before:].decode(errors="ignore"))
        return not differences(anew, terminal.screen)

    terminal.process.send_signal(signal.SIGCONT)
    terminal.until(is_whole)
    terminal.type(b"j")
    terminal.until(lambda: cursor_row(terminal) == 1)
    terminal.type(b"j")  # read by one thread alone
    terminal.until(lambda: cursor_row(terminal) == 2)
    terminal.type(b"q")
    assert terminal.end() == 0
    assert terminal.as_it_was
