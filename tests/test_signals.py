"""Leaving in order on a real terminal: by a key, by signals, and when we are killed."""

from __future__ import annotations

import os
import pty
import select
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.demo.waiting import wait_for
from zos_monitor.demo.writer import ZosWriter

PATIENCE = 20.0
RESTORED = (b"\x1b[?1049l", b"\x1b[?25h")
"""Back from the alternate screen, and the cursor visible."""


class Terminal:
    """A process on a terminal of its own, and all that it has written there."""

    def __init__(self, *arguments: str, folder: Path) -> None:
        self.ours, theirs = pty.openpty()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "zos_monitor", *arguments],
            env=os.environ | {"TERM": "xterm-256color", "TMPDIR": str(folder)},
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
        )
        os.close(theirs)
        self.written = b""

    def read_until(self, text: bytes) -> None:
        deadline = time.monotonic() + PATIENCE
        while text not in self.written:
            assert time.monotonic() < deadline, self.written[-2000:]
            assert self.read() or self.process.poll() is None, self.written[-2000:]

    def read(self) -> bool:
        """Take in what has been written, and tell whether there was anything."""
        if not select.select([self.ours], [], [], 0.1)[0]:
            return False
        try:
            some = os.read(self.ours, 65536)
        except OSError:  # the terminal has no other end any more
            return False
        self.written += some
        return bool(some)

    def end(self) -> int:
        """Read to the end and return the exit status."""
        wait_for(lambda: not self.read() and self.process.poll() is not None)
        return self.process.returncode

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self.ours)


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
    assert all(sequence in dashboard.written for sequence in RESTORED)
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
