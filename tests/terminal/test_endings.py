"""Leaving, and not even coming: the terminal is as it was, and the exit status tells why."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.demo.waiting import wait_for
from tests.terminal.lasting import LastingTerminal, Opened
from tests.terminals import PATIENCE, SHORT

INTERRUPTED = """
import builtins, signal
plain = builtins.__import__
def interrupted(name, *rest):
    if name == "zos_monitor.cli":
        signal.raise_signal(signal.SIGINT)
    return plain(name, *rest)
from zos_monitor.starting import main
builtins.__import__ = interrupted
main()
"""
DEAF = """
import signal
signal.signal(signal.SIGHUP, signal.SIG_IGN)  # as nohup has it
from zos_monitor.starting import main
main()
"""
FAULTY = """
import signal
from zos_monitor.tui import driver, line_table, screen_memory
from zos_monitor.starting import main
owner, name = {where}
plain = getattr(owner, name)
def faulty(*arguments):
    if signal.getsignal(signal.SIGUSR1) is signal.SIG_IGN:
        raise RuntimeError
    return plain(*arguments)
signal.signal(signal.SIGUSR1, lambda *_: signal.signal(signal.SIGUSR1, signal.SIG_IGN))
setattr(owner, name, faulty)
main()
"""
"""The program, in a part of which everything fails from SIGUSR1 on."""
CLOSED = ["<&-", ">&-", "2>&-", "</dev/null", ">/dev/null", "2>/dev/full"]


@pytest.mark.parametrize("closed", CLOSED)
def test_without_a_terminal_there_is_one_sentence(closed: str, database: Path) -> None:
    terminal = LastingTerminal(
        *("-c", f'"$0" -m zos_monitor --db "$1" {closed}', sys.executable, str(database)),
        folder=database.parent,
        program=("-c", "import os, sys; os.execvp('sh', ['sh', *sys.argv[1:]])"),
    )
    try:
        assert terminal.end() == 2
        told = "".join(terminal.screen.lines)
        if not closed.startswith("2"):  # else nobody can be told
            assert "zos-monitor: the dashboard needs a terminal, and standard" in told
        assert b"Traceback" not in terminal.written
        assert b"\x1b" not in terminal.written
    finally:
        terminal.close()


def test_ctrl_c_is_heeded_while_the_program_is_being_imported() -> None:
    died = subprocess.run(
        [sys.executable, "-c", INTERRUPTED], capture_output=True, text=True, check=False
    )
    assert died.returncode == -signal.SIGINT  # shells tell of 130 then
    assert died.stderr == ""


@pytest.mark.parametrize(
    "where",
    [
        "screen_memory.ScreenMemory, 'changes'",  # in the thread that writes
        "driver, '_read'",  # in the thread that reads
    ],
)
def test_a_thread_that_fails_leaves_the_terminal_as_it_was(
    opened: Opened, where: str, noted: Path
) -> None:
    terminal = opened(program=("-c", FAULTY.format(where=where)))
    terminal.process.send_signal(signal.SIGUSR1)

    def ended() -> bool:
        terminal.type(b"r")
        terminal.read(SHORT)
        return terminal.process.poll() is not None

    wait_for(ended)
    assert terminal.end() == 70
    assert terminal.is_restored


def test_a_vanished_terminal_is_left_though_hangups_are_ignored(opened: Opened) -> None:
    terminal = opened(program=("-c", DEAF))
    terminal.hang_up()
    assert terminal.process.wait(timeout=PATIENCE) == 128 + signal.SIGHUP
