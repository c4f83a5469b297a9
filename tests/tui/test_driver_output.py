"""The thread that writes to the terminal, with a pipe in the terminal's place."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from typing import TextIO

import pytest

from tests.demo.waiting import wait_for
from zos_monitor.tui import driver_output
from zos_monitor.tui.driver_output import MOST_WAITING, DriverOutput

FULL = 1 << 17
"""More characters than a pipe takes before somebody reads."""


class Pipe:
    """An output on a pipe, and the pipe's other end."""

    def __init__(self) -> None:
        self.ours, theirs = os.pipe()
        self.file: TextIO = os.fdopen(theirs, "w", encoding="utf-8")
        self.frames = 0
        self.gone = 0
        self.output = DriverOutput(self.file, threading.RLock(), self.make_frame, self.on_gone)

    def make_frame(self) -> str:
        self.frames += 1
        return f"<{self.frames}>"

    def on_gone(self) -> None:
        self.gone += 1

    def fill(self) -> None:
        """Have the thread wait for a reader."""
        self.output.send("." * FULL)
        wait_for(lambda: not self.output._texts)

    def read(self, length: int) -> str:
        text = b""
        while len(text) < length:
            text += os.read(self.ours, length - len(text))
        return text.decode()


@pytest.fixture
def pipe(monkeypatch: pytest.MonkeyPatch) -> Iterator[Pipe]:
    monkeypatch.setattr(driver_output, "PATIENCE", 0.05)
    pipe = Pipe()
    yield pipe
    os.close(pipe.ours)
    pipe.output.close()
    pipe.file.close()


def test_texts_come_in_order_and_frames_behind_them(pipe: Pipe) -> None:
    with pipe.output._lock:
        pipe.output.send("a")
        pipe.output.frame_due()
        pipe.output.send("é")
    assert pipe.read(6) == "aé<1>"


def test_many_frames_that_wait_are_one(pipe: Pipe) -> None:
    pipe.fill()
    for _ in range(1000):
        pipe.output.frame_due()
    assert pipe.frames == 0
    assert pipe.read(FULL + 3).endswith(".<1>")
    pipe.output.send("end")
    assert pipe.read(3) == "end"
    assert pipe.frames == 1


def test_a_frame_may_be_called_off(pipe: Pipe) -> None:
    pipe.fill()
    pipe.output.frame_due()
    pipe.output.frame_due(False)
    pipe.output.send("end")
    assert pipe.read(FULL + 3).endswith(".end")


def test_only_so_many_texts_wait(pipe: Pipe) -> None:
    pipe.fill()

    def send_many() -> None:
        for number in range(2 * MOST_WAITING):
            pipe.output.send(f"{number % 10}")

    sender = threading.Thread(target=send_many)
    sender.start()
    wait_for(lambda: len(pipe.output._texts) == MOST_WAITING)
    assert sender.is_alive()
    text = pipe.read(FULL + 2 * MOST_WAITING)
    assert text[FULL:] == "".join(f"{number % 10}" for number in range(2 * MOST_WAITING))
    sender.join()


def test_closing_waits_for_what_is_still_to_be_sent(pipe: Pipe) -> None:
    pipe.fill()
    pipe.output.send("end")
    reader = threading.Thread(target=pipe.read, args=[FULL + 3])
    reader.start()
    pipe.output.close()
    assert not pipe.output._thread.is_alive()
    reader.join()


def test_closing_gives_a_terminal_up_that_reads_no_more(pipe: Pipe) -> None:
    pipe.fill()
    pipe.output.send("end")
    pipe.output.close()
    assert pipe.output._thread.is_alive()


def test_a_terminal_that_has_gone_is_told_of_once(pipe: Pipe) -> None:
    reader = pipe.ours
    pipe.ours = os.dup(pipe.file.fileno())
    os.close(reader)
    for _ in range(2 * MOST_WAITING):
        pipe.output.send("text")
    pipe.output.close()
    assert not pipe.output._thread.is_alive()
    assert pipe.gone == 1


def test_a_terminal_that_is_set_not_to_block_is_waited_for(pipe: Pipe) -> None:
    os.set_blocking(pipe.file.fileno(), False)
    pipe.fill()
    pipe.output.send("end")
    assert pipe.read(FULL + 3).endswith(".end")
    assert pipe.gone == 0
