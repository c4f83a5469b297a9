"""The thread that writes to the terminal: a terminal that is slow holds up nobody else."""

from __future__ import annotations

import os
import select
import threading
from collections import deque
from collections.abc import Callable
from typing import TextIO

MOST_WAITING = 64
"""Texts that may wait for the terminal before a writer of more has to wait as well."""
CHUNK = 16_384
"""Bytes handed over at once; from chunk to chunk it is seen that the terminal still reads."""
PATIENCE = 3.0
"""Seconds without a chunk taken after which a terminal that is to be left is given up."""


class DriverOutput:
    """Sends texts in order, and between them frames that are made when the terminal is ready.

    A frame that is due is asked for only when all before it has been handed over, so that of
    many that fall due meanwhile the last is sent. ``make_frame`` is called in the thread, with
    ``lock`` held. ``on_gone`` is called in the thread, once, when the terminal takes no more.
    """

    def __init__(
        self,
        file: TextIO,
        lock: threading.RLock,
        make_frame: Callable[[], str],
        on_gone: Callable[[], None],
    ) -> None:
        self._lock = lock
        self._file = file
        self._make_frame = make_frame
        self._on_gone = on_gone
        self._news = threading.Condition(lock)
        self._texts: deque[str] = deque()
        self._frame_due = False
        self._closing = False
        self._gone = False
        self._chunks = 0
        self._thread = threading.Thread(target=self._run, name="zos-monitor-output", daemon=True)
        self._thread.start()

    def send(self, text: str) -> None:
        """Send a text behind all texts before; waits where too many are waiting already."""
        with self._lock:
            while len(self._texts) >= MOST_WAITING and not self._gone:
                self._news.wait()
            self._texts.append(text)
            self._news.notify_all()

    def frame_due(self, due: bool = True) -> None:
        """Send a frame as soon as the terminal is ready, or, with False, none after all."""
        with self._lock:
            self._frame_due = due
            self._news.notify_all()

    def close(self) -> None:
        """Return when all has been sent, or the terminal has read nothing for some seconds."""
        with self._lock:
            self._closing = True
            self._news.notify_all()
        before = -1
        while self._thread.is_alive() and self._chunks != before:
            before = self._chunks
            self._thread.join(PATIENCE)
        self._gone = True  # should it ever read on: what is left is of no use then

    def _run(self) -> None:
        while (text := self._next()) is not None:
            if text and not self._gone:
                try:
                    self._write(text.encode(self._file.encoding, self._file.errors or "strict"))
                except (OSError, ValueError):  # ValueError where the file has been closed
                    with self._lock:
                        self._gone = True
                        self._news.notify_all()
                    self._on_gone()

    def _next(self) -> str | None:
        """Wait for what is to be sent; None when nothing more is to come."""
        with self._lock:
            while not (self._texts or self._frame_due or self._closing):
                self._news.wait()
            if self._texts:
                text = "".join(self._texts)
                self._texts.clear()
                self._news.notify_all()
                return text
            if self._frame_due:
                self._frame_due = False
                return self._make_frame()
            return None

    def _write(self, data: bytes) -> None:
        fileno = self._file.fileno()
        while data and not self._gone:
            try:
                data = data[os.write(fileno, data[:CHUNK]) :]
                self._chunks += 1
            except BlockingIOError:  # somebody who shares the terminal has set it so
                select.select([], [fileno], [])
