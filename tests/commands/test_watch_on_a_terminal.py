"""``watch`` on a terminal: bars, and what they leave behind."""

from __future__ import annotations

from pathlib import Path

import pyte
import pytest

from tests.commands.following import INSIGHT, LAYER, end
from tests.conftest import ZosProcess
from tests.terminals import Terminal
from zos_monitor.demo.writer import ZosWriter


def shown(terminal: Terminal, columns: int, rows: int) -> list[str]:
    """Return the lines that the terminal shows, without those that are empty."""
    screen = pyte.Screen(columns, rows)
    pyte.Stream(screen).feed(terminal.written.decode())
    return [line.rstrip() for line in screen.display if line.strip()]


@pytest.mark.parametrize(("arguments", "full"), [((), "█"), (("--ascii",), "#")])
def test_a_bar_on_a_terminal(
    live: ZosProcess, path: Path, tmp_path: Path, arguments: tuple[str, ...], full: str
) -> None:
    environ = {"LC_ALL": "C.UTF-8"}
    terminal = Terminal(
        *(*arguments, "--db", str(path), "watch"), folder=tmp_path, size=(80, 10), environ=environ
    )
    try:
        terminal.read_until(b"0/2")
        live.do(INSIGHT)
        terminal.read_until(b"1/2")
        [bar] = shown(terminal, 80, 10)
        assert bar.startswith(LAYER)
        assert full in bar
        assert bar.isascii() == (full == "#")
        written = len(terminal.written)
        assert not terminal.read(1.0), terminal.written[written:]
        live.do(end("failed"))
        assert terminal.end() == 1
        [line] = shown(terminal, 80, 10)
        assert f"{LAYER}  failed  1/2" in line
        assert b"\x1b[31mfailed\x1b[0m" in terminal.written
        assert b"\x1b[?" not in terminal.written  # the cursor stays, and so do modes
    finally:
        terminal.close()


def test_without_colour_and_on_a_dumb_terminal(path: Path, tmp_path: Path) -> None:
    with ZosWriter(path) as zos:
        zos.raw_run(id="bad", status="failed")
    for environ in ({"NO_COLOR": "1"}, {"TERM": "dumb"}):
        terminal = Terminal("--db", str(path), "watch", "bad", folder=tmp_path, environ=environ)
        try:
            assert terminal.end() == 1
            assert b"\x1b[3" not in terminal.written
            assert b"failed" in terminal.written
        finally:
            terminal.close()


def test_ctrl_c_on_a_terminal_leaves_the_bar_above_the_prompt(
    live: ZosProcess, path: Path, tmp_path: Path
) -> None:
    terminal = Terminal("--db", str(path), "watch", folder=tmp_path, size=(80, 10))
    try:
        terminal.read_until(b"0/2")
        terminal.process.send_signal(2)
        assert terminal.end() == 130
        assert terminal.written.endswith(b"\n")
        assert b"Traceback" not in terminal.written
    finally:
        terminal.close()
