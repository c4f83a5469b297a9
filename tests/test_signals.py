"""Leaving in order on a real terminal: by a key, by signals, and when we are killed."""

from __future__ import annotations

import os
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.demo.waiting import wait_for
from tests.terminals import Terminal
from zos_monitor.demo.writer import ZosWriter


@pytest.fixture
def dashboard(tmp_path: Path) -> Iterator[Terminal]:
    with ZosWriter(tmp_path / "zos.db") as writer:
        writer.raw_run(layer_name="nightly-quiet")
    terminal = Terminal("--db", str(tmp_path / "zos.db"), folder=tmp_path)
    terminal.read_until(b"nightly-quiet")
    yield terminal
    terminal.close()


@pytest.fixture
def demo() -> Iterator[tuple[Terminal, Path]]:
    with tempfile.TemporaryDirectory() as folder:
        terminal = Terminal("demo", "--nights", "2", folder=Path(folder))
        terminal.read_until(b"running")
        assert os.listdir(folder) != []
        yield terminal, Path(folder)
        terminal.close()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_leaves_the_terminal_as_it_was(dashboard: Terminal, number: int) -> None:
    dashboard.process.send_signal(number)
    assert dashboard.end() == 128 + number
    assert dashboard.as_it_was
    assert b"Traceback" not in dashboard.written


@pytest.mark.parametrize("keys", [b"q", b"qs", b"ql", b"q?", b"\x11"])
def test_keys_that_come_behind_the_one_that_quits_do_nothing(
    dashboard: Terminal, keys: bytes
) -> None:
    os.write(dashboard.ours, keys)
    assert dashboard.end() == 0
    assert b"Traceback" not in dashboard.written


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_the_demo_leaves_no_folder_behind(demo: tuple[Terminal, Path], number: int) -> None:
    terminal, folder = demo
    terminal.process.send_signal(number)
    terminal.end()
    wait_for(lambda: os.listdir(folder) == [])
